// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/shipped_plans.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "harness/cli/version.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>

namespace harness::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_plan_bytes = 1 << 20;

/// Directories that may hold NAME/NAME.yaml, in the order of searching.
std::vector<fs::path> plan_directories() {
  std::vector<fs::path> directories;
  if (const char* named = std::getenv("HARNESS_PLANS"); named != nullptr) {
    for (const auto& directory : split(named, ':')) {
      if (!directory.empty()) {
        directories.emplace_back(directory);
      }
    }
  }
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  if (!problem) {
    const fs::path directory = program.parent_path();
    if (directory.filename() == "cli" && directory.parent_path().filename() == "harness") {
      // SOURCE/BUILD/harness/cli/harness
      directories.push_back(directory.parent_path().parent_path().parent_path() / "workloads");
    }
    directories.push_back(directory.parent_path() / "share/harness/workloads");
  }
  directories.emplace_back(fs::path(data_directory) / "workloads");
  return directories;
}

/// The first sentence of the comment that begins the plan, without what is meant for editors.
std::string description_of(const fs::path& file) {
  const auto text = read_file(file, max_plan_bytes);
  if (!text) {
    return "";
  }
  std::string comment;
  for (const auto& line : split(*text, '\n')) {
    if (!line.starts_with('#')) {
      break;
    }
    if (line.find("yaml-language-server") == std::string::npos) {
      comment += fmt::format("{} ", trim(line.substr(1)));
    }
  }
  return std::string(trim(comment.substr(0, comment.find(". "))));
}

bool is_bare_name(const std::string& given) {
  return given.find('/') == std::string::npos && !given.ends_with(".yaml") &&
         !given.ends_with(".yml");
}

} // namespace

std::vector<ShippedPlan> shipped_plans() {
  std::vector<ShippedPlan> plans;
  for (const auto& directory : plan_directories()) {
    std::error_code problem;
    for (fs::directory_iterator entry(directory, problem), end; !problem && entry != end;
         entry.increment(problem)) {
      const std::string name = entry->path().filename();
      const fs::path file = entry->path() / (name + ".yaml");
      std::error_code absent;
      const bool known =
          std::ranges::any_of(plans, [&](const ShippedPlan& plan) { return plan.name == name; });
      if (!known && fs::is_regular_file(file, absent)) {
        plans.push_back({name, file, description_of(file)});
      }
    }
  }
  std::ranges::sort(plans, {}, &ShippedPlan::name);
  return plans;
}

std::string plan_file_of(const std::string& given) {
  std::error_code absent;
  if (!is_bare_name(given) || fs::exists(given, absent)) {
    return given;
  }
  std::string names;
  for (const auto& plan : shipped_plans()) {
    if (plan.name == given) {
      return plan.file;
    }
    names += (names.empty() ? "" : ", ") + plan.name;
  }
  throw UserError({},
                  fmt::format("cannot open plan {}: there is no such file, and no shipped plan of "
                              "that name",
                              quote_if_needed(given)),
                  names.empty() ? "name a plan file, or set HARNESS_PLANS to the directory of plans"
                                : "name a plan file or one of " + names);
}

std::string plan_list() {
  const auto plans = shipped_plans();
  if (plans.empty()) {
    throw UserError({}, "no shipped plans were found",
                    "set HARNESS_PLANS to the directory that holds NAME/NAME.yaml");
  }
  std::string text;
  for (const auto& plan : plans) {
    text += fmt::format("{:<10} {}\n", printable(plan.name), printable(plan.description));
  }
  return text;
}

} // namespace harness::cli
