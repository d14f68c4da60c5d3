// `harness init-look` (internal): runs one command line under the tracer inside the sandbox that
// init_look.cpp started, and prints what was observed as JSON.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/model/input_text.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/cli/commands.hpp"
#include "sandbox/sandbox.hpp"
#include "tracer/tracer.hpp"
#include "workloads/workload.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace harness::cli {

namespace {

constexpr std::size_t max_output_bytes = std::size_t{1} << 20;
constexpr auto max_time = std::chrono::seconds(6);
constexpr auto grace = std::chrono::milliseconds(300);

/// Listening TCP ports of our network namespace: state 0A in /proc/net/tcp and tcp6 (proc(5)).
std::set<std::uint16_t> listening_ports() {
  std::set<std::uint16_t> ports;
  for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const auto table = read_file(file);
    for (const auto& line : split(table ? *table : std::string(), '\n')) {
      std::istringstream words(line);
      std::string number;
      std::string local;
      std::string remote;
      std::string state;
      words >> number >> local >> remote >> state;
      const auto colon = local.rfind(':');
      if (state == "0A" && colon != std::string::npos) {
        const auto port = parse_integer("0x" + local.substr(colon + 1));
        if (port && *port > 0 && *port <= 65535) {
          ports.insert(static_cast<std::uint16_t>(*port));
        }
      }
    }
  }
  return ports;
}

/// Notes whether and on which ports the program waits for clients, then lets the run end.
class Listener final : public RunDriver {
public:
  ~Listener() override { stop(); }
  void started(RunControl& control, pid_t) override { control_ = &control; }
  void ready() override {
    listened = true;
    // One thread may wait while another is about to listen, so the ports are polled for a while. A
    // thread of its own does so, because the program is stopped until this function returns.
    looking_ = std::thread([this] {
      for (int tries = 0; tries < 20 && ports.empty(); ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        ports = listening_ports();
      }
      control_->finish(grace);
    });
  }
  void stop() override {
    if (looking_.joinable()) {
      looking_.join();
    }
  }
  bool listened = false;
  std::set<std::uint16_t> ports; // once stopped

private:
  RunControl* control_ = nullptr;
  std::thread looking_;
};

struct InitLookInsideOptions {
  bool direct = false;
  std::vector<std::string> files; // node lines
};

std::vector<FileNode> nodes_of(const std::vector<std::string>& lines) {
  std::vector<FileNode> nodes;
  for (const auto& line : lines) {
    const auto words = split_words(line);
    auto node = words ? parse_file_node(*words) : Error{"missing closing quote"};
    if (!node) {
      throw std::runtime_error(node.error().message);
    }
    nodes.push_back(std::move(*node));
  }
  return nodes;
}

CampaignPlan plan_for(const std::vector<std::string>& program,
                      const InitLookInsideOptions& options) {
  CampaignPlan plan;
  plan.name = "init";
  plan.target.executable = program.front();
  plan.target.arguments.assign(program.begin() + 1, program.end());
  // man(1) must run without a pager, and without its seccomp filter, which hides it from a tracer.
  plan.target.environment = {{"MANPAGER", "cat"},
                             {"PAGER", "cat"},
                             {"MANWIDTH", "100"},
                             {"MAN_DISABLE_SECCOMP", "1"},
                             {"TERM", "dumb"}};
  plan.limits.wall = max_time;
  plan.workload.files = nodes_of(options.files);
  return plan;
}

int look_inside(const std::vector<std::string>& program, const InitLookInsideOptions& options) {
  const bool isolated = !options.direct;
  const std::string base = isolated ? sandbox::sandbox_directory
                                    : std::filesystem::temp_directory_path() /
                                          ("harness-init." + std::to_string(::getpid()));
  std::filesystem::create_directories(base + "/run");
  const auto workload = workloads::make(plan_for(program, options));
  Listener listener;
  nlohmann::json seen;
  {
    auto run = workload->prepare({}, {.directory = base + "/run/0",
                                      .hidden_directory = isolated ? base : "",
                                      .isolated = isolated});
    if (!run) {
      throw std::runtime_error(run.error().message);
    }
    run->spec.run_driver = &listener; // an empty input needs no driver of its own
    tracer::StopFlag stop;
    const RunResult result = tracer::run(run->spec, {}, stop);
    if (const auto* failed = std::get_if<TracerFailed>(&result.end)) {
      throw std::runtime_error(failed->error.message);
    }
    std::set<std::string> calls;
    for (const auto& sighting : result.sightings) {
      calls.insert(qualified_name(sighting.call));
    }
    seen = {{"output", run->output_tail(max_output_bytes)},
            {"end", describe(result.end)},
            {"launched", !std::holds_alternative<LaunchFailed>(result.end)},
            {"exited", std::holds_alternative<Exited>(result.end)},
            {"listened", listener.listened},
            {"ports", listener.ports},
            {"seconds", seconds(result.wall)},
            {"calls", calls}};
  }
  if (!isolated) {
    std::filesystem::remove_all(base);
  }
  const auto text = seen.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  return write_all(STDOUT_FILENO, text) ? 0 : 1;
}

CommandAction define_init_look_inside(CLI::App& app) {
  auto options = std::make_shared<InitLookInsideOptions>();
  app.add_flag("--no-isolation", options->direct, "Run it without a sandbox");
  app.add_option("--file", options->files, "Create this file of its directory, a node line")
      ->take_all()
      ->expected(1);
  return
      [options](const Invocation& invocation) { return look_inside(invocation.program, *options); };
}

} // namespace

extern const Command init_look_command;
const Command init_look_command = {
    .name = "init-look",
    .summary = "Observe one run of a program, for init",
    .examples = "",
    .define = define_init_look_inside,
    .group = Group::internal,
    .program = Program::required,
};

} // namespace harness::cli
