// C source without dependencies: each phase's filter as an array, and the function that installs
// it.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/bpf/build.hpp"
#include "core/bpf/disassemble.hpp"
#include "policy/format.hpp"
#include "policy/raw_filter.hpp"
#include "policy/text_lines.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace harness::policy {

namespace {

constexpr std::string_view head = R"(#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int harness_install_phase(unsigned phase);

)";

constexpr std::string_view installer = R"(
/* Puts the filter of phase 0, 1, … over every thread of the process. To be called when the phase
   begins, in order; a phase may be left out, none can be taken back. 0, or -1 with errno: EINVAL no
   such phase, EACCES neither no_new_privs nor CAP_SYS_ADMIN, EBUSY a thread has another filter. */
int harness_install_phase(unsigned phase) {
  static int prepared;
  struct sock_fprog program;
  long result;
  if (phase >= sizeof harness_phases / sizeof harness_phases[0]) {
    errno = EINVAL;
    return -1;
  }
  /* Only before the first filter: a filter may well refuse prctl. */
  if (!prepared && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return -1;
  }
  prepared = 1;
  program.len = harness_phases[phase].length;
  program.filter = (struct sock_filter*)harness_phases[phase].filter;
  result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
  if (result > 0) { /* the thread that could not follow */
    errno = EBUSY;
    return -1;
  }
  return (int)result;
}
)";

std::string array_text(const FilterProgram& filter, std::size_t index) {
  auto text = fmt::format("static const struct sock_filter harness_filter_{}[] = {{\n", index);
  const auto lines = split(bpf::disassemble(filter), '\n');
  for (std::size_t i = 0; i < filter.size(); ++i) {
    const auto& op = filter[i];
    text += fmt::format("  {{0x{:02x}, {}, {}, 0x{:08x}}}, /* {} */\n", op.code, op.jt, op.jf, op.k,
                        trim(lines.at(i)));
  }
  return text + "};\n";
}

Result<std::string> write_c(const Policy& policy, std::size_t /*phase*/) {
  std::string text = fmt::format("/*\n{}*/\n", c_comment(header_comment(policy, 0, " * ")));
  text += head;
  std::string table = "\nstatic const struct {\n  const char* name;\n  unsigned short length;\n"
                      "  const struct sock_filter* filter;\n} harness_phases[] = {\n";
  for (std::size_t i = 0; i < policy.phases.size(); ++i) {
    const auto filter = bpf::build(policy, i);
    if (!filter) {
      return filter.error();
    }
    text +=
        fmt::format("/* Phase {}: {}\n{} */\n", i, c_comment(comment_line(policy.phases[i].name)),
                    c_comment(reasons_comment(policy, i, "   ")));
    text += array_text(*filter, i);
    table += fmt::format("  {{{}, {}, harness_filter_{}}},\n", c_string(policy.phases[i].name),
                         filter->size(), i);
  }
  return text + table + "};\n" + std::string(installer);
}

Result<bpf::FilterSpec> read_c(std::string_view text) {
  FilterProgram filter;
  bool inside = false;
  for (const auto& line : split(text, '\n')) {
    unsigned code = 0;
    unsigned jt = 0;
    unsigned jf = 0;
    unsigned k = 0;
    if (line.find(" harness_filter_0[] = {") != line.npos) {
      inside = true;
    } else if (inside && line == "};") {
      return spec_of_filter(filter);
    } else if (inside) {
      if (std::sscanf(line.c_str(), " {0x%x, %u, %u, 0x%x},", &code, &jt, &jf, &k) != 4) {
        return Error{fmt::format("{} is not an instruction", line)};
      }
      filter.push_back({static_cast<std::uint16_t>(code), static_cast<std::uint8_t>(jt),
                        static_cast<std::uint8_t>(jf), k});
    }
  }
  return Error{"the array harness_filter_0 is missing"};
}

} // namespace

const Format c_format = {
    .name = "c",
    .summary = "C source without dependencies: the filters as arrays, and their installer",
    .file = "filter.c",
    .write = write_c,
    .read = read_c,
    .all_phases = true,
    .by_number = true,
    .conditions = true,
    .refusals = true,
    .defaults = every_action,
    .use = "compile it into the program; call harness_install_phase(N) as phase N begins",
};

} // namespace harness::policy
