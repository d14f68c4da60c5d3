// Kubernetes Security Profiles Operator: a SeccompProfile resource. It has no default errno, so
// what is not listed gets EPERM; calls after whose ENOSYS a libc falls back are therefore listed.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/format.hpp"
#include "policy/libseccomp_json.hpp"
#include "policy/make_policy.hpp"
#include "policy/text_lines.hpp"

#include <cctype>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>
#include <yaml-cpp/yaml.h>

namespace harness::policy {

namespace {

/// A DNS label: lower case letters, digits and dashes.
std::string resource_name(const Policy& policy, const PolicyPhase& phase) {
  std::string name;
  for (const char c : policy.campaign + "-" + phase.name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain || (!name.empty() && name.back() != '-')) {
      name += plain ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
    }
  }
  while (!name.empty() && (name.back() == '-' || name.size() > 63)) {
    name.pop_back();
  }
  return name.empty() ? "harness" : name;
}

std::string rule_text(const Json& rule) {
  auto text = fmt::format("    - action: {}\n", rule.at("action").get<std::string>());
  if (rule.contains("errnoRet")) {
    text += fmt::format("      errnoRet: {}\n", rule.at("errnoRet").get<int>());
  }
  if (rule.contains("args")) {
    text += "      args:\n";
    for (const auto& arg : rule.at("args")) {
      text += fmt::format("        - index: {}\n          value: {}\n", arg.at("index").get<int>(),
                          arg.at("value").get<std::uint64_t>());
      if (arg.contains("valueTwo")) {
        text += fmt::format("          valueTwo: {}\n", arg.at("valueTwo").get<std::uint64_t>());
      }
      text += fmt::format("          op: {}\n", arg.at("op").get<std::string>());
    }
  }
  text += fmt::format("      # {}\n      names:\n",
                      comment_line(rule.at("comment").get<std::string>()));
  for (const auto& name : rule.at("names")) {
    text += fmt::format("        - {}\n", name.get<std::string>());
  }
  return text;
}

Result<std::string> write_spo(const Policy& policy, std::size_t phase) {
  const auto& at = policy.phases.at(phase);
  Json defaults_json;
  put_action(defaults_json, policy.default_action, "action", "errno");
  auto text = header_comment(policy, phase, "# ");
  text += fmt::format("apiVersion: security-profiles-operator.x-k8s.io/v1\n"
                      "kind: SeccompProfile\nmetadata:\n  name: {}\nspec:\n"
                      "  # There is no default errno here: what is not listed gets EPERM.\n"
                      "  defaultAction: {}\n  architectures:\n    - {}\n  syscalls:\n",
                      resource_name(policy, at), defaults_json.at("action").get<std::string>(),
                      libseccomp_arch(policy.native));
  for (const auto& rule : rules_json(policy, at, true)) {
    text += rule_text(rule);
  }
  if (policy.default_action != Action::enosys) {
    return text;
  }
  std::set<std::string> fall_back;
  for (const auto& [missing, present] : foreseen(at)) {
    fall_back.insert(native_name(policy, missing));
  }
  for (const auto& [call, entry] : at.entries) {
    if (entry.rule == Rule::fallback) {
      fall_back.insert(native_name(policy, call));
    }
  }
  Json rule = {{"action", "SCMP_ACT_ERRNO"},
               {"errnoRet", 38},
               {"comment", "not allowed, but asked with ENOSYS to use an allowed call instead"},
               {"names", fall_back}};
  return fall_back.empty() ? text : text + rule_text(rule);
}

/// The resource as the profile that the operator writes to each node: OCI's words, no default
/// errno.
Result<bpf::FilterSpec> read_spo(std::string_view text) {
  try {
    const auto document = YAML::Load(std::string(text));
    if (document["kind"].as<std::string>() != "SeccompProfile") {
      return Error{"expected kind: SeccompProfile"};
    }
    const auto spec = document["spec"];
    Json json = {{"defaultAction", spec["defaultAction"].as<std::string>()},
                 {"architectures", spec["architectures"].as<std::vector<std::string>>()},
                 {"syscalls", Json::array()}};
    for (const auto& rule : spec["syscalls"]) {
      Json entry = {{"action", rule["action"].as<std::string>()},
                    {"names", rule["names"].as<std::vector<std::string>>()}};
      if (rule["errnoRet"]) {
        entry["errnoRet"] = rule["errnoRet"].as<int>();
      }
      for (const auto& arg : rule["args"]) {
        Json condition = {{"index", arg["index"].as<int>()},
                          {"value", arg["value"].as<std::uint64_t>()},
                          {"op", arg["op"].as<std::string>()}};
        if (arg["valueTwo"]) {
          condition["valueTwo"] = arg["valueTwo"].as<std::uint64_t>();
        }
        entry["args"].push_back(std::move(condition));
      }
      json["syscalls"].push_back(std::move(entry));
    }
    return read_libseccomp_json(json.dump(), false);
  } catch (const YAML::Exception& error) {
    return Error{fmt::format("line {}: {}", error.mark.line + 1, error.msg)};
  }
}

Format like_oci_yaml() {
  Format format = oci_format; // the same runtimes load it
  format.name = "spo";
  format.summary = "Kubernetes Security Profiles Operator: a SeccompProfile";
  format.file = "spo.yaml";
  format.write = write_spo;
  format.read = read_spo;
  format.defaults = every_refusal;
  format.use = "kubectl apply -f FILE";
  return format;
}

} // namespace

const Format spo_format = like_oci_yaml();

} // namespace harness::policy
