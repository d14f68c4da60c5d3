#include "harness/analysis/minimize_campaign.hpp"

#include "core/base/need.hpp"
#include "core/base/user_error.hpp"
#include "harness/pool/crew_room.hpp"
#include "harness/pool/replays.hpp"
#include "harness/store/opened.hpp"

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <stdexcept>

namespace harness::analysis {

namespace {

// A pair that one of so many runs shows is confirmed.
constexpr std::uint32_t repetitions = 3;

/// What any of the runs showed.
Columns columns_of(const pool::ReplayOutcome& outcome, const std::vector<std::string>& phases) {
  Columns columns;
  for (const auto& run : outcome.runs) {
    for (const auto& sighting : run.result.sightings) {
      if (sighting.phase < phases.size()) {
        columns.insert({phases[sighting.phase], sighting.call});
      }
    }
  }
  return columns;
}

void write_inputs(const Minimized& minimized, const store::OpenedCampaign& campaign,
                  const std::string& out) {
  std::error_code error;
  if (!std::filesystem::create_directory(out, error) || error) {
    throw std::runtime_error("create " + out + ": " + error.message());
  }
  for (const auto& hash : minimized.inputs) {
    need(replace_file(out + "/" + hash, need(campaign.directory.input(hash))));
  }
}

} // namespace

Minimized minimize_campaign(const MinimizeOptions& options,
                            const std::function<void(std::size_t, std::size_t)>& progress) {
  const store::OpenedCampaign campaign = store::open_campaign(options.campaign);
  if (store::WorkDir::exists(options.out)) {
    throw UserError({}, options.out + " exists already", "choose another directory with --out DIR");
  }
  boost::asio::io_context context;
  const pool::Interrupts interrupts(context);
  const pool::CrewRoom room({.isolation = options.isolation});
  pool::Crew crew(context, room.crew(campaign.plan, pool::worker_count(campaign.plan)));
  const auto show = [&](const std::vector<std::string>& hashes) {
    std::vector<pool::ReplayJob> jobs;
    for (const auto& hash : hashes) {
      jobs.push_back({need(campaign.directory.input(hash)), repetitions});
    }
    std::vector<Columns> shown;
    const auto outcomes = pool::replay_all(context, crew, interrupts, jobs,
                                           [&](std::size_t done) { progress(done, jobs.size()); });
    for (const auto& outcome : outcomes) {
      shown.push_back(columns_of(outcome, campaign.books.profile.phases));
    }
    return shown;
  };
  Minimized minimized = minimize(campaign.books.inputs, show);
  crew.dismiss();
  if (interrupts.requested()) {
    return {};
  }
  write_inputs(minimized, campaign, options.out);
  return minimized;
}

} // namespace harness::analysis
