// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/minimize_campaign.hpp"

#include "core/base/user_error.hpp"
#include "core/base/value_or_throw.hpp"
#include "harness/pool/replay.hpp"
#include "harness/pool/worker_sandbox.hpp"
#include "harness/store/campaign_snapshot.hpp"

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <stdexcept>

namespace harness::analysis {

namespace {

// A pair that one of this many runs shows is confirmed.
constexpr std::uint32_t repetitions = 3;

/// What any of the runs showed.
PhaseCalls calls_of(const pool::ReplayOutcome& outcome, const std::vector<std::string>& phases) {
  PhaseCalls calls;
  for (const auto& run : outcome.runs) {
    for (const auto& sighting : run.result.sightings) {
      if (sighting.phase < phases.size()) {
        calls.insert({phases[sighting.phase], sighting.call});
      }
    }
  }
  return calls;
}

void write_inputs(const Minimized& minimized, const store::CampaignSnapshot& campaign,
                  const std::string& out) {
  std::error_code error;
  if (!std::filesystem::create_directory(out, error) || error) {
    throw std::runtime_error("create " + out + ": " + error.message());
  }
  for (const auto& hash : minimized.inputs) {
    value_or_throw(replace_file(out + "/" + hash, value_or_throw(campaign.directory.input(hash))));
  }
}

} // namespace

Minimized minimize_campaign(const MinimizeOptions& options,
                            const std::function<void(std::size_t, std::size_t)>& progress) {
  const store::CampaignSnapshot campaign = store::open_campaign(options.campaign);
  if (store::WorkDir::exists(options.out)) {
    throw UserError({}, options.out + " already exists", "choose another directory with --out DIR");
  }
  boost::asio::io_context context;
  const pool::Interrupts interrupts(context);
  const pool::WorkerSandbox sandbox({.isolation = options.isolation});
  pool::WorkerPool workers(context,
                           sandbox.pool_options(campaign.plan, pool::worker_count(campaign.plan)));
  const auto show = [&](const std::vector<std::string>& hashes) {
    std::vector<pool::ReplayJob> jobs;
    for (const auto& hash : hashes) {
      jobs.push_back({value_or_throw(campaign.directory.input(hash)), repetitions});
    }
    std::vector<PhaseCalls> shown;
    const auto outcomes = pool::replay_all(context, workers, interrupts, jobs,
                                           [&](std::size_t done) { progress(done, jobs.size()); });
    for (const auto& outcome : outcomes) {
      shown.push_back(calls_of(outcome, campaign.state.profile.phases));
    }
    return shown;
  };
  Minimized minimized = minimize(campaign.state.inputs, show);
  workers.dismiss();
  if (interrupts.requested()) {
    return {};
  }
  write_inputs(minimized, campaign, options.out);
  return minimized;
}

} // namespace harness::analysis
