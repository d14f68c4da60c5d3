// SPDX-License-Identifier: Apache-2.0
#include "workloads/preparation.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::workloads {

namespace {

/// A configuration line: words with blanks, quotes or odd bytes are quoted.
std::string configuration_line(const std::vector<std::string>& words,
                               const Surroundings& surroundings) {
  std::string line;
  for (const auto& word : words) {
    const auto filled = fill_in(word, surroundings);
    const bool odd =
        filled.empty() || std::ranges::any_of(filled, [](unsigned char byte) {
          return byte <= ' ' || byte >= 0x7f || byte == '"' || byte == '\'' || byte == '\\';
        });
    line += line.empty() ? "" : " ";
    line += odd ? quote(filled) : filled;
  }
  return line;
}

FileNode configuration_node(const WorkloadPlan& workload, const Input& input,
                            const Surroundings& surroundings) {
  FileNode node;
  node.path = workload.configuration_file;
  for (const auto& line : workload.configuration_base) {
    node.content += fill_in(line, surroundings) + "\n";
  }
  for (const auto& words : input.configuration) {
    node.content += configuration_line(words, surroundings) + "\n";
  }
  return node;
}

/// Without root a sandbox has one identity, which is ours.
bool one_identity(const RunPlace& place) {
  return place.isolated && ::geteuid() != 0;
}

Owner owner_of(const CampaignPlan& plan, const Input& input, const RunPlace& place) {
  if (!place.isolated) {
    return {input.identity.uid, input.identity.gid};
  }
  if (one_identity(place)) {
    return {::geteuid(), ::getegid()};
  }
  return {input.identity.uid.value_or(plan.target.uid),
          input.identity.gid.value_or(plan.target.gid)};
}

void build_files(RunBuilder& builder, const CampaignPlan& plan, const Input& input,
                 const RunPlace& place) {
  const auto& directory = builder.resources->directory;
  const TreeOptions options{directory.owner().uid, directory.owner().gid, place.isolated};
  const auto build = [&](std::span<const FileNode> nodes) {
    auto outcome = build_tree(directory.work(), nodes, options);
    std::ranges::move(outcome.left_out, std::back_inserter(builder.left_out));
    for (auto& node : outcome.file_systems) {
      if (builder.spec.isolation) {
        builder.spec.isolation->file_systems.push_back(std::move(node));
      } else {
        builder.left_out.push_back(fmt::format(
            "{}: a file system can be mounted only in the sandbox", quote_if_needed(node.path)));
      }
    }
  };
  build(plan.workload.files);
  if (!plan.workload.configuration_file.empty()) {
    const auto node = configuration_node(plan.workload, input, builder.surroundings);
    build({&node, 1});
  }
  build(input.files);
}

void set_isolation(RunSpec& spec, const CampaignPlan& plan, const Input& input,
                   const RunPlace& place, const Owner& owner) {
  if (!place.isolated) {
    return;
  }
  Isolation isolation;
  isolation.run_directory = place.directory;
  isolation.hidden_directory = place.hidden_directory;
  isolation.uid = *owner.uid;
  isolation.gid = *owner.gid;
  isolation.capabilities =
      input.identity.capabilities.empty() ? plan.target.capabilities : input.identity.capabilities;
  for (const auto& path : plan.target.extra_paths) {
    if (path.starts_with("/tmp/")) {
      isolation.exposed.push_back(path);
    }
  }
  if (plan.target.executable.starts_with("/tmp/")) {
    isolation.exposed.push_back(plan.target.executable);
  }
  spec.isolation = std::move(isolation);
}

/// The working directory, and what is to become of it.
void set_directory(RunBuilder& builder, const Input& input) {
  builder.spec.directory = builder.surroundings.run;
  const auto& wanted = input.identity.directory;
  if (wanted.empty()) {
    return;
  }
  const auto& directory = builder.resources->directory;
  const TreeOptions options{directory.owner().uid, directory.owner().gid, true};
  FileNode node;
  node.kind = FileNode::Kind::directory;
  node.path = wanted;
  auto outcome = build_tree(directory.work(), {&node, 1}, options);
  if (!outcome.left_out.empty()) {
    builder.left_out.push_back("working directory " + outcome.left_out.front());
    return;
  }
  builder.spec.directory += "/" + wanted;
  auto& fate = builder.resources->run_driver.directory;
  fate = {DirectoryFate::Kind::kept, directory.work(), wanted};
  if (wanted == "deleted") {
    fate.kind = DirectoryFate::Kind::deleted;
  } else if (wanted == "unreadable") {
    fate.kind = DirectoryFate::Kind::unreadable;
  }
}

/// A sidecar that lives in the worker, at a place of the sandbox's own /dev or network.
template <typename Listener>
void open_here(RunBuilder& builder, const std::string& name, const RunPlace& place,
               std::unique_ptr<Listener>& listener) {
  if (!place.isolated) {
    builder.left_out.push_back(fmt::format("sidecar {}: available only in the sandbox", name));
  } else if (auto opened = Listener::open(); opened) {
    listener = std::move(*opened);
  } else {
    builder.left_out.push_back(fmt::format("sidecar {}: {}", name, opened.error().message));
  }
}

/// The system log and the name server live here; the others are processes.
void start_neighbors(RunBuilder& builder, const CampaignPlan& plan, const Input& input,
                     const RunPlace& place) {
  std::vector<NeighborSpec> specs;
  for (const auto& name : input.sidecars) {
    const auto found = plan.workload.sidecars.find(name);
    if (found != plan.workload.sidecars.end() && !found->second.empty()) {
      NeighborSpec spec{name, {}};
      for (const auto& word : found->second) {
        spec.words.push_back(fill_in(word, builder.surroundings));
      }
      specs.push_back(std::move(spec));
    } else if (name == system_log_name) {
      open_here(builder, name, place, builder.resources->system_log);
    } else if (name == name_server_name) {
      open_here(builder, name, place, builder.resources->name_server);
    } else {
      builder.left_out.push_back(
          fmt::format("sidecar {}: the plan does not define it", quote_if_needed(name)));
    }
  }
  if (!specs.empty()) {
    RunSpec run;
    run.isolation = builder.spec.isolation;
    run.identity = {.uid = input.identity.uid, .gid = input.identity.gid};
    run.limits = plan.limits;
    run.environment = make_environment(plan.target, {}, builder.surroundings);
    run.directory = builder.surroundings.run;
    builder.resources->sidecars = std::make_unique<Sidecars>(
        std::move(specs), NeighborSurroundings{std::move(run), plan.workload.ready_within},
        builder.left_out);
  }
}

/// Signals by which the kernel ends a program for what the input does to it: no failures of its
/// own.
std::vector<int> consequences(const Input& input, const Streams& streams) {
  std::vector<int> signals;
  if (streams.breaks_pipe) {
    signals.push_back(SIGPIPE);
  }
  for (const auto& limit : input.limits) {
    if (limit.name == "fsize") {
      signals.push_back(SIGXFSZ);
    } else if (limit.name == "cpu") {
      signals.insert(signals.end(), {SIGXCPU, SIGKILL});
    } else if (limit.name == "stack") {
      signals.push_back(SIGSEGV);
    }
  }
  return signals;
}

void set_arguments(RunSpec& spec, const CampaignPlan& plan, const Input& input,
                   const Surroundings& surroundings) {
  spec.executable = plan.target.executable;
  spec.arguments.reserve(1 + plan.target.arguments.size() + input.arguments.size());
  spec.arguments.push_back(plan.target.executable);
  for (const auto& argument : plan.target.arguments) {
    spec.arguments.push_back(fill_in(argument, surroundings));
  }
  for (const auto& argument : input.arguments) {
    spec.arguments.push_back(fill_in(argument, surroundings));
  }
}

} // namespace

PreparedRun::Resources::~Resources() {
  run_driver.stop();
}

PreparedRun::PreparedRun(RunSpec made, std::vector<std::string> lines,
                         std::unique_ptr<Resources> resources)
    : spec(std::move(made)), left_out(std::move(lines)), resources_(std::move(resources)) {}
PreparedRun::PreparedRun(PreparedRun&&) noexcept = default;
PreparedRun& PreparedRun::operator=(PreparedRun&&) noexcept = default;
PreparedRun::~PreparedRun() = default;

std::string PreparedRun::output_tail(std::size_t limit_bytes) const {
  const auto& streams = resources_->streams;
  std::string text;
  if (streams.output_captured) {
    text += tail_of(streams.output.get(), limit_bytes);
  }
  if (resources_->run_driver.pump) {
    text += resources_->run_driver.pump->tail(limit_bytes);
  }
  if (streams.error_captured) {
    text += tail_of(streams.error.get(), limit_bytes);
  }
  return text.size() <= limit_bytes ? text : text.substr(text.size() - limit_bytes);
}

const std::string& PreparedRun::replies() const {
  return resources_->run_driver.replies;
}

PreparedRun RunBuilder::finish() && {
  spec.run_driver = &resources->run_driver;
  return {std::move(spec), std::move(left_out), std::move(resources)};
}

Result<RunBuilder> begin_run(const CampaignPlan& plan, const Input& input, const RunPlace& place,
                             std::uint16_t port) {
  const auto owner = owner_of(plan, input, place);
  auto directory = RunDirectory::make(place, owner);
  if (!directory) {
    return std::move(directory.error());
  }
  RunBuilder builder;
  builder.resources = std::make_unique<PreparedRun::Resources>(std::move(*directory));
  builder.surroundings.run = (place.isolated ? "/tmp" : place.directory) + "/run";
  builder.surroundings.port = port;
  if (!plan.workload.unix_socket.empty()) {
    builder.surroundings.socket = builder.surroundings.run + "/" + plan.workload.unix_socket;
  }
  if (!plan.workload.configuration_file.empty()) {
    builder.surroundings.configuration =
        builder.surroundings.run + "/" + plan.workload.configuration_file;
  }
  if (one_identity(place) && (input.identity.uid.value_or(*owner.uid) != *owner.uid ||
                              input.identity.gid.value_or(*owner.gid) != *owner.gid)) {
    builder.left_out.emplace_back("identity: without root outside, targets run as one alone");
  }
  set_isolation(builder.spec, plan, input, place, owner);
  build_files(builder, plan, input, place);
  set_arguments(builder.spec, plan, input, builder.surroundings);
  builder.spec.environment = make_environment(plan.target, input, builder.surroundings);
  set_directory(builder, input);
  builder.spec.limits = plan.limits;
  builder.spec.identity = input.identity;
  builder.spec.resource_limits = input.limits;
  builder.spec.signals = input.signals;
  builder.spec.faults = input.faults;
  start_neighbors(builder, plan, input, place);
  return builder;
}

Result<> add_streams(RunBuilder& builder, const Input& input, Feed feed) {
  auto& resources = *builder.resources;
  auto streams = make_streams(input, feed.bytes, feed.slowly, resources.directory);
  if (!streams) {
    return std::move(streams.error());
  }
  resources.streams = std::move(*streams);
  resources.run_driver.expected_signals = consequences(input, resources.streams);
  builder.spec.streams = resources.streams.borrowed();
  if (Pump::is_needed(resources.streams)) {
    resources.run_driver.pump =
        std::make_unique<Pump>(resources.streams, std::move(feed.pieces), input.terminal.hang_up);
  }
  return Done{};
}

} // namespace harness::workloads
