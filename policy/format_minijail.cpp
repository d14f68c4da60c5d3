// minijail policy: one line a call. What is not listed kills; another default can't be said, so
// calls after whose ENOSYS a libc falls back are listed.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/format.hpp"
#include "policy/make_policy.hpp"
#include "policy/text_lines.hpp"

#include <fmt/format.h>
#include <set>

namespace harness::policy {

namespace {

constexpr Action minijail_defaults[] = {Action::enosys, Action::eperm, Action::kill_process};

constexpr std::string_view minijail_calls[] = {"execve"};

/// minijail knows `==`, `&` (any of these bits) and `in` (no other bits than these). A masked value
/// is: none of the masked bits but those of the value, and each of those.
std::string atom(const ArgumentCondition& condition) {
  if (condition.mask == ~std::uint64_t{0}) {
    return fmt::format("arg{} == {:#x}", condition.argument, condition.value);
  }
  auto text = fmt::format("arg{} in {:#x}", condition.argument, ~condition.mask | condition.value);
  for (int bit = 0; bit < 64; ++bit) {
    if (const auto one = std::uint64_t{1} << bit; (condition.value & one) != 0) {
      text += fmt::format(" && arg{} & {:#x}", condition.argument, one);
    }
  }
  return text;
}

std::string condition_expression(const PolicyEntry& entry) {
  std::string text;
  for (const auto& all : entry.conditions) {
    std::string conjunction;
    for (const auto& condition : all) {
      conjunction += (conjunction.empty() ? "" : " && ") + atom(condition);
    }
    text += (text.empty() ? "" : " || ") + conjunction;
  }
  return text;
}

std::string refusal(Action action) {
  const auto error = errno_name(action);
  return error.empty() ? "" : fmt::format("return {}", error);
}

Result<std::string> write_minijail(const Policy& policy, std::size_t phase) {
  const auto& at = policy.phases.at(phase);
  auto text = header_comment(policy, phase, "# ") +
              "# minijail kills on calls that are not listed; it has no default errno.\n";
  for (const auto& [call, entry] : at.entries) {
    const auto otherwise = refusal(policy.default_action);
    const auto what = !runs(entry)               ? refusal(entry.action)
                      : entry.conditions.empty() ? std::string("1")
                      : otherwise.empty()        ? condition_expression(entry)
                                                 : condition_expression(entry) + "; " + otherwise;
    if (!what.empty()) {
      text += fmt::format("# {}\n{}: {}\n", comment_line(provenance(entry)),
                          native_name(policy, call), what);
    }
  }
  if (policy.default_action == Action::enosys) {
    for (const auto& [missing, present] : foreseen(at)) {
      if (missing.number < 450) { // minijail refuses a whole file for one name it does not know
        text += fmt::format("# not observed, same family as {}\n{}: return ENOSYS\n",
                            native_name(policy, present), native_name(policy, missing));
      }
    }
  }
  return text;
}

/// "arg1 in 0x7", "arg0 == 0x1", "arg2 & 0x4" joined by &&: conditions on bits, merged per
/// argument.
Result<std::vector<ArgumentCondition>> read_conjunction(const std::vector<std::string>& words) {
  std::vector<ArgumentCondition> all;
  for (std::size_t i = 0; i + 2 < words.size(); i += 4) {
    const auto number =
        words[i].starts_with("arg") ? parse_integer(words[i].substr(3)).value_or(-1) : -1;
    std::uint64_t value = 0;
    try {
      value = std::stoull(words[i + 2], nullptr, 0);
    } catch (const std::exception&) {
      return Error{fmt::format("{} is not a number", words[i + 2])};
    }
    if (number < 0 || number > 5 || (i + 3 < words.size() && words[i + 3] != "&&")) {
      return Error{fmt::format("{} {} is not a condition", words[i], words[i + 1])};
    }
    const auto argument = static_cast<std::uint8_t>(number);
    const bool again = !all.empty() && all.back().argument == argument;
    if (words[i + 1] == "==") {
      all.push_back({argument, ~std::uint64_t{0}, value});
    } else if (words[i + 1] == "in") {
      all.push_back({argument, ~value, 0});
    } else if (words[i + 1] == "&" && again) {
      all.back().mask |= value; // of one bit: it must be set
      all.back().value |= value;
    } else {
      return Error{fmt::format("{} is not a supported comparison", words[i + 1])};
    }
  }
  return all;
}

Result<bpf::Decision> read_rule(const std::string& text) {
  if (text == "1") {
    return bpf::Decision{bpf::allow_verdict, {}, 0};
  }
  const auto refused = [](std::string_view part) {
    return part.starts_with("return ") ? verdict_of_errno(part.substr(7)) : std::nullopt;
  };
  if (const auto verdict = refused(text)) {
    return bpf::Decision{*verdict, {}, 0};
  }
  bpf::Decision decision{bpf::allow_verdict, {}, bpf::kill_process_verdict};
  const auto parts = split(text, ';');
  if (parts.size() == 2) {
    const auto verdict = refused(trim(parts[1]));
    if (!verdict) {
      return Error{fmt::format("{} is not a refusal", parts[1])};
    }
    decision.unmet = *verdict;
  }
  std::vector<std::string> words;
  const auto add = [&]() -> Result<> {
    auto all = read_conjunction(words);
    if (!all || all->empty()) {
      return all ? Error{fmt::format("{} is not a rule", text)} : std::move(all).error();
    }
    decision.alternatives.push_back(*std::move(all));
    words.clear();
    return Done{};
  };
  for (const auto& word : split(trim(parts[0]), ' ')) {
    if (word != "||") {
      words.push_back(word);
    } else if (auto added = add(); !added) {
      return std::move(added).error();
    }
  }
  if (auto added = add(); !added) {
    return std::move(added).error();
  }
  return decision;
}

Result<bpf::FilterSpec> read_minijail(std::string_view text) {
  auto spec = native_spec(AuditArch::x86_64, bpf::kill_process_verdict, bpf::kill_process_verdict);
  auto& calls = spec.archs.begin()->second.calls;
  for (const auto& line : meaningful_lines(text, "#")) {
    const auto colon = std::min(line.find(':'), line.size());
    const auto call = find_syscall(line.substr(0, colon));
    if (!call || colon == line.size()) {
      return Error{fmt::format("{}: minijail rejects a file with an unknown call", line)};
    }
    const auto decision = read_rule(std::string(trim(line.substr(colon + 1))));
    if (!decision) {
      return decision.error();
    }
    if (!calls.emplace(call->number, *decision).second) {
      return Error{fmt::format("duplicate {}", line.substr(0, colon))};
    }
  }
  return spec;
}

} // namespace

const Format minijail_format = {
    .name = "minijail",
    .summary = "minijail0 -S FILE; what is not listed kills",
    .file = "minijail.policy",
    .write = write_minijail,
    .read = read_minijail,
    .conditions = true,
    .refusals = true,
    .defaults = minijail_defaults,
    .use = "minijail0 -n -S FILE -- PROGRAM",
    .launcher = "minijail0 with a static program",
    .launcher_calls = minijail_calls,
};

} // namespace harness::policy
