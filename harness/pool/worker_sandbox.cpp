// SPDX-License-Identifier: Apache-2.0
#include "harness/pool/worker_sandbox.hpp"

#include "core/base/user_error.hpp"
#include "harness/plan/plan.hpp"
#include "sandbox/find_program.hpp"
#include "sandbox/image.hpp"
#include "sandbox/sandbox.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace harness::pool {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "harness-workers.";

/// Removes the scratch directories of campaigns that were killed, whose locks are free.
void remove_abandoned() {
  std::error_code error;
  for (fs::directory_iterator it(fs::temp_directory_path(), error), end; !error && it != end;
       it.increment(error)) {
    if (!it->path().filename().string().starts_with(prefix)) {
      continue;
    }
    // A directory of another user cannot be opened and must not be removed.
    const auto found = open_file(it->path().string(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (found && ::flock(found->get(), LOCK_EX | LOCK_NB) == 0) {
      std::error_code ignored;
      fs::remove_all(it->path(), ignored);
    }
  }
}

} // namespace

WorkerSandbox::WorkerSandbox(Options options) : options_(std::move(options)) {
  if (options_.isolation) {
    if (const auto problem = sandbox::sandbox_problem()) {
      throw UserError({}, "cannot sandbox targets on this machine: " + problem->reason,
                      problem->remedy +
                          "\n  or write --no-isolation to run targets without a sandbox");
    }
  }
  remove_abandoned();
  make_directory();
}

void WorkerSandbox::make_directory() {
  // Between creating and locking, remove_abandoned() of another campaign may remove it: retry.
  for (struct ::stat info{}; directory_.empty() || ::stat(directory_.c_str(), &info) != 0;) {
    directory_ = (fs::temp_directory_path() / (std::string(prefix) + "XXXXXX")).string();
    if (::mkdtemp(directory_.data()) == nullptr) {
      throw std::runtime_error(fmt::format("cannot create the scratch directory {}: {}", directory_,
                                           std::strerror(errno)));
    }
    if (auto opened = open_file(directory_, O_RDONLY | O_DIRECTORY)) {
      lock_ = std::move(*opened);
      ::flock(lock_.get(), LOCK_EX);
    }
  }
}

WorkerSandbox::~WorkerSandbox() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

WorkerPool::Options WorkerSandbox::pool_options(CampaignPlan plan, std::uint32_t workers) const {
  sandbox::open_image(plan.target, {}); // a frozen plan names it only
  if (!plan.target.root.empty() && !options_.isolation) {
    throw UserError({}, "a target in another root file system requires the sandbox",
                    "omit --no-isolation");
  }
  const std::string text = plan::serialize_plan(plan);
  // A run takes its wall limit at most, and is repeated once for its backtraces; the rest is ours.
  const auto max_silence = std::chrono::duration_cast<std::chrono::milliseconds>(
      4 * plan.limits.wall + std::chrono::seconds(30));
  return {.workers = workers,
          .launch = [this, plan = std::move(plan),
                     text](WorkerNumber worker) { return launch(plan, text, worker); },
          .log = directory_ + "/workers.log",
          .max_silence = max_silence};
}

Launch WorkerSandbox::launch(const CampaignPlan& plan, const std::string& plan_text,
                             WorkerNumber worker) const {
  const std::string harness = fs::read_symlink("/proc/self/exe");
  Launch launch{.command = {harness, "worker"},
                .setup = {.plan = plan_text,
                          .directory = sandbox::sandbox_directory,
                          .hidden = sandbox::sandbox_directory,
                          .isolated = options_.isolation,
                          .filters = options_.filters,
                          .report_violations = options_.report_violations},
                .host_directory = ""};
  if (kernel_ != nullptr) {
    launch.setup.kernel = kernel_->share(worker);
    launch.descriptors.assign(launch.setup.kernel->maps.begin(), launch.setup.kernel->maps.end());
  }
  if (options_.isolation) {
    const bool root = ::geteuid() == 0;
    launch.command = sandbox::sandbox_command(
        plan.target,
        {.harness = harness, .arguments = {"worker"}, .root = root, .stand_in = options_.stand_in});
    // Bubblewrap's inner process waits for its outer one, and forever if that is killed just then.
    // Both are in a namespace that ends with the outer one; only root can have that. It has a /proc
    // of its own, since Bubblewrap looks there for the processes that it starts.
    if (const auto unshare = sandbox::find_program("unshare"); root && unshare) {
      launch.command.insert(launch.command.begin(),
                            {*unshare, "--pid", "--mount-proc", "--fork", "--kill-child", "--"});
    }
    return launch;
  }
  // The target sees this path, so that it must be the same whenever this worker starts.
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

} // namespace harness::pool
