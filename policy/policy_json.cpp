// SPDX-License-Identifier: Apache-2.0
#include "policy/policy_json.hpp"

#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/format.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace harness::policy {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* schema = "harness-policy/1";

constexpr Rule rules[] = {Rule::observed, Rule::faulted,  Rule::family,   Rule::always_needed,
                          Rule::threads,  Rule::vdso,     Rule::launcher, Rule::installer,
                          Rule::manual,   Rule::fallback, Rule::denied};
constexpr AuditArch archs[] = {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64};

Json conditions_json(const PolicyEntry& entry) {
  Json alternatives = Json::array();
  for (const auto& all : entry.conditions) {
    Json conjunction = Json::array();
    for (const auto& condition : all) {
      conjunction.push_back({{"argument", condition.argument},
                             {"mask", fmt::format("{:#x}", condition.mask)},
                             {"value", fmt::format("{:#x}", condition.value)}});
    }
    alternatives.push_back(std::move(conjunction));
  }
  return alternatives;
}

Json entry_json(SyscallId call, const PolicyEntry& entry, AuditArch native) {
  Json json = {{"name", qualified_name(call, native)},
               {"number", call.number},
               {"action", to_string(entry.action)},
               {"rule", to_string(entry.rule)}};
  if (!entry.first_phase.empty()) {
    json["first_phase"] = json_text(entry.first_phase);
    json["runs"] = entry.runs;
    json["input"] = json_text(entry.input);
  }
  if (!entry.note.empty()) {
    json["note"] = json_text(entry.note);
  }
  if (!entry.conditions.empty()) {
    json["conditions"] = conditions_json(entry);
  }
  return json;
}

/// One object being read: every key that is not asked for is an error in the end.
class Reader {
public:
  Reader(const Json& json, std::string place) : json_(json), place_(std::move(place)) {
    if (!json.is_object()) {
      fail("", "expected an object");
    }
  }

  const Json* find(const char* key, bool required = true) {
    asked_.push_back(key);
    const auto found = json_.find(key);
    if (found == json_.end()) {
      if (required) {
        fail(key, "is missing");
      }
      return nullptr;
    }
    return &*found;
  }

  std::string text(const char* key, bool required = true) {
    const auto* value = find(key, required);
    if (value == nullptr) {
      return "";
    }
    if (!value->is_string()) {
      fail(key, "expected a string");
    }
    return value->get<std::string>();
  }

  bool boolean(const char* key) {
    const auto* value = find(key);
    if (!value->is_boolean()) {
      fail(key, "expected true or false");
    }
    return value->get<bool>();
  }

  std::uint64_t number(const char* key, std::uint64_t most) {
    const auto* value = find(key);
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() > most) {
      fail(key, fmt::format("expected a number from 0 to {}", most));
    }
    return value->get<std::uint64_t>();
  }

  /// "0x1f" or a plain number: 64-bit values do not survive every JSON tool as numbers.
  std::uint64_t bits(const char* key) {
    const auto* value = find(key);
    const auto word = value->is_string() ? value->get<std::string>() : "";
    std::uint64_t result = 0;
    const char* end = word.data() + word.size();
    if (!word.starts_with("0x") || std::from_chars(word.data() + 2, end, result, 16).ptr != end ||
        word.size() < 3) {
      fail(key, "expected a hexadecimal string such as \"0x1f\"");
    }
    return result;
  }

  template <typename Value, std::size_t Size, typename Name>
  Value choice(const char* key, const Value (&values)[Size], Name name) {
    const auto word = text(key);
    std::vector<std::string> known;
    for (const auto value : values) {
      if (word == name(value)) {
        return value;
      }
      known.emplace_back(name(value));
    }
    fail(key, fmt::format("{} is not one of {}", quote(word), fmt::join(known, ", ")));
  }

  const Json& list(const char* key) {
    const auto* value = find(key);
    if (!value->is_array()) {
      fail(key, "expected a list");
    }
    return *value;
  }

  std::string place(const char* key) const {
    return place_.empty() ? std::string(key) : fmt::format("{}.{}", place_, key);
  }

  std::string place(const char* key, std::size_t index) const {
    return fmt::format("{}[{}]", place(key), index);
  }

  [[noreturn]] void fail(const char* key, std::string_view problem) const {
    const auto where = key[0] == '\0' ? place_ : place(key);
    throw std::invalid_argument(fmt::format("{}: {}", where.empty() ? "the file" : where, problem));
  }

  void finish() const {
    for (const auto& [key, value] : json_.items()) {
      if (std::ranges::find(asked_, key) == asked_.end()) {
        const auto near = nearest_word(key, asked_);
        fail(key.c_str(),
             near ? fmt::format("unknown key; did you mean {}?", *near) : "unknown key");
      }
    }
  }

private:
  const Json& json_;
  std::string place_;
  std::vector<std::string> asked_;
};

std::vector<std::vector<ArgumentCondition>> read_conditions(const Json& alternatives,
                                                            const Reader& parent) {
  std::vector<std::vector<ArgumentCondition>> conditions;
  if (!alternatives.is_array() || alternatives.empty()) {
    parent.fail("conditions", "expected a list of lists of conditions");
  }
  for (const auto& conjunction : alternatives) {
    if (!conjunction.is_array() || conjunction.empty()) {
      parent.fail("conditions", "expected a list of lists of conditions");
    }
    auto& all = conditions.emplace_back();
    for (const auto& json : conjunction) {
      Reader reader(json, parent.place("conditions"));
      ArgumentCondition condition;
      condition.argument = static_cast<std::uint8_t>(reader.number("argument", 5));
      condition.mask = reader.bits("mask");
      condition.value = reader.bits("value");
      if ((condition.value & ~condition.mask) != 0) {
        reader.fail("value", "has bits outside the mask, so that no argument can match it");
      }
      reader.finish();
      all.push_back(condition);
    }
  }
  return conditions;
}

std::pair<SyscallId, PolicyEntry> read_entry(const Json& json, std::string place,
                                             AuditArch native) {
  Reader reader(json, std::move(place));
  const auto name = reader.text("name");
  const auto call = find_syscall(name, native);
  if (!call) {
    reader.fail("name", fmt::format("unknown system call {}; write a kernel name, arch:NAME, or "
                                    "syscall_NUMBER",
                                    quote(name)));
  }
  const auto* number = reader.find("number");
  if (!number->is_number_integer() || number->get<std::int64_t>() != call->number) {
    reader.fail("number", fmt::format("{} has the number {}", name, call->number));
  }
  PolicyEntry entry;
  entry.action =
      reader.choice("action", every_action, [](Action action) { return to_string(action); });
  entry.rule = reader.choice("rule", rules, [](Rule rule) { return to_string(rule); });
  entry.first_phase = reader.text("first_phase", false);
  if (!entry.first_phase.empty()) {
    entry.runs = reader.number("runs", UINT64_MAX);
    entry.input = reader.text("input");
  }
  entry.note = reader.text("note", false);
  if (const auto* conditions = reader.find("conditions", false)) {
    entry.conditions = read_conditions(*conditions, reader);
  }
  reader.finish();
  return {*call, std::move(entry)};
}

PolicyPhase read_phase(const Json& json, std::string place, AuditArch native) {
  Reader reader(json, std::move(place));
  PolicyPhase phase;
  phase.name = reader.text("name");
  const auto trigger = parse_trigger(reader.text("trigger"));
  if (!trigger) {
    reader.fail("trigger", trigger.error().message);
  }
  phase.trigger = *trigger;
  const auto& calls = reader.list("calls");
  for (std::size_t i = 0; i < calls.size(); ++i) {
    auto entry = read_entry(calls[i], reader.place("calls", i), native);
    const auto name = qualified_name(entry.first, native);
    if (!phase.entries.insert(std::move(entry)).second) {
      reader.fail("calls", fmt::format("duplicate {}", name));
    }
  }
  reader.finish();
  return phase;
}

Policy read(const Json& json) {
  Reader reader(json, "");
  if (const auto found = reader.text("schema"); found != schema) {
    reader.fail("schema", fmt::format("expected {}, found {}", quote(schema), quote(found)));
  }
  const auto named = [](Action action) { return to_string(action); };
  Policy policy;
  policy.campaign = reader.text("campaign");
  policy.executable = reader.text("executable");
  policy.target_hash = reader.text("target_sha256");
  policy.native = reader.choice("native", archs, arch_name);
  policy.default_action = reader.choice("default_action", every_action, named);
  policy.foreign_arch_action = reader.choice("foreign_architectures", every_action, named);
  policy.converged = reader.boolean("converged");
  policy.statement = reader.text("statement");
  for (const auto& option : reader.list("weakened")) {
    if (!option.is_string()) {
      reader.fail("weakened", "expected a list of strings");
    }
    policy.weakened.push_back(option.get<std::string>());
  }
  const auto& phases = reader.list("phases");
  for (std::size_t i = 0; i < phases.size(); ++i) {
    policy.phases.push_back(read_phase(phases[i], reader.place("phases", i), policy.native));
  }
  if (policy.phases.empty()) {
    reader.fail("phases", "expected at least one phase");
  }
  reader.finish();
  return policy;
}

} // namespace

std::string write_policy_json(const Policy& policy) {
  Json phases = Json::array();
  for (const auto& phase : policy.phases) {
    Json calls = Json::array();
    for (const auto& [call, entry] : phase.entries) {
      calls.push_back(entry_json(call, entry, policy.native));
    }
    phases.push_back({{"name", json_text(phase.name)},
                      {"trigger", json_text(trigger_text(phase.trigger))},
                      {"calls", std::move(calls)}});
  }
  Json weakened = Json::array();
  for (const auto& option : policy.weakened) {
    weakened.push_back(json_text(option));
  }
  const Json json = {{"schema", schema},
                     {"campaign", json_text(policy.campaign)},
                     {"executable", json_text(policy.executable)},
                     {"target_sha256", policy.target_hash},
                     {"native", arch_name(policy.native)},
                     {"default_action", to_string(policy.default_action)},
                     {"foreign_architectures", to_string(policy.foreign_arch_action)},
                     {"converged", policy.converged},
                     {"statement", json_text(policy.statement)},
                     {"weakened", std::move(weakened)},
                     {"phases", std::move(phases)}};
  return tame_json(json.dump(2)) + "\n";
}

Result<Policy> read_policy_json(std::string_view text) {
  try {
    return read(Json::parse(text));
  } catch (const Json::parse_error& error) {
    const auto before = text.substr(0, std::min<std::size_t>(error.byte, text.size()));
    return Error{
        fmt::format("line {}: not JSON; a policy file is the output of harness policy --format "
                    "json",
                    1 + std::ranges::count(before, '\n'))};
  } catch (const std::invalid_argument& error) {
    return Error{error.what()};
  }
}

} // namespace harness::policy
