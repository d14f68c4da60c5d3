// SPDX-License-Identifier: Apache-2.0
#include "harness/store/environment.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/model/digest.hpp"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>
#include <sys/utsname.h>

namespace harness::store {

namespace {

/// A recorded fact: how a change of it is reported, and whether results depend on it.
struct Fact {
  const char* name;
  const char* what;
  bool matters;
  bool of_target = false;
};

constexpr Fact facts[] = {
    {"target_sha256", "the target's executable", true, true},
    {"image_sha256", "the image", true, true},
    {"plan_sha256", "the plan", true},
    {"kernel", "the kernel", true},
    {"libc", "the C library", true},
    {"libc_sha256", "the C library's file", true},
    {"machine", "the machine's architecture", true, true},
    {"target", "the target's path", true},
    {"harness", "the version of harness", false},
    {"sqlite", "the version of SQLite", false},
    {"compiler", "the compiler of harness", false},
    {"system", "the operating system's version", false},
    {"seed", "the seed", false},
};

std::string file_hash(const std::string& path) {
  const auto bytes = read_file(path);
  return bytes ? sha256_hex(*bytes) : bytes.error().message;
}

/// The file that this process has its libc from; a dynamic target on this machine uses the same.
std::string libc_path() {
  Dl_info info{};
  const bool found = ::dladdr(reinterpret_cast<void*>(&::gnu_get_libc_version), &info) != 0;
  return found && info.dli_fname != nullptr ? info.dli_fname : "";
}

std::string system_name() {
  const auto text = read_file("/etc/os-release", 1 << 16);
  for (const auto& line : split(text ? *text : "", '\n')) {
    constexpr std::string_view key = "PRETTY_NAME=";
    if (line.starts_with(key)) {
      const auto word = read_word(std::string_view(line).substr(key.size()));
      return word ? word->value : line.substr(key.size());
    }
  }
  return "unknown";
}

std::string shortened(const std::string& value) {
  const bool hash =
      value.size() == 64 && value.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hash ? value.substr(0, 12) + "…" : value;
}

} // namespace

Environment take_environment(const EnvironmentSources& sources) {
  utsname kernel{};
  ::uname(&kernel);
  Environment environment = {
      {"target", sources.executable},
      {"target_sha256", file_hash(sources.file.empty() ? sources.executable : sources.file)},
      {"plan_sha256", sha256_hex(sources.plan)},
      {"kernel", fmt::format("{} {}", kernel.sysname, kernel.release)},
      {"machine", kernel.machine},
      {"libc", fmt::format("glibc {}", ::gnu_get_libc_version())},
      {"libc_sha256", file_hash(libc_path())},
      {"system", system_name()},
      {"harness", sources.version},
      {"sqlite", sqlite3_libversion()},
      {"compiler", __VERSION__},
      {"seed", std::to_string(sources.seed)}};
  if (!sources.image.empty()) {
    environment["image_sha256"] = sources.image;
  }
  return environment;
}

std::string environment_json(const Environment& environment) {
  return nlohmann::json(environment).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
         "\n";
}

Result<Environment> parse_environment(std::string_view json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (!parsed.is_object()) {
    return Error{"environment.json is not a JSON object"};
  }
  Environment environment;
  for (const auto& [name, value] : parsed.items()) {
    if (!value.is_string()) {
      return Error{fmt::format("environment.json: \"{}\" is not a string", name)};
    }
    environment[name] = value.get<std::string>();
  }
  return environment;
}

std::vector<EnvironmentDifference> compare(const Environment& before, const Environment& after) {
  const auto value = [](const Environment& environment, const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  std::vector<EnvironmentDifference> differences;
  for (const Fact& fact : facts) { // in the order of their weight
    const std::string was = value(before, fact.name);
    const std::string is = value(after, fact.name);
    if (was != is) {
      differences.push_back({.name = fact.name,
                             .before = was,
                             .after = is,
                             .matters = fact.matters,
                             .of_target = fact.of_target,
                             .text = fmt::format("{} has changed: it was {}, it is {}", fact.what,
                                                 was.empty() ? "not recorded" : shortened(was),
                                                 is.empty() ? "unknown" : shortened(is))});
    }
  }
  return differences;
}

} // namespace harness::store
