// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/verify.hpp"

#include "core/base/text.hpp"

#include "core/model/syscall_table.hpp"
#include "harness/analysis/verify_inputs.hpp"
#include "harness/pool/replay.hpp"
#include "harness/pool/worker_sandbox.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <map>

namespace harness::analysis {

namespace {

/// What one run showed, added to what all showed.
class Tally {
public:
  Tally(const Policy& policy, const Profile& profile, Verified& verified)
      : policy_(policy), of_faults_(calls_of_faults(profile)), verified_(verified) {}

  void add(const pool::ReplayOutcome& outcome, const std::string& text, bool fresh) {
    if (outcome.runs.empty()) {
      fail(outcome.problem.empty() ? "the run did not start" : outcome.problem);
      return;
    }
    const auto& result = outcome.runs.front().result;
    if (const auto* failed = std::get_if<TracerFailed>(&result.end)) {
      return fail(failed->error.message);
    }
    if (const auto* failed = std::get_if<LaunchFailed>(&result.end)) {
      // An input may forbid its own start (no memory, no processes): it did not start before
      // either.
      if (verified_.not_launched++ == 0) {
        verified_.launch_problem = failed->error.message;
      }
      return;
    }
    (fresh ? verified_.summary.fresh_runs : verified_.summary.corpus_runs) += 1;
    verified_.incomplete += result.incomplete.empty() ? 0 : 1;
    for (const auto& violation : result.violations) {
      if (result.faulted && of_faults_.contains(violation.call)) {
        ++verified_.under_faults;
      } else {
        add(violation, result, input_hash(text));
      }
    }
  }

  void finish() {
    for (auto& [pair, place] : cases_) {
      verified_.summary.violations.push_back(std::move(place));
    }
  }

private:
  void add(const Violation& violation, const RunResult& result, const std::string& input) {
    const auto& process = result.processes.at(violation.process);
    const auto& phase = policy_.phases.at(violation.phase).name;
    const auto executable = result.executables.at(process.executable);
    const PairKey pair{phase, violation.call, executable.substr(executable.rfind('/') + 1)};
    const auto place = cases_.try_emplace(pair, VerifySummary::Case{pair, input, 0}).first;
    place->second.times += violation.times;
    verified_.violations.push_back(fmt::format("{}\t{}\t{}\t{}\t{}", printable(phase),
                                               qualified_name(violation.call, policy_.native),
                                               violation.times, printable(process.name), input));
  }

  void fail(const std::string& problem) {
    if (verified_.failed++ == 0) {
      verified_.problem = problem;
    }
  }

  const Policy& policy_;
  SyscallSet of_faults_;
  Verified& verified_;
  std::map<PairKey, VerifySummary::Case> cases_;
};

} // namespace

Verified verify(const store::CampaignSnapshot& campaign, const Policy& policy,
                const VerifyOptions& options,
                const std::function<void(std::size_t, std::size_t)>& done) {
  const auto inputs = verify_inputs(campaign, options.fresh_runs, options.seed);
  std::vector<pool::ReplayJob> jobs;
  for (const auto& text : inputs.texts) {
    jobs.push_back({text, 1});
  }
  boost::asio::io_context context;
  const pool::Interrupts interrupts(context);
  const pool::WorkerSandbox sandbox(
      {.isolation = options.isolation, .filters = options.filters, .report_violations = true});
  pool::WorkerPool workers(context,
                           sandbox.pool_options(campaign.plan, pool::worker_count(campaign.plan)));
  const auto outcomes = pool::replay_all(context, workers, interrupts, jobs, [&](std::size_t over) {
    if (done) {
      done(over, jobs.size());
    }
  });
  Verified verified;
  verified.interrupted = interrupts.requested();
  Tally tally(policy, campaign.state.profile, verified);
  for (std::size_t i = 0; i < outcomes.size() && !verified.interrupted; ++i) {
    tally.add(outcomes[i], jobs[i].text, i >= inputs.kept);
  }
  tally.finish();
  return verified;
}

} // namespace harness::analysis
