// SPDX-License-Identifier: Apache-2.0
#include "policy/format.hpp"

#include "core/base/text.hpp"
#include "core/bpf/build.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/make_policy.hpp"
#include "policy/prove.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

namespace harness::policy {

namespace {

/// libseccomp 2.5.4, Debian 12's, knows names up to this call of Linux 5.16.
constexpr std::int32_t newest_of_old_tables = 449;

/// The reason why `format` can't hold `phase` of the policy; nothing if it can.
std::optional<Error> cannot_hold(const Format& format, const Policy& policy,
                                 const PolicyPhase& phase) {
  const auto refuse = [&](const std::string& what, std::string_view remedy) {
    return Error{fmt::format("the format {} cannot express {}; {}", format.name, what, remedy)};
  };
  if (!std::ranges::count(format.defaults, policy.default_action)) {
    std::vector<std::string_view> known;
    for (const auto action : format.defaults) {
      known.push_back(to_string(action));
    }
    return refuse(fmt::format("the default action {}", to_string(policy.default_action)),
                  fmt::format("write --deny-with {}", fmt::join(known, " or ")));
  }
  for (const auto& [call, entry] : phase.entries) {
    const auto name = qualified_name(call, policy.native);
    if (!format.by_number && (call.arch != policy.native || is_x32(call))) {
      return refuse(fmt::format("that {} is allowed but not its native counterpart", name),
                    "write --format bpf, c or json");
    }
    if (!format.by_number && name == fmt::format("syscall_{}", call.number)) {
      return refuse(fmt::format("the call {}, which has no name", name),
                    "write --format bpf, c or json");
    }
    if (!format.conditions && !entry.conditions.empty()) {
      return refuse(fmt::format("the conditions on the arguments of {}", name),
                    "omit --arguments, or choose another format");
    }
    if (!format.refusals && !runs(entry) && entry.rule == Rule::denied &&
        entry.action != policy.default_action) {
      return refuse(fmt::format("{} only for {}", to_string(entry.action), name),
                    "omit --deny for a call that is not allowed anyway");
    }
  }
  return std::nullopt;
}

std::vector<std::string> warnings_of(const Format& format, const Policy& policy,
                                     const PolicyPhase& phase) {
  std::vector<std::string> young;
  for (const auto& [call, entry] : phase.entries) {
    if (!format.by_number && runs(entry) && call.number > newest_of_old_tables) {
      young.push_back(native_name(policy, call));
    }
  }
  std::vector<std::string> warnings;
  if (!young.empty()) {
    warnings.push_back(
        fmt::format("a consumer with an old table (libseccomp 2.5) does not know {}: "
                    "there the call stays blocked, or the file is refused",
                    fmt::join(young, ", ")));
  }
  if (!format.launcher_calls.empty()) {
    std::vector<std::string> added;
    for (const auto name : format.launcher_calls) {
      const auto call = find_syscall(name, policy.native);
      if (call && !phase.entries.contains(*call)) {
        added.emplace_back(name);
      }
    }
    if (!added.empty()) {
      warnings.push_back(fmt::format("allowed for the launcher ({}), not for the target: {}",
                                     format.launcher, fmt::join(added, ", ")));
    }
  }
  if (!format.all_phases && policy.phases.size() > 1) {
    warnings.push_back(fmt::format("{} holds one phase; this is {}, of {} (harness enforce and "
                                   "harness patch move through all)",
                                   format.name, phase.name, policy.phases.size()));
  }
  return warnings;
}

/// True if the table lets the call run, for some arguments at least.
bool may_run(const bpf::FilterSpec& spec, SyscallId call) {
  if (const auto table = spec.archs.find(call.arch); table != spec.archs.end()) {
    if (const auto found = table->second.calls.find(call.number);
        found != table->second.calls.end()) {
      return bpf::lets_run(found->second.verdict);
    }
  }
  return bpf::lets_run(bpf::decide(spec, bpf::call_data(call)));
}

/// What was read back must let the same calls run, number by number, on every architecture.
Result<> compare(const Format& format, const bpf::FilterSpec& found, const Policy& policy,
                 std::size_t phase) {
  const auto wanted = bpf::spec_of(policy, phase);
  for (const auto arch : {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64}) {
    std::vector<std::int32_t> numbers;
    for (const auto* spec : {&wanted, &found}) {
      if (const auto table = spec->archs.find(arch); table != spec->archs.end()) {
        for (const auto& [number, decision] : table->second.calls) {
          numbers.insert(numbers.end(), {number - 1, number, number + 1});
        }
      }
    }
    numbers.insert(numbers.end(), {-1, 0, 4095, x32_bit, x32_bit | 59});
    for (const auto number : numbers) {
      if (may_run(wanted, {arch, number}) != may_run(found, {arch, number})) {
        return Error{fmt::format("the written {} file treats {} differently than the policy",
                                 format.name, qualified_name({arch, number}))};
      }
    }
  }
  return Done{};
}

} // namespace

std::span<const Format> formats() {
  static const std::array table = {oci_format,      docker_format,       systemd_format, spo_format,
                                   minijail_format, firejail_format,     kafel_format,   bpf_format,
                                   c_format,        c_libseccomp_format, json_format};
  return table;
}

Result<const Format*> find_format(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& format : formats()) {
    if (format.name == name) {
      return &format;
    }
    known.emplace_back(format.name);
  }
  const auto near = nearest_word(name, known);
  return Error{
      near ? fmt::format("unknown format {}; did you mean {}?", quote_if_needed(name), *near)
           : fmt::format("unknown format {}; write one of {}", quote_if_needed(name),
                         fmt::join(known, ", "))};
}

Result<Written> write_policy(const Format& format, const Policy& policy, std::size_t phase) {
  for (std::size_t i = 0; i < policy.phases.size(); ++i) {
    if (i == phase || format.all_phases) {
      if (auto refusal = cannot_hold(format, policy, policy.phases.at(i))) {
        return *std::move(refusal);
      }
    }
  }
  const auto whole = with_launcher(policy, phase, format.launcher_calls, format.launcher);
  if (auto proof = prove(whole); !proof) {
    return std::move(proof).error();
  }
  auto text = format.write(whole, phase);
  if (!text) {
    return std::move(text).error();
  }
  const auto found = format.read(*text);
  if (!found) {
    return Error{fmt::format("cannot read the written {} file back: {}", format.name,
                             found.error().message)};
  }
  if (auto same = compare(format, *found, whole, format.all_phases ? 0 : phase); !same) {
    return std::move(same).error();
  }
  return Written{*std::move(text), warnings_of(format, policy, policy.phases.at(phase))};
}

std::vector<std::string> header_lines(const Policy& policy, std::size_t phase) {
  const auto& at = policy.phases.at(phase);
  std::vector<std::string> lines = {
      fmt::format("{}: system calls that {} may make in phase {}", policy.campaign,
                  policy.executable, at.name),
      fmt::format("{} allowed; everything else: {}", at.allowed().size(),
                  to_string(policy.default_action)),
  };
  if (!policy.target_hash.empty()) {
    lines.push_back("of the file with SHA-256 " + policy.target_hash);
  }
  if (!policy.statement.empty()) {
    lines.push_back(policy.statement);
  }
  if (!policy.converged) {
    lines.push_back("NOT CONVERGED: the campaign had not stopped finding calls");
  }
  for (const auto& option : policy.weakened) {
    lines.push_back("loosened by " + option);
  }
  return lines;
}

std::string native_name(const Policy& policy, SyscallId call) {
  return qualified_name(call, policy.native);
}

bool runs(const PolicyEntry& entry) {
  return bpf::lets_run(bpf::verdict_of(entry.action));
}

} // namespace harness::policy
