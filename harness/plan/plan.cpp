// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "harness/plan/plan_check.hpp"
#include "harness/plan/plan_keys.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>

namespace harness::plan {

namespace {

/// Names become directory names.
bool usable_name(const std::string& name) {
  const auto usable = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '+';
  };
  return !name.empty() && name.size() <= 100 && name[0] != '.' && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), usable);
}

CampaignPlan plan_of(const YamlTree& tree, const std::string& file) {
  if (tree.kind == YamlTree::Kind::null) {
    throw UserError({file, 1, 1}, "the plan is empty",
                    "begin with these lines:\n    target: ls\n    phases: [run]");
  }
  CampaignPlan plan;
  read_section(tree, plan_keys(), "", plan);
  if (tree.find("target") == nullptr) {
    throw UserError({file, 1, 1}, "the plan names no target", "write target: PROGRAM");
  }
  const YamlTree* name = tree.find("name");
  if (name == nullptr) {
    plan.name = std::filesystem::path(file).stem().string();
  }
  if (!usable_name(plan.name)) {
    throw UserError(name != nullptr ? name->where : SourceLocation{file, 1, 1},
                    fmt::format("{} is not a valid campaign name", quote(plan.name)),
                    "it names a directory: use letters, digits, - _ . +, as in name: redis-7");
  }
  if (plan.phases.empty()) {
    plan.phases = {{"all", LaunchTrigger{}}};
  }
  return plan;
}

PlanPlaces places_of(const YamlTree& tree, const CampaignPlan& plan) {
  PlanPlaces places;
  if (const YamlTree* target = tree.find("target")) {
    places.target = target->where;
  }
  if (const YamlTree* phases = tree.find("phases")) {
    for (std::size_t i = 0; i < phases->items.size() && i < plan.phases.size(); ++i) {
      places.phases[plan.phases[i].name] = phases->items[i].where;
    }
  }
  return places;
}

std::string text_of(const std::string& path) {
  if (std::filesystem::is_directory(path)) {
    throw UserError({path}, "is a directory", "name the plan file itself, PLAN.yaml");
  }
  auto text = read_file(path, max_yaml_bytes + 1);
  if (!text) {
    throw UserError({path},
                    fmt::format("cannot read the plan: {}", std::strerror(text.error().code)),
                    text.error().code == ENOENT
                        ? "name a plan file; harness init -- PROGRAM writes one for any program"
                        : "make the file readable for your user");
  }
  return std::move(*text);
}

} // namespace

CampaignPlan load_plan(const std::string& path, PlanPlaces* places) {
  const YamlTree tree = parse_yaml(text_of(path), path);
  CampaignPlan plan = plan_of(tree, path);
  check_plan(tree, plan);
  if (places != nullptr) {
    *places = places_of(tree, plan);
  }
  return plan;
}

CampaignPlan parse_plan(std::string_view text, const std::string& file) {
  return plan_of(parse_yaml(text, file), file);
}

std::string serialize_plan(const CampaignPlan& plan) {
  return write_yaml(write_section(plan, plan_keys()));
}

} // namespace harness::plan
