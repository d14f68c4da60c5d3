// Runs per second of a campaign's own inputs: as its workers run them (isolated and traced), and
// the same command lines in the same run directories, with the same files, streams, clients and
// sidecars, launched in the same way but without a tracer. Paired and alternating; one at a time.
// Usage: bench-explore CAMPAIGN [INPUTS]        (default 100, evenly spread over the corpus)
//
// Left out and counted: inputs with faults or signals (they need a tracer), and those of which
// either side hit the wall limit of the plan.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/model/input.hpp"
#include "harness/engine/channel.hpp"
#include "harness/engine/runner.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/campaign_snapshot.hpp"
#include "sandbox/sandbox.hpp"
#include "tracer/tracer.hpp"
#include "workloads/workload.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace harness;
using namespace std::chrono_literals;

namespace {

TimePoint now() {
  return std::chrono::steady_clock::now();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

double sum(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) {
    total += value;
  }
  return total;
}

// ---- a run without a tracer ---------------------------------------------------------------------

/// What a run driver may ask of a run that nobody traces.
class FreeRun final : public RunControl {
public:
  FreeRun(pid_t process, TimePoint limit) : process_(process), limit_(limit) {}
  void marker(const std::string&) override {}
  void request_signal(int signal) override { ::kill(process_, signal); }
  void finish(Duration grace) override { limit_ = std::min(limit_.load(), now() + grace); }
  bool over() const { return now() >= limit_.load(); }

private:
  pid_t process_;
  std::atomic<TimePoint> limit_;
};

std::vector<pid_t> children_of(const std::string& process) {
  std::vector<pid_t> ids;
  const auto text = read_file(fmt::format("/proc/{0}/task/{0}/children", process));
  for (const auto& word : split(text ? *text : "", ' ')) {
    if (const auto id = parse_integer(word)) {
      ids.push_back(static_cast<pid_t>(*id));
    }
  }
  return ids;
}

/// True if somebody listens on `port` in the network that we share with the target. Read from
/// /proc: a probing connection would apply_faults_and_signals the server.
bool listens(std::uint16_t port) {
  for (const auto* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const auto text = read_file(file);
    for (const auto& line : split(text ? *text : "", '\n')) {
      if (line.find(fmt::format(":{:04X} ", port)) != std::string::npos &&
          line.find(" 0A ") != std::string::npos) {
        return true;
      }
    }
  }
  return false;
}

/// The run's run driver as the tracer knows it: told of the start, and left alone when the tracer
/// goes.
class Handover final : public RunDriver {
public:
  Handover(RunDriver* real, TimePoint limit) : real_(real), limit_(limit) {}
  void started(RunControl&, pid_t process) override {
    control.emplace(process, limit_);
    id = process;
    if (real_ != nullptr) {
      real_->started(*control, process);
    }
  }
  std::optional<FreeRun> control;
  pid_t id = 0;

private:
  RunDriver* real_;
  TimePoint limit_;
};

/// Waits until nothing of the run is left, its run driver is done with it, or the wall limit; true
/// if that was the end.
bool see_out(const Handover& run, pid_t init, RunDriver* run_driver, const CampaignPlan& plan,
             TimePoint wall) {
  const auto port = plan.workload.port;
  bool view = port == 0 || run_driver == nullptr;
  auto ended = open_pidfd(run.id);
  bool main_gone = !ended;
  while (!run.control->over()) {
    if (main_gone && (init == 0 || children_of(std::to_string(init)).empty())) {
      return false;
    }
    if (!view && listens(port)) {
      view = true;
      for (std::size_t phase = 1; phase < plan.phases.size(); ++phase) {
        run_driver->phase(static_cast<PhaseIndex>(phase));
      }
      run_driver->ready();
    }
    pollfd wait{main_gone ? -1 : ended->get(), POLLIN, 0};
    ::poll(&wait, 1, 1); // its end at once, everything else within a millisecond
    if (wait.revents != 0) {
      ::waitpid(run.id, nullptr, __WALL);
      main_gone = true;
    }
  }
  return now() >= wall;
}

enum class Ending { ended, wall_limit, not_run };

Ending run_untraced(workloads::Workload& workload, const Input& input, const CampaignPlan& plan,
                    const workloads::RunPlace& place) {
  auto prepared = workload.prepare(input, place);
  if (!prepared) {
    return Ending::not_run;
  }
  const TimePoint wall = now() + plan.limits.wall;
  RunDriver* run_driver = prepared->spec.run_driver;
  Handover handover(run_driver, wall);
  RunSpec spec = prepared->spec;
  spec.run_driver = &handover;
  TraceOptions options;
  options.observe.sites = false;
  options.detach_after_last_phase = true; // at its first call
  const auto before = children_of("self");
  tracer::StopFlag stop;
  const RunResult result = tracer::run(spec, options, stop);
  Ending ending = Ending::ended;
  if (std::holds_alternative<Detached>(result.end)) {
    pid_t init = 0;
    for (const pid_t child : children_of("self")) {
      const bool fresh = std::find(before.begin(), before.end(), child) == before.end();
      init = fresh && child != handover.id ? child : init;
    }
    ending = see_out(handover, init, run_driver, plan, wall) ? Ending::wall_limit : ending;
    for (const pid_t id : {init, handover.id}) {
      if (id != 0) {
        ::kill(id, SIGKILL);
        ::waitpid(id, nullptr, __WALL);
      }
    }
  } else if (!std::holds_alternative<Exited>(result.end) &&
             !std::holds_alternative<Signaled>(result.end)) {
    ending = Ending::not_run;
  }
  if (run_driver != nullptr) {
    run_driver->stop();
  }
  return ending;
}

// ---- inside the sandbox -------------------------------------------------------------------------

template <typename T> T receive(engine::Channel& channel) {
  auto command = channel.receive();
  if (!command || !*command || !std::holds_alternative<T>(**command)) {
    throw std::runtime_error("not started by this program");
  }
  return std::get<T>(std::move(**command));
}

int measure() {
  engine::Channel channel(STDIN_FILENO, STDOUT_FILENO);
  const auto setup = receive<engine::Setup>(channel);
  const auto inputs = receive<engine::Inputs>(channel);
  const CampaignPlan plan = plan::parse_plan(setup.plan, "plan.yaml");
  engine::Runner runner(plan, {.directory = setup.directory,
                               .hidden = setup.hidden,
                               .filters = {},
                               .report_violations = false});
  const auto workload = workloads::make(plan);
  const workloads::RunPlace place{
      .directory = setup.directory + "/run", .hidden_directory = setup.hidden, .isolated = true};
  tracer::StopFlag stop;
  SyscallSet sites;
  std::vector<double> traced_s;
  std::vector<double> untraced_s;
  std::vector<double> ratios;
  std::size_t traced_at_wall = 0;
  std::size_t untraced_at_wall = 0;
  std::size_t not_run = 0;
  for (std::size_t i = 0; i < inputs.texts.size(); ++i) {
    const auto input = parse_input(inputs.texts[i]);
    double traced = 0;
    double untraced = 0;
    bool slow_traced = false;
    Ending ending = Ending::ended;
    for (const std::size_t way : {i % 2, (i + 1) % 2}) {
      const TimePoint begin = now();
      if (way == 0) {
        const auto shown = runner.run(*input, {.known_sites = sites}, stop);
        traced = seconds(now() - begin);
        slow_traced = timed_out(shown.result);
        for (const auto& sighting : shown.result.sightings) {
          sites.insert(sighting.call); // as a worker does
        }
      } else {
        ending = run_untraced(*workload, *input, plan, place);
        untraced = seconds(now() - begin);
      }
    }
    traced_at_wall += slow_traced ? 1 : 0;
    untraced_at_wall += ending == Ending::wall_limit ? 1 : 0;
    not_run += ending == Ending::not_run ? 1 : 0;
    if (!slow_traced && ending == Ending::ended) {
      traced_s.push_back(traced);
      untraced_s.push_back(untraced);
      ratios.push_back(traced / untraced);
    }
  }
  const auto count = static_cast<double>(ratios.size());
  fmt::print("{}: {} inputs, one at a time\n", plan.name, ratios.size());
  fmt::print("  {:9} {:7.1f} runs/s, median {:8.2f} ms\n", "traced", count / sum(traced_s),
             median(traced_s) * 1e3);
  fmt::print("  {:9} {:7.1f} runs/s, median {:8.2f} ms\n", "untraced", count / sum(untraced_s),
             median(untraced_s) * 1e3);
  fmt::print("  ratio of the times of a pair: median {:.2f}\n", median(ratios));
  fmt::print(
      "  left out: {} at the wall limit when traced, {} untraced; {} that can't be launched\n",
      traced_at_wall, untraced_at_wall, not_run);
  return 0;
}

// ---- outside ------------------------------------------------------------------------------------

/// Starts this program again, inside of a worker's sandbox, with `messages` as its input.
int measure_in_sandbox(const TargetPlan& target, const std::string& messages) {
  const Fd memory(::memfd_create("messages", MFD_CLOEXEC));
  if (auto written = write_all(memory.get(), messages); !written) {
    throw std::runtime_error(written.error().message);
  }
  ::lseek(memory.get(), 0, SEEK_SET);
  const auto words =
      sandbox::sandbox_command(target, {.harness = std::filesystem::read_symlink("/proc/self/exe"),
                                        .arguments = {"inside"},
                                        .root = ::geteuid() == 0});
  std::vector<char*> pointers;
  for (const auto& word : words) {
    pointers.push_back(const_cast<char*>(word.c_str()));
  }
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, memory.get(), STDIN_FILENO);
  pid_t child = -1;
  const int failed =
      ::posix_spawnp(&child, pointers[0], &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    throw std::runtime_error(Error::from_errno(words[0], failed).message);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int compare(const std::string& directory, std::size_t most) {
  const auto opened = store::open_campaign(directory);
  std::vector<std::string> texts;
  std::size_t disturbed = 0;
  for (const auto& [hash, record] : opened.state.inputs) {
    const auto text = opened.directory.input(hash);
    const auto input = text ? parse_input(*text) : Result<Input>(text.error());
    if (!input) {
      throw std::runtime_error(input.error().message);
    }
    if (!input->faults.empty() || !input->signals.empty()) {
      ++disturbed;
      continue;
    }
    texts.push_back(*text);
  }
  engine::Inputs chosen;
  for (std::size_t i = 0; i < std::min(most, texts.size()); ++i) {
    chosen.texts.push_back(texts[i * texts.size() / std::min(most, texts.size())]);
  }
  fmt::print("{}: {} of {} inputs; {} with faults or signals left out\n", directory,
             chosen.texts.size(), opened.state.inputs.size(), disturbed);
  std::fflush(stdout);
  const engine::Setup setup{.plan = plan::serialize_plan(opened.plan),
                            .directory = campaign::sandbox_directory,
                            .hidden = campaign::sandbox_directory,
                            .filters = {}};
  return measure_in_sandbox(opened.plan.target, engine::encode(engine::Command(setup)) +
                                                    engine::encode(engine::Command(chosen)));
}

} // namespace

int main(int count, char** words) {
  if (count < 2) {
    fmt::print(stderr, "usage: {} CAMPAIGN [INPUTS]\n", words[0]);
    return 64;
  }
  try {
    if (std::string_view(words[1]) == "inside") {
      return measure();
    }
    return compare(words[1], count > 2 ? std::strtoull(words[2], nullptr, 10) : 100);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "{}: {}\n", words[0], problem.what());
    return 1;
  }
}
