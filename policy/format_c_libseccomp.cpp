// C source for libseccomp, by number, so that an old libseccomp takes young calls too.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/format.hpp"
#include "policy/libseccomp_json.hpp"
#include "policy/make_policy.hpp"
#include "policy/text_lines.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace harness::policy {

namespace {

constexpr std::string_view tail = R"(  if (failed == 0) {
    return context;
  }
  seccomp_release(context);
  errno = -failed;
  return NULL;
}

/* Loads it over every thread of the process: 0, or a negative errno. */
int harness_load(void) {
  int failed = -ENOMEM;
  scmp_filter_ctx context = harness_filter();
  if (context != NULL) {
    failed = seccomp_load(context);
    seccomp_release(context);
  }
  return failed;
}
)";

std::string action_text(Action action) {
  switch (action) {
  case Action::allow:
    return "SCMP_ACT_ALLOW";
  case Action::enosys:
    return "SCMP_ACT_ERRNO(38)";
  case Action::eperm:
    return "SCMP_ACT_ERRNO(1)";
  case Action::kill_process:
    return "SCMP_ACT_KILL_PROCESS";
  case Action::log:
    return "SCMP_ACT_LOG";
  }
  return "";
}

std::string rule_text(SyscallId call, const PolicyEntry& entry,
                      const std::vector<ArgumentCondition>& all) {
  auto text = fmt::format("  failed |= seccomp_rule_add(context, {}, {}, {}",
                          action_text(entry.action), call.number, all.size());
  for (const auto& condition : all) {
    text += fmt::format(", SCMP_CMP64({}, SCMP_CMP_MASKED_EQ, {:#x}, {:#x})", condition.argument,
                        condition.mask, condition.value);
  }
  return text + ");\n";
}

Result<std::string> write_c_libseccomp(const Policy& policy, std::size_t phase) {
  auto text = fmt::format("/*\n{}*/\n", c_comment(header_comment(policy, phase, " * ")));
  text +=
      fmt::format("#include <errno.h>\n#include <seccomp.h>\n#include <stddef.h>\n\n"
                  "scmp_filter_ctx harness_filter(void);\nint harness_load(void);\n\n"
                  "/* The filter, not yet loaded; NULL with errno if libseccomp refuses it. */\n"
                  "scmp_filter_ctx harness_filter(void) {{\n  int failed = 0;\n"
                  "  scmp_filter_ctx context = seccomp_init({});\n  if (context == NULL) {{\n"
                  "    return NULL;\n  }}\n"
                  "  failed |= seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, {});\n"
                  "  failed |= seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 1);\n"
                  "  failed |= seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);\n",
                  action_text(policy.default_action), action_text(policy.foreign_arch_action));
  for (const auto& [call, entry] : policy.phases.at(phase).entries) {
    if (entry.action == policy.default_action) {
      continue; // libseccomp refuses a rule that repeats the default
    }
    text += fmt::format("  /* {}: {} */\n", native_name(policy, call),
                        c_comment(printable(provenance(entry))));
    if (entry.conditions.empty()) {
      text += rule_text(call, entry, {});
    }
    for (const auto& all : entry.conditions) {
      text += rule_text(call, entry, all);
    }
  }
  return text + std::string(tail);
}

std::optional<bpf::Verdict> verdict_of_text(std::string_view word) {
  for (const auto action : every_refusal) {
    if (word == action_text(action)) {
      return bpf::verdict_of(action);
    }
  }
  return word == action_text(Action::allow) ? std::optional(bpf::allow_verdict) : std::nullopt;
}

/// What stands in `line` between `before` and `after`.
std::string between(const std::string& line, std::string_view before, std::string_view after) {
  const auto from = line.find(before);
  const auto start = from == line.npos ? line.size() : from + before.size();
  const auto end = line.find(after, start);
  return line.substr(start, end == line.npos ? line.npos : end - start);
}

Result<> read_rule(bpf::ArchTable& table, const std::string& line) {
  const auto verdict = verdict_of_text(between(line, "(context, ", ", "));
  const auto rest = between(line, between(line, "(context, ", ", ") + ", ", ");");
  int number = 0;
  unsigned count = 0;
  if (!verdict || std::sscanf(rest.c_str(), "%d, %u", &number, &count) != 2) {
    return Error{fmt::format("{} is not a rule", line)};
  }
  auto& decision =
      table.calls.try_emplace(number, bpf::Decision{*verdict, {}, table.otherwise}).first->second;
  std::vector<ArgumentCondition> all;
  for (auto at = rest.find("SCMP_CMP64("); at != rest.npos; at = rest.find("SCMP_CMP64(", at + 1)) {
    unsigned argument = 0;
    unsigned long long mask = 0;
    unsigned long long value = 0;
    if (std::sscanf(rest.c_str() + at, "SCMP_CMP64(%u, SCMP_CMP_MASKED_EQ, %llx, %llx)", &argument,
                    &mask, &value) != 3) {
      return Error{fmt::format("{} is not a rule", line)};
    }
    all.push_back({static_cast<std::uint8_t>(argument), mask, value});
  }
  if (all.size() != count) {
    return Error{fmt::format("{} does not have {} conditions", line, count)};
  }
  if (!all.empty()) {
    decision.alternatives.push_back(std::move(all));
  }
  return Done{};
}

Result<bpf::FilterSpec> read_c_libseccomp(std::string_view text) {
  const std::string whole(text);
  const auto otherwise = verdict_of_text(between(whole, "seccomp_init(", ");"));
  const auto foreign = verdict_of_text(between(whole, "SCMP_FLTATR_ACT_BADARCH, ", ");"));
  if (!otherwise || !foreign) {
    return Error{"the default action, or the one for other architectures, is missing"};
  }
  auto spec = native_spec(AuditArch::x86_64, *otherwise, *foreign);
  for (const auto& line : meaningful_lines(text, "//")) {
    if (line.starts_with("failed |= seccomp_rule_add(")) {
      if (auto added = read_rule(spec.archs.begin()->second, line); !added) {
        return std::move(added).error();
      }
    }
  }
  return spec;
}

} // namespace

const Format c_libseccomp_format = {
    .name = "c-libseccomp",
    .summary = "C source that builds and loads the filter with libseccomp",
    .file = "filter-libseccomp.c",
    .write = write_c_libseccomp,
    .read = read_c_libseccomp,
    .conditions = true,
    .refusals = true,
    .defaults = every_refusal,
    .use = "compile it into the program, link with -lseccomp, call harness_load()",
};

} // namespace harness::policy
