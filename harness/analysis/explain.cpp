// SPDX-License-Identifier: Apache-2.0
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

/// Names of seeds by the hash of their text; empty if the seeds are no longer in their place.
std::map<std::string, std::string> seed_names(const CampaignPlan& plan) {
  std::map<std::string, std::string> names;
  try {
    for (const auto& seed : plan::read_seeds(plan)) {
      names.emplace(input_hash(seed.text), fs::path(seed.file).filename());
    }
  } catch (const UserError&) { // changed or removed since the campaign began
    names.clear();
  }
  return names;
}

using Calls = std::map<SyscallId, ExplainedCall>;

bool is_wanted(const std::optional<WantedPair>& pair, const std::string& phase, SyscallId call) {
  return !pair || (pair->call == call && (pair->phase.empty() || pair->phase == phase));
}

void add_campaign(Calls& calls, const store::CampaignSnapshot& campaign, std::size_t number,
                  const std::optional<WantedPair>& pair) {
  const auto seeds = seed_names(campaign.plan);
  for (const auto& [key, record] : campaign.state.profile.pairs) {
    if (!is_wanted(pair, key.phase, key.call)) {
      continue;
    }
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

/// The smallest saved inputs that showed the call, in the phase of `pair` if it has one.
std::vector<std::string> texts_of(SyscallId call, const std::optional<WantedPair>& pair,
                                  const std::vector<store::CampaignSnapshot>& campaigns) {
  std::map<std::pair<std::uint64_t, std::string>, const store::CampaignSnapshot*> by_size;
  for (const auto& campaign : campaigns) {
    for (const auto& [hash, record] : campaign.state.inputs) {
      const bool shows =
          std::any_of(record.pairs.begin(), record.pairs.end(), [&](const auto& phase) {
            return phase.second.contains(call) && is_wanted(pair, phase.first, call);
          });
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

SyscallSet calls_of(const pool::ReplayOutcome& outcome, const std::optional<WantedPair>& pair,
                    const std::vector<std::string>& phases) {
  SyscallSet calls;
  for (const auto& run : outcome.runs) {
    for (const auto& sighting : run.result.sightings) {
      const std::string phase = sighting.phase < phases.size() ? phases[sighting.phase] : "";
      if (is_wanted(pair, phase, sighting.call)) {
        calls.insert(sighting.call);
      }
    }
  }
  return calls;
}

std::vector<store::CampaignSnapshot> open_all(const std::vector<std::string>& directories) {
  std::vector<store::CampaignSnapshot> campaigns;
  for (const auto& directory : directories) {
    campaigns.push_back(store::open_campaign(directory));
    if (campaigns.back().plan.target.executable != campaigns.front().plan.target.executable) {
      throw UserError({},
                      directory + " is a campaign of another target than " + directories.front(),
                      "name campaigns of one plan");
    }
  }
  return campaigns;
}

/// The named pair, from the first campaign that has it.
std::optional<WantedPair> pair_of(const std::vector<store::CampaignSnapshot>& campaigns,
                                  const std::string& name) {
  if (name.empty()) {
    return std::nullopt;
  }
  for (const auto& campaign : campaigns) {
    if (auto pair = known_pair(campaign, name)) {
      return pair;
    }
  }
  return find_pair(campaigns.front(), name); // throws, with the nearest name
}

} // namespace

std::optional<Explanation> explain(const ExplainOptions& options) {
  const auto campaigns = open_all(options.campaigns);
  const auto pair = pair_of(campaigns, options.pair);
  Calls calls;
  for (std::size_t i = 0; i < campaigns.size(); ++i) {
    add_campaign(calls, campaigns[i], i, pair);
  }
  std::vector<Wanted> wanted;
  for (const auto& [call, found] : calls) {
    wanted.push_back({call, texts_of(call, pair, campaigns)});
  }
  const CampaignPlan& plan = campaigns.front().plan;
  Explanation explanation{.campaigns = options.campaigns,
                          .executable = fs::path(plan.target.executable).filename()};
  pool::ReplaySession session(
      plan, {.isolation = options.isolation, .workers = pool::worker_count(plan)});
  const auto required = required_dimensions_of(wanted, [&](const std::vector<std::string>& texts) {
    std::vector<pool::ReplayJob> jobs;
    for (const auto& text : texts) {
      jobs.push_back({text, explain_repetitions});
    }
    std::vector<SyscallSet> shown;
    for (const auto& outcome : session.run(jobs)) {
      shown.push_back(calls_of(outcome, pair, campaigns.front().state.profile.phases));
      explanation.runs += outcome.runs.size();
    }
    return shown;
  });
  if (session.interrupted()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ExplainedCall& call = calls.at(wanted[i].call);
    call.first.resize(campaigns.size());
    call.required = required[i];
    explanation.calls.push_back(std::move(call));
  }
  std::sort(explanation.calls.begin(), explanation.calls.end(), [](const auto& a, const auto& b) {
    return qualified_name(a.call) < qualified_name(b.call);
  });
  return explanation;
}

} // namespace harness::analysis
