// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan_check.hpp"

#include "core/base/remedy.hpp"
#include "core/base/text.hpp"
#include "harness/plan/plan_codecs.hpp"
#include "mutators/check_dimension.hpp"
#include "mutators/grammar.hpp"
#include "sandbox/find_program.hpp"
#include "sandbox/image.hpp"
#include "sandbox/root_path.hpp"
#include "tracer/check_trigger.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace harness::plan {

namespace {

namespace fs = std::filesystem;

/// The part of the plan at `section`.`key`, or the nearest thing above it that the plan has.
const YamlTree& place_of(const YamlTree& tree, const char* section, const char* key) {
  const YamlTree* outer = tree.find(section);
  if (outer == nullptr) {
    return tree;
  }
  const YamlTree* inner = outer->find(key);
  return inner != nullptr ? *inner : *outer;
}

/// Describes where the target is searched for.
std::string surroundings(const TargetPlan& target) {
  return !target.image.empty()  ? "the image " + quote_if_needed(target.image)
         : !target.root.empty() ? quote_if_needed(target.root)
                                : "PATH";
}

/// Where the target's root file system comes from; an image is unpacked.
void check_root(const YamlTree& tree, TargetPlan& target) {
  const YamlTree& image = place_of(tree, "target", "image");
  if (!target.root.empty() && !target.image.empty()) {
    reject(image, "the target has both a root and an image",
           "keep one of them: the image, or the directory that it was unpacked to");
  }
  if (!target.root.empty() && !fs::is_directory(target.root)) {
    reject(place_of(tree, "target", "root"),
           fmt::format("the root {} is not a directory", quote_if_needed(target.root)),
           "name the directory that an image was unpacked to");
  }
  sandbox::open_image(target, image.where);
}

void check_target(const YamlTree& tree, TargetPlan& target) {
  const YamlTree& place = place_of(tree, "target", "executable");
  if (target.executable.empty()) {
    reject(place, "the target names no executable", "write executable: PROGRAM below target:");
  }
  check_root(tree, target);
  if (target.executable.find('/') == std::string::npos) {
    const auto found = sandbox::find_program(target.executable, target.root);
    if (!found) {
      reject(place,
             fmt::format("program {} not found in {}", quote_if_needed(target.executable),
                         surroundings(target)),
             "install it, or write its path");
    }
    target.executable = *found;
    return;
  }
  const auto path = sandbox::path_in_root(target.root, target.executable);
  const std::string shown =
      target.image.empty()
          ? quote_if_needed(target.root + target.executable)
          : fmt::format("{} in {}", quote_if_needed(target.executable), surroundings(target));
  if (!path || !fs::exists(*path)) {
    reject(place, fmt::format("the target {} does not exist", shown),
           "install it, or write the path of an existing program");
  }
  if (fs::is_directory(*path)) {
    reject(place, fmt::format("the target {} is a directory", shown),
           "write the path of a program in this directory");
  }
  if (!sandbox::is_executable_file(*path)) {
    reject(place, fmt::format("the target {} is not executable", shown),
           fmt::format("chmod +x {}, or write the path of a program", shown));
  }
}

void check_paths(const YamlTree& tree, const CampaignPlan& plan) {
  const YamlTree* seeds = tree.find("seeds");
  if (seeds != nullptr && !fs::is_directory(plan.seeds)) {
    reject(*seeds, fmt::format("directory {} not found", quote_if_needed(plan.seeds)),
           "name a directory, relative to the directory of the plan, or omit seeds");
  }
  const YamlTree& needs = place_of(tree, "target", "extra_paths");
  for (std::size_t i = 0; i < plan.target.extra_paths.size(); ++i) {
    const auto path = sandbox::path_in_root(plan.target.root, plan.target.extra_paths[i]);
    if (!path || !fs::exists(*path)) {
      reject(needs.items.size() > i ? needs.items[i] : needs,
             fmt::format("path {} not found", quote_if_needed(plan.target.extra_paths[i])),
             "write a path that exists, or omit it");
    }
  }
}

void check_identity(const YamlTree& tree, const CampaignPlan& plan) {
  if (!plan.target.capabilities.empty() && plan.target.uid != 0) {
    reject(place_of(tree, "target", "capabilities"),
           "a target without uid 0 cannot keep capabilities",
           "add uid: 0 below target:, or omit capabilities");
  }
}

void check_server(const YamlTree& tree, const CampaignPlan& plan) {
  const bool server = plan.workload.kind == WorkloadPlan::Kind::server;
  if (server && plan.workload.port == 0 && plan.workload.unix_socket.empty()) {
    reject(place_of(tree, "workload", "kind"), "a server needs a port or a Unix socket",
           "write port: 6379 or unix_socket: NAME below workload:");
  }
  const bool speaks = plan.workload.protocol == Protocol::resp;
  if (!server && speaks) {
    reject(place_of(tree, "workload", "protocol"), "protocol resp requires a server",
           "write kind: server, or protocol: lines");
  }
}

void check_phases(const YamlTree& tree, const CampaignPlan& plan) {
  const YamlTree* phases = tree.find("phases");
  for (std::size_t i = 0; i < plan.phases.size(); ++i) {
    const auto checked = tracer::check_trigger(
        plan.phases[i].trigger, sandbox::path_in_root(plan.target.root, plan.target.executable)
                                    .value_or(plan.target.executable));
    if (checked) {
      continue;
    }
    const YamlTree& place = phases != nullptr && i < phases->items.size() ? phases->items[i] : tree;
    throw with_remedy(
        place.where,
        fmt::format("phase {}: {}", quote_if_needed(plan.phases[i].name), checked.error().message),
        "names of a stripped program are few: write {auto: main}, {call: NAME} or "
        "{offset: 0xN}");
  }
}

/// The item at `index`, if the value is a list.
const YamlTree& item_of(const YamlTree& list, std::size_t index) {
  return index < list.items.size() ? list.items[index] : list;
}

void check_grammar(const YamlTree& tree, const CampaignPlan& plan) {
  const YamlTree& dimensions = place_of(tree, "grammar", "dimensions");
  for (std::size_t i = 0; i < plan.grammar.dimensions.size(); ++i) {
    mutators::check_dimension(plan.grammar.dimensions[i], item_of(dimensions, i).where);
  }
  const YamlTree& sidecars = place_of(tree, "grammar", "sidecars");
  for (std::size_t i = 0; i < plan.grammar.sidecars.size(); ++i) {
    check_sidecar(plan, plan.grammar.sidecars[i], item_of(sidecars, i).where);
  }
  if (!plan.grammar.configuration.of.empty() && plan.workload.configuration_file.empty()) {
    reject(place_of(tree, "grammar", "configuration"),
           "`configuration` has lines, but the workload has no configuration file",
           "write configuration_file: NAME below workload:, and {configuration} among the target's "
           "arguments");
  }
  mutators::compile(plan.grammar); // throws with the template's place
}

} // namespace

void check_sidecar(const CampaignPlan& plan, const std::string& name, const SourceLocation& where) {
  const auto& known = plan.workload.sidecars;
  if (known.contains(name)) {
    return;
  }
  std::vector<std::string> names;
  for (const auto& [one, command] : known) {
    names.push_back(one);
  }
  const auto near = nearest_word(name, names);
  throw UserError(where, fmt::format("the plan defines no sidecar {}", quote_if_needed(name)),
                  near ? fmt::format("did you mean {}?", *near)
                       : fmt::format("write {}: [COMMAND, ARG] below workload: sidecars:",
                                     quote_if_needed(name)));
}

void check_plan(const YamlTree& tree, CampaignPlan& plan) {
  check_target(tree, plan.target);
  check_paths(tree, plan);
  check_identity(tree, plan);
  check_server(tree, plan);
  check_phases(tree, plan);
  check_grammar(tree, plan);
}

} // namespace harness::plan
