// Kafel (nsjail): the kernel's own names of the entry points, not those of the table.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/format.hpp"
#include "policy/make_policy.hpp"
#include "policy/text_lines.hpp"

#include <array>
#include <fmt/format.h>

namespace harness::policy {

namespace {

// nsjail loads the filter as the last thing before it executes the program.
constexpr std::string_view nsjail_calls[] = {"execve"};

/// Names of x86_64 whose entry point is called otherwise (column 4 of syscall_64.tbl).
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kernel_names = {
    {{"_sysctl", "sysctl"},
     {"fstat", "newfstat"},
     {"lstat", "newlstat"},
     {"sendfile", "sendfile64"},
     {"stat", "newstat"},
     {"umount2", "umount"},
     {"uname", "newuname"}}};

/// Calls that came after Kafel's tables: by number.
constexpr std::int32_t newest_named = 334;

std::string kafel_name(const Policy& policy, SyscallId call) {
  if (call.number > newest_named) {
    return fmt::format("SYSCALL[{}]", call.number);
  }
  auto name = native_name(policy, call);
  for (const auto& [ours, theirs] : kernel_names) {
    if (name == ours) {
      return std::string(theirs);
    }
  }
  return name;
}

std::optional<SyscallId> find_kafel(const std::string& name) {
  if (name.starts_with("SYSCALL[") && name.ends_with("]")) {
    const auto number = parse_integer(name.substr(8, name.size() - 9));
    return number ? std::optional(SyscallId{AuditArch::x86_64, static_cast<std::int32_t>(*number)})
                  : std::nullopt;
  }
  for (const auto& [ours, theirs] : kernel_names) {
    if (name == theirs) {
      return find_syscall(ours);
    }
    if (name == ours) {
      return std::nullopt; // Kafel does not know the table's name
    }
  }
  return find_syscall(name);
}

std::string target(Action action) {
  switch (action) {
  case Action::allow:
    return "ALLOW";
  case Action::enosys:
    return "ERRNO(38)";
  case Action::eperm:
    return "ERRNO(1)";
  case Action::kill_process:
    return "KILL_PROCESS";
  case Action::log:
    return "LOG";
  }
  return "";
}

std::string conditions_text(const PolicyEntry& entry) {
  std::string text;
  for (const auto& all : entry.conditions) {
    std::string conjunction;
    for (const auto& condition : all) {
      conjunction += fmt::format("{}(a{} & {:#x}) == {:#x}", conjunction.empty() ? "" : " && ",
                                 condition.argument, condition.mask, condition.value);
    }
    text += fmt::format("{}{}", text.empty() ? "" : ", ", conjunction);
  }
  return text.empty() ? "" : fmt::format("(a0, a1, a2, a3, a4, a5) {{ {} }}", text);
}

Result<std::string> write_kafel(const Policy& policy, std::size_t phase) {
  auto text = header_comment(policy, phase, "// ") + "POLICY harness {\n";
  std::string blocks;
  for (const auto action :
       {Action::eperm, Action::enosys, Action::kill_process, Action::log, Action::allow}) {
    std::string rules;
    for (const auto& [call, entry] : policy.phases.at(phase).entries) {
      if (entry.action == action) {
        rules += fmt::format("{}    // {}\n    {}{}", rules.empty() ? "" : ",\n",
                             comment_line(provenance(entry)), kafel_name(policy, call),
                             conditions_text(entry));
      }
    }
    if (!rules.empty()) {
      blocks +=
          fmt::format("{}  {} {{\n{}\n  }}", blocks.empty() ? "" : ",\n", target(action), rules);
    }
  }
  return text + blocks +
         fmt::format("\n}}\nUSE harness DEFAULT {}\n", target(policy.default_action));
}

// ---- reading what `write` writes ----------------------------------------------------------------

std::optional<bpf::Verdict> verdict_of_target(std::string_view word) {
  for (const auto action : every_action) {
    if (word == target(action)) {
      return bpf::verdict_of(action);
    }
  }
  return std::nullopt;
}

/// "(a1 & 0x7) == 0x1 && (a2 & 0xf) == 0x3, …"
Result<std::vector<std::vector<ArgumentCondition>>> read_conditions(std::string_view text) {
  std::vector<std::vector<ArgumentCondition>> alternatives;
  for (const auto& part : split(text, ',')) {
    auto& all = alternatives.emplace_back();
    std::string rest(trim(part));
    while (!rest.empty()) {
      unsigned argument = 0;
      unsigned long long mask = 0;
      unsigned long long value = 0;
      int used = 0;
      if (std::sscanf(rest.c_str(), "(a%1u & %llx) == %llx%n", &argument, &mask, &value, &used) !=
              3 ||
          argument > 5) {
        return Error{fmt::format("{} is not a condition", rest)};
      }
      all.push_back({static_cast<std::uint8_t>(argument), mask, value});
      rest = std::string(trim(rest.substr(static_cast<std::size_t>(used))));
      if (rest.starts_with("&&")) {
        rest = std::string(trim(rest.substr(2)));
      } else if (!rest.empty()) {
        return Error{fmt::format("{} is not a condition", rest)};
      }
    }
  }
  return alternatives;
}

Result<> read_rule(bpf::ArchTable& table, bpf::Verdict verdict, std::string_view rule) {
  const auto open = std::min(rule.find('('), rule.size());
  const auto call = find_kafel(std::string(rule.substr(0, open)));
  if (!call) {
    return Error{fmt::format("{} is not a call that Kafel supports", rule.substr(0, open))};
  }
  bpf::Decision decision{verdict, {}, table.otherwise};
  if (const auto brace = rule.find('{'); brace != rule.npos) {
    auto alternatives = read_conditions(rule.substr(brace + 1, rule.rfind('}') - brace - 1));
    if (!alternatives) {
      return std::move(alternatives).error();
    }
    decision.alternatives = *std::move(alternatives);
  }
  table.calls.emplace(call->number, std::move(decision)); // the first rule that matches counts
  return Done{};
}

Result<bpf::FilterSpec> read_kafel(std::string_view text) {
  const auto lines = meaningful_lines(text, "//");
  constexpr std::string_view use = "USE harness DEFAULT ";
  if (lines.size() < 2 || lines.front() != "POLICY harness {" || !lines.back().starts_with(use)) {
    return Error{"expected POLICY harness { … } USE harness DEFAULT …"};
  }
  const auto otherwise = verdict_of_target(lines.back().substr(use.size()));
  if (!otherwise) {
    return Error{fmt::format("{} has no target", lines.back())};
  }
  // Kafel's own answer to another architecture is to kill.
  auto spec = native_spec(AuditArch::x86_64, *otherwise, bpf::kill_process_verdict);
  auto& table = spec.archs.begin()->second;
  const auto is_end = [](std::string_view line) { return line == "}" || line == "},"; };
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    if (is_end(lines[i])) {
      continue;
    }
    const auto verdict =
        verdict_of_target(trim(std::string_view(lines[i]).substr(0, lines[i].rfind('{'))));
    if (!verdict) {
      return Error{fmt::format("{} has no target", lines[i])};
    }
    for (++i; i + 1 < lines.size() && !is_end(lines[i]); ++i) {
      std::string_view line = lines[i];
      line = line.ends_with(',') ? line.substr(0, line.size() - 1) : line;
      if (auto added = read_rule(table, *verdict, line); !added) {
        return std::move(added).error();
      }
    }
  }
  return spec;
}

} // namespace

const Format kafel_format = {
    .name = "kafel",
    .summary = "Kafel, the policy language of nsjail",
    .file = "kafel.policy",
    .write = write_kafel,
    .read = read_kafel,
    .conditions = true,
    .refusals = true,
    .defaults = every_action,
    .use = "nsjail --seccomp_policy FILE ... -- PROGRAM",
    .launcher = "nsjail",
    .launcher_calls = nsjail_calls,
};

} // namespace harness::policy
