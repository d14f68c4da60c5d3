// SPDX-License-Identifier: Apache-2.0
#include "policy/libseccomp_json.hpp"

#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/format.hpp"
#include "policy/make_policy.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

namespace harness::policy {

namespace {

const char* action_name(Action action) {
  switch (action) {
  case Action::allow:
    return "SCMP_ACT_ALLOW";
  case Action::enosys:
  case Action::eperm:
    return "SCMP_ACT_ERRNO";
  case Action::kill_process:
    return "SCMP_ACT_KILL_PROCESS";
  case Action::log:
    return "SCMP_ACT_LOG";
  }
  return "";
}

Json args_json(const std::vector<ArgumentCondition>& all) {
  Json args = Json::array();
  for (const auto& condition : all) {
    if (condition.mask == ~std::uint64_t{0}) {
      args.push_back(
          {{"index", condition.argument}, {"value", condition.value}, {"op", "SCMP_CMP_EQ"}});
    } else {
      args.push_back({{"index", condition.argument},
                      {"value", condition.mask},
                      {"valueTwo", condition.value},
                      {"op", "SCMP_CMP_MASKED_EQ"}});
    }
  }
  return args;
}

/// A profile as its consumers understand it.
class ProfileReader {
public:
  explicit ProfileReader(bool docker) : docker_(docker) {}

  bpf::FilterSpec read(const Json& json) {
    check_keys(json, "the profile",
               docker_ ? std::vector<std::string>{"defaultAction", "defaultErrnoRet", "archMap",
                                                  "flags", "syscalls"}
                       : std::vector<std::string>{"defaultAction", "defaultErrnoRet",
                                                  "architectures", "flags", "syscalls"});
    spec_.native = architecture(json);
    const auto otherwise = action(json, "defaultAction", "defaultErrnoRet", "the profile");
    table_ = &spec_.archs[spec_.native];
    table_->otherwise = otherwise;
    // libseccomp refuses other architectures, and x32 where it is not listed, on its own.
    spec_.foreign = SECCOMP_RET_KILL_THREAD;
    table_->x32 = SECCOMP_RET_KILL_THREAD;
    for (const auto& rule : json.value("syscalls", Json::array())) {
      read_rule(rule);
    }
    return std::move(spec_);
  }

private:
  [[noreturn]] static void fail(const std::string& problem) {
    throw std::invalid_argument(problem);
  }

  static void check_keys(const Json& json, const std::string& what,
                         const std::vector<std::string>& known) {
    if (!json.is_object()) {
      fail(what + " is not an object");
    }
    for (const auto& [key, value] : json.items()) {
      if (std::ranges::find(known, key) == known.end()) {
        fail(fmt::format("{} has the key {}, which consumers of the format do not support", what,
                         key));
      }
    }
  }

  AuditArch architecture(const Json& json) const {
    std::string name;
    if (docker_) {
      const auto map = json.value("archMap", Json::array());
      if (map.size() != 1 || !map[0].value("subArchitectures", Json::array()).empty()) {
        fail("archMap: expected one architecture without sub-architectures");
      }
      name = map[0].value("architecture", "");
    } else {
      const auto list = json.value("architectures", Json::array());
      if (list.size() != 1) {
        fail("architectures: expected exactly one");
      }
      name = list[0].get<std::string>();
    }
    for (const auto arch : {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64}) {
      if (name == libseccomp_arch(arch)) {
        return arch;
      }
    }
    fail(fmt::format("{} is not an architecture", name));
  }

  static bpf::Verdict action(const Json& json, const char* key, const char* errno_key,
                             const std::string& what) {
    const auto name = json.value(key, "");
    const bool has_errno = json.contains(errno_key);
    if (name == "SCMP_ACT_ERRNO") {
      return bpf::errno_verdict(json.value(errno_key, EPERM));
    }
    if (has_errno) {
      fail(fmt::format("{}: {} with {}, which is not an error number", what, errno_key, name));
    }
    static const std::map<std::string, bpf::Verdict> actions = {
        {"SCMP_ACT_ALLOW", bpf::allow_verdict},
        {"SCMP_ACT_LOG", bpf::log_verdict},
        {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD},
        {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
        {"SCMP_ACT_KILL_PROCESS", bpf::kill_process_verdict}};
    const auto found = actions.find(name);
    if (found == actions.end()) {
      fail(fmt::format("{}: {} is not an action", what, name));
    }
    return found->second;
  }

  static ArgumentCondition condition(const Json& json) {
    check_keys(json, "a condition", {"index", "value", "valueTwo", "op"});
    ArgumentCondition result;
    result.argument = json.at("index").get<std::uint8_t>();
    const auto op = json.at("op").get<std::string>();
    if (op == "SCMP_CMP_EQ") {
      result.value = json.at("value").get<std::uint64_t>();
    } else if (op == "SCMP_CMP_MASKED_EQ") {
      result.mask = json.at("value").get<std::uint64_t>();
      result.value = json.at("valueTwo").get<std::uint64_t>();
    } else {
      fail(op + " is not a supported comparison");
    }
    return result;
  }

  void read_rule(const Json& rule) {
    auto keys = std::vector<std::string>{"names", "action", "errnoRet", "args"};
    if (docker_) {
      keys.insert(keys.end(), {"name", "comment"});
    }
    check_keys(rule, "a rule", keys);
    if (rule.contains("name") && rule.contains("names")) {
      fail("a rule has both name and names");
    }
    const auto names = rule.contains("name") ? Json::array({rule.at("name")}) : rule.at("names");
    const auto verdict = action(rule, "action", "errnoRet", "a rule");
    std::vector<ArgumentCondition> all;
    for (const auto& json : rule.value("args", Json::array())) {
      all.push_back(condition(json));
    }
    for (const auto& name : names) {
      const auto call = find_syscall(name.get<std::string>(), spec_.native);
      if (!call) {
        fail(fmt::format("{} is not a system call", name.get<std::string>()));
      }
      const auto [place, fresh] =
          table_->calls.try_emplace(call->number, bpf::Decision{verdict, {}, table_->otherwise});
      if (fresh ? false : place->second.alternatives.empty() || all.empty()) {
        fail(fmt::format("duplicate {}", name.get<std::string>()));
      }
      if (!all.empty()) {
        place->second.alternatives.push_back(all);
      }
    }
  }

  bool docker_;
  bpf::FilterSpec spec_;
  bpf::ArchTable* table_ = nullptr;
};

} // namespace

void put_action(Json& json, Action action, const char* key, const char* errno_key) {
  json[key] = action_name(action);
  if (action == Action::enosys || action == Action::eperm) {
    json[errno_key] = action == Action::enosys ? ENOSYS : EPERM;
  }
}

const char* libseccomp_arch(AuditArch arch) {
  switch (arch) {
  case AuditArch::x86_64:
    return "SCMP_ARCH_X86_64";
  case AuditArch::i386:
    return "SCMP_ARCH_X86";
  case AuditArch::aarch64:
    return "SCMP_ARCH_AARCH64";
  }
  return "";
}

Json rules_json(const Policy& policy, const PolicyPhase& phase, bool comments) {
  std::map<std::tuple<Action, Rule, std::string>, Json> groups;
  Json conditional = Json::array();
  for (const auto& [call, entry] : phase.entries) {
    const auto name = native_name(policy, call);
    if (entry.action == policy.default_action && !runs(entry)) {
      continue; // the default says it; runc refuses a rule that repeats it
    }
    const auto finish = [&](Json rule, const PolicyEntry& reason) {
      put_action(rule, reason.action, "action", "errnoRet");
      if (comments) {
        rule["comment"] = printable(provenance(reason));
      }
      return rule;
    };
    if (entry.conditions.empty()) {
      const auto key = std::tuple(entry.action, comments ? entry.rule : Rule::observed,
                                  comments ? provenance(entry) : std::string());
      auto& group =
          groups.try_emplace(key, finish({{"names", Json::array()}}, entry)).first->second;
      group["names"].push_back(name);
      continue;
    }
    for (const auto& all : entry.conditions) {
      auto rule = finish({{"names", Json::array({name})}}, entry);
      rule["args"] = args_json(all);
      conditional.push_back(std::move(rule));
    }
  }
  Json rules = Json::array();
  for (auto& [key, group] : groups) {
    std::sort(group["names"].begin(), group["names"].end());
    rules.push_back(std::move(group));
  }
  rules.insert(rules.end(), conditional.begin(), conditional.end());
  return rules;
}

Result<bpf::FilterSpec> read_libseccomp_json(std::string_view text, bool docker) {
  try {
    return ProfileReader(docker).read(Json::parse(text));
  } catch (const std::exception& error) { // wrong JSON, wrong types, and our own refusals
    return Error{error.what()};
  }
}

} // namespace harness::policy
