// firejail profile. The keep filter alone lets int 0x80 through, so that secondary architectures
// are blocked by a line of their own.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/format.hpp"
#include "policy/text_lines.hpp"

#include <fmt/format.h>

namespace harness::policy {

namespace {

// Tried with firejail 0.9.72: what it does between loading the filter and the program.
constexpr std::string_view firejail_calls[] = {"execve", "prctl", "seccomp", "write"};

std::string_view error_action(Action action) {
  const auto error = errno_name(action);
  return !error.empty() ? error : action == Action::log ? "log" : "kill";
}

Result<std::string> write_firejail(const Policy& policy, std::size_t phase) {
  auto text = header_comment(policy, phase, "# ") + "#\n" + reasons_comment(policy, phase, "# ");
  std::string names;
  for (const auto& name : unconditional_names(policy, phase)) {
    names += (names.empty() ? "" : ",") + name;
  }
  // One line: a second seccomp.keep would replace the first.
  return text + fmt::format("nonewprivs\nseccomp.block-secondary\nseccomp-error-action {}\n"
                            "seccomp.keep {}\n",
                            error_action(policy.default_action), names);
}

Result<bpf::FilterSpec> read_firejail(std::string_view text) {
  auto spec = native_spec(AuditArch::x86_64, bpf::errno_verdict(1), bpf::kill_process_verdict);
  auto& table = spec.archs.begin()->second;
  bool secondary_blocked = false;
  for (const auto& line : meaningful_lines(text, "#")) {
    const auto words = split(line, ' ');
    if (line == "seccomp.block-secondary") {
      secondary_blocked = true;
    } else if (words.size() == 2 && words[0] == "seccomp-error-action") {
      const auto verdict = verdict_of_errno(words[1]);
      if (!verdict && words[1] != "log" && words[1] != "kill") {
        return Error{fmt::format("{} is not an error action", words[1])};
      }
      table.otherwise = verdict             ? *verdict
                        : words[1] == "log" ? bpf::log_verdict
                                            : bpf::kill_process_verdict;
    } else if (words.size() == 2 && words[0] == "seccomp.keep" && table.calls.empty()) {
      for (const auto& name : split(words[1], ',')) {
        const auto call = find_syscall(name);
        if (!call) {
          return Error{fmt::format("{} is not a system call", name)};
        }
        table.calls.emplace(call->number, bpf::Decision{bpf::allow_verdict, {}, 0});
      }
    } else if (line != "nonewprivs") {
      return Error{fmt::format("{} is not a line of such a profile", line)};
    }
  }
  if (!secondary_blocked) {
    return Error{"seccomp.block-secondary is missing: int 0x80 would bypass the filter"};
  }
  return spec;
}

} // namespace

const Format firejail_format = {
    .name = "firejail",
    .summary = "firejail --profile=FILE",
    .file = "firejail.profile",
    .write = write_firejail,
    .read = read_firejail,
    .defaults = every_refusal,
    .use = "firejail --profile=FILE PROGRAM",
    .launcher = "firejail",
    .launcher_calls = firejail_calls,
};

} // namespace harness::policy
