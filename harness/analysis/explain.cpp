#include "harness/analysis/explain.hpp"

#include "core/base/user_error.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/plan/seeds.hpp"
#include "harness/pool/replay_session.hpp"
#include "harness/pool/worker_sandbox.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

namespace harness::analysis {

namespace {

namespace fs = std::filesystem;

/// Names of seeds by the hash of their text; none where they are not where they were.
std::map<std::string, std::string> seed_names(const CampaignPlan& plan) {
  std::map<std::string, std::string> names;
  try {
    for (const auto& seed : plan::read_seeds(plan)) {
      names.emplace(input_hash(seed.text), fs::path(seed.file).filename());
    }
  } catch (const UserError&) { // changed or gone since: they go without names
    names.clear();
  }
  return names;
}

using Calls = std::map<SyscallId, ExplainedCall>;

void add_campaign(Calls& calls, const store::CampaignSnapshot& campaign, std::size_t number) {
  const auto seeds = seed_names(campaign.plan);
  for (const auto& [key, record] : campaign.state.profile.pairs) {
    ExplainedCall& found = calls[key.call];
    found.call = key.call;
    found.phases.insert(key.phase);
    found.executables.insert(key.executable);
    found.only_faulted &= record.only_faulted;
    found.first.resize(std::max(found.first.size(), number + 1));
    auto& first = found.first[number];
    if (first && first->run <= record.first.run) {
      continue;
    }
    const auto seed = seeds.find(record.first.input);
    first = {record.first.run, record.first.after_s, record.first.input,
             seed == seeds.end() ? "" : seed->second};
  }
}

/// The smallest kept inputs that showed the call.
std::vector<std::string> texts_of(SyscallId call,
                                  const std::vector<store::CampaignSnapshot>& campaigns) {
  std::map<std::pair<std::uint64_t, std::string>, const store::CampaignSnapshot*> by_size;
  for (const auto& campaign : campaigns) {
    for (const auto& [hash, record] : campaign.state.inputs) {
      const bool shows =
          std::any_of(record.pairs.begin(), record.pairs.end(),
                      [&](const auto& phase) { return phase.second.contains(call); });
      if (shows) {
        by_size.emplace(std::pair(record.bytes, hash), &campaign);
      }
    }
  }
  std::vector<std::string> texts;
  for (const auto& [input, campaign] : by_size) {
    auto text = campaign->directory.input(input.second);
    if (text && texts.size() < explained_inputs) {
      texts.push_back(std::move(*text));
    }
  }
  return texts;
}

SyscallSet calls_of(const pool::ReplayOutcome& outcome) {
  SyscallSet calls;
  for (const auto& run : outcome.runs) {
    for (const auto& sighting : run.result.sightings) {
      calls.insert(sighting.call);
    }
  }
  return calls;
}

std::vector<store::CampaignSnapshot> open_all(const std::vector<std::string>& directories) {
  std::vector<store::CampaignSnapshot> campaigns;
  for (const auto& directory : directories) {
    campaigns.push_back(store::open_campaign(directory));
    if (campaigns.back().plan.target.executable != campaigns.front().plan.target.executable) {
      throw UserError({}, directory + " is about another target than " + directories.front(),
                      "name campaigns of one plan");
    }
  }
  return campaigns;
}

} // namespace

std::optional<Found> find_required_dimensions(const ExplainOptions& options) {
  const auto campaigns = open_all(options.campaigns);
  Calls calls;
  for (std::size_t i = 0; i < campaigns.size(); ++i) {
    add_campaign(calls, campaigns[i], i);
  }
  std::vector<Wanted> wanted;
  for (const auto& [call, found] : calls) {
    wanted.push_back({call, texts_of(call, campaigns)});
  }
  const CampaignPlan& plan = campaigns.front().plan;
  Found found{.campaigns = options.campaigns,
              .executable = fs::path(plan.target.executable).filename()};
  pool::ReplaySession room(plan,
                           {.isolation = options.isolation, .workers = pool::worker_count(plan)});
  const auto needs = required_dimensions_of(wanted, [&](const std::vector<std::string>& texts) {
    std::vector<pool::ReplayJob> jobs;
    for (const auto& text : texts) {
      jobs.push_back({text, explain_repetitions});
    }
    std::vector<SyscallSet> shown;
    for (const auto& outcome : room.run(jobs)) {
      shown.push_back(calls_of(outcome));
      found.runs += outcome.runs.size();
    }
    return shown;
  });
  if (room.interrupted()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ExplainedCall& call = calls.at(wanted[i].call);
    call.first.resize(campaigns.size());
    call.need = needs[i];
    found.calls.push_back(std::move(call));
  }
  std::sort(found.calls.begin(), found.calls.end(), [](const auto& a, const auto& b) {
    return qualified_name(a.call) < qualified_name(b.call);
  });
  return found;
}

} // namespace harness::analysis
