#include "harness/campaign/crew_room.hpp"

#include "harness/base/user_error.hpp"
#include "harness/campaign/plan.hpp"
#include "harness/campaign/sandbox.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace harness::campaign {

namespace fs = std::filesystem;

CrewRoom::CrewRoom(Options options) : options_(std::move(options)) {
  if (options_.isolation) {
    if (const auto problem = sandbox_problem()) {
      throw UserError({}, "targets can't be isolated here: " + problem->reason,
                      problem->remedy + "\n  or let them do as they please with --no-isolation");
    }
  }
  std::string pattern = (fs::temp_directory_path() / "harness-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error(
        fmt::format("no scratch directory {}: {}", pattern, std::strerror(errno)));
  }
  directory_ = pattern;
}

CrewRoom::~CrewRoom() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

Crew::Options CrewRoom::crew(const CampaignPlan& plan, std::uint32_t workers) const {
  return {.workers = workers,
          .launch = [this, plan, text = serialise_plan(plan)](
                        WorkerNumber worker) { return launch(plan, text, worker); },
          .log = directory_ + "/workers.log"};
}

Launch CrewRoom::launch(const CampaignPlan& plan, const std::string& plan_text,
                        WorkerNumber worker) const {
  const std::string harness = fs::read_symlink("/proc/self/exe");
  Launch launch{.command = {harness, "worker"},
                .setup = {.plan = plan_text,
                          .directory = sandbox_directory,
                          .hidden = sandbox_directory,
                          .isolated = options_.isolation,
                          .filters = options_.filters,
                          .report_violations = options_.report_violations},
                .host_directory = ""};
  if (options_.isolation) {
    launch.command = sandbox_command(
        plan.target, {.harness = harness, .arguments = {"worker"}, .root = ::geteuid() == 0});
    return launch;
  }
  // The target sees this path: the same for the same worker, whenever it starts.
  launch.host_directory = fmt::format("{}/worker-{}", directory_, worker + 1);
  fs::create_directories(launch.host_directory);
  launch.setup.directory = launch.host_directory;
  launch.setup.hidden = "";
  return launch;
}

std::uint32_t worker_count(const CampaignPlan& plan) {
  return plan.explore.workers != 0 ? plan.explore.workers
                                   : std::max(1U, std::thread::hardware_concurrency());
}

} // namespace harness::campaign
