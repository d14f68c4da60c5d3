#include "harness/campaign/plan_check.hpp"

#include "harness/base/text.hpp"
#include "harness/campaign/find_program.hpp"
#include "harness/campaign/plan_codecs.hpp"
#include "mutators/grammar.hpp"
#include "tracer/check_trigger.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace harness::campaign {

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

void check_target(const YamlTree& tree, TargetPlan& target) {
  const YamlTree& place = place_of(tree, "target", "executable");
  if (target.executable.empty()) {
    reject(place, "the target names no executable", "write executable: PROGRAM below target:");
  }
  if (!target.root.empty() && !fs::is_directory(target.root)) {
    reject(place_of(tree, "target", "root"),
           fmt::format("the root {} is no directory", quote_if_needed(target.root)),
           "name the directory that an image was unpacked to");
  }
  if (target.executable.find('/') == std::string::npos) {
    const auto found = find_program(target.executable, target.root);
    if (!found) {
      reject(place,
             fmt::format("there is no program {} in PATH", quote_if_needed(target.executable)),
             "install it, or write its path");
    }
    target.executable = *found;
    return;
  }
  const std::string path = target.root + target.executable;
  const std::string shown = quote_if_needed(path);
  if (!fs::exists(path)) {
    reject(place, fmt::format("the target {} does not exist", shown),
           "install it, or write the path of a program that is there");
  }
  if (fs::is_directory(path)) {
    reject(place, fmt::format("the target {} is a directory", shown), "write the program in it");
  }
  if (!is_executable_file(path)) {
    reject(place, fmt::format("the target {} is not executable", shown),
           fmt::format("chmod +x {}, or write the path of a program", shown));
  }
}

void check_paths(const YamlTree& tree, const CampaignPlan& plan) {
  const YamlTree* seeds = tree.find("seeds");
  if (seeds != nullptr && !fs::is_directory(plan.seeds)) {
    reject(*seeds, fmt::format("there is no directory {}", quote_if_needed(plan.seeds)),
           "seeds: DIRECTORY counts from the plan's directory; leave it out to begin without");
  }
  const YamlTree& needs = place_of(tree, "target", "needs");
  for (std::size_t i = 0; i < plan.target.needs.size(); ++i) {
    if (!fs::exists(plan.target.root + plan.target.needs[i])) {
      reject(needs.items.size() > i ? needs.items[i] : needs,
             fmt::format("there is no {}", quote_if_needed(plan.target.needs[i])),
             "write a path that exists, or leave it out");
    }
  }
}

void check_identity(const YamlTree& tree, const CampaignPlan& plan) {
  if (!plan.target.capabilities.empty() && plan.target.uid != 0) {
    reject(place_of(tree, "target", "capabilities"), "only a target with uid 0 keeps capabilities",
           "add uid: 0 below target:, or leave the capabilities out");
  }
}

void check_server(const YamlTree& tree, const CampaignPlan& plan) {
  const bool server = plan.workload.kind == WorkloadPlan::Kind::server;
  if (server && plan.workload.port == 0 && plan.workload.unix_socket.empty()) {
    reject(place_of(tree, "workload", "kind"), "a server needs a way to be reached",
           "write port: 6379 or unix_socket: NAME below workload:");
  }
  const bool speaks = plan.workload.protocol == Protocol::resp;
  if (!server && speaks) {
    reject(place_of(tree, "workload", "protocol"), "resp is spoken with servers only",
           "write kind: server, or protocol: lines");
  }
}

/// The tracer's message ends in what to write instead; that part becomes the remedy.
void check_phases(const YamlTree& tree, const CampaignPlan& plan) {
  const YamlTree* phases = tree.find("phases");
  for (std::size_t i = 0; i < plan.phases.size(); ++i) {
    const auto checked =
        tracer::check_trigger(plan.phases[i].trigger, plan.target.root + plan.target.executable);
    if (checked) {
      continue;
    }
    const std::string& message = checked.error().message;
    const auto cut = message.find("; ");
    reject(
        phases != nullptr && i < phases->items.size() ? phases->items[i] : tree,
        fmt::format("phase {}: {}", quote_if_needed(plan.phases[i].name), message.substr(0, cut)),
        cut == std::string::npos
            ? "names of a stripped program are few: write {auto: main}, {call: "
              "NAME} or {offset: 0xN}"
            : message.substr(cut + 2));
  }
}

} // namespace

void check_plan(const YamlTree& tree, CampaignPlan& plan) {
  check_target(tree, plan.target);
  check_paths(tree, plan);
  check_identity(tree, plan);
  check_server(tree, plan);
  check_phases(tree, plan);
  mutators::compile(plan.grammar); // throws with the template's place
}

} // namespace harness::campaign
