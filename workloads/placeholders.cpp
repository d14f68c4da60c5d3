// SPDX-License-Identifier: Apache-2.0
#include "workloads/placeholders.hpp"

namespace harness::workloads {

namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

} // namespace

std::string fill_in(std::string_view text, const Surroundings& surroundings) {
  std::string filled(text);
  if (filled.find('{') == std::string::npos) {
    return filled;
  }
  replace_all(filled, "{run}", surroundings.run);
  if (surroundings.port != 0) {
    replace_all(filled, "{port}", std::to_string(surroundings.port));
  }
  if (!surroundings.socket.empty()) {
    replace_all(filled, "{socket}", surroundings.socket);
  }
  if (!surroundings.configuration.empty()) {
    replace_all(filled, "{configuration}", surroundings.configuration);
  }
  return filled;
}

std::vector<std::string> make_environment(const TargetPlan& target, const Input& input,
                                          const Surroundings& surroundings) {
  std::map<std::string, std::string> values = {
      {"HOME", surroundings.run},
      {"LANG", "C.UTF-8"},
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"TERM", "dumb"},
  };
  for (const auto& [name, value] : target.environment) {
    values[name] = fill_in(value, surroundings);
  }
  for (const auto& change : input.environment) {
    if (change.value) {
      values[change.name] = fill_in(*change.value, surroundings);
    } else {
      values.erase(change.name);
    }
  }
  std::vector<std::string> environment;
  environment.reserve(values.size());
  for (const auto& [name, value] : values) {
    environment.push_back(name + "=" + value);
  }
  return environment;
}

} // namespace harness::workloads
