// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/campaign.hpp"

#include "core/base/fd.hpp"
#include "core/base/random.hpp"
#include "core/base/user_error.hpp"
#include "core/base/value_or_throw.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/shard_notes.hpp"
#include "sandbox/image.hpp"
#include "sandbox/root_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <random>

namespace harness::campaign {

namespace {

std::uint64_t fresh_seed() {
  std::random_device device;
  const std::uint64_t seed = (std::uint64_t{device()} << 32) | device();
  return (seed >> 1) | 1; // fits every YAML reader's integers, never 0
}

/// The pairs that writers of this replicate have shown.
std::vector<engine::KnownPair> known_by(const store::CampaignState& campaign_state,
                                        std::uint32_t replicate) {
  std::vector<engine::KnownPair> known;
  for (const auto& [key, record] : campaign_state.profile.pairs) {
    const bool shown =
        std::any_of(record.counts.begin(), record.counts.end(), [&](const auto& count) {
          const auto writer = campaign_state.writers.find(count.first);
          return writer != campaign_state.writers.end() && writer->second.replicate == replicate;
        });
    if (shown) {
      known.push_back({key, record.only_faulted});
    }
  }
  return known;
}

/// Saved inputs of this replicate in the order in which they were saved; seeds belong to all.
std::vector<std::string> corpus_of(const store::CampaignRecorder& recorder,
                                   std::uint32_t replicate) {
  std::vector<std::pair<std::uint64_t, std::string>> order;
  for (const auto& [hash, record] : recorder.state().inputs) {
    if (record.run == 0 || record.origin.replicate == replicate) {
      order.emplace_back(record.run, hash);
    }
  }
  std::sort(order.begin(), order.end());
  std::vector<std::string> texts;
  for (const auto& [run, hash] : order) {
    texts.push_back(value_or_throw(recorder.directory().input(hash), "the corpus"));
  }
  return texts;
}

} // namespace

CampaignPlan with_options(CampaignPlan plan, const ExploreOptions& options) {
  ExplorePlan& explore = plan.explore;
  explore.budget = options.budget ? options.budget : explore.budget;
  explore.runs = options.runs ? options.runs : explore.runs;
  explore.workers = options.workers.value_or(explore.workers);
  explore.seed = options.seed.value_or(explore.seed);
  explore.epsilon = options.epsilon.value_or(explore.epsilon);
  explore.confidence = options.confidence.value_or(explore.confidence);
  explore.replicates = std::max(1U, options.replicates.value_or(explore.replicates));
  if (explore.seed == 0) {
    explore.seed = fresh_seed();
  }
  return plan;
}

std::string directory_of(const CampaignPlan& plan, const ExploreOptions& options) {
  return options.directory.empty() ? plan.name + ".campaign" : options.directory;
}

Campaign create_campaign(const std::string& directory, CampaignPlan frozen,
                         store::Environment environment, const std::vector<plan::Seed>& seeds,
                         Shard shard) {
  auto made = store::WorkDir::create(directory);
  if (!made) {
    throw UserError({}, made.error().message, "choose another directory with --out DIR");
  }
  value_or_throw(made->lock(), directory);
  value_or_throw(made->write(made->plan(), plan::serialize_plan(frozen)), directory);
  value_or_throw(made->write(made->environment(), store::environment_json(environment)), directory);
  std::vector<std::string> phases;
  for (const auto& phase : frozen.phases) {
    phases.push_back(phase.name);
  }
  store::CampaignRecorder recorder =
      value_or_throw(store::CampaignRecorder::create(std::move(*made), phases), directory);
  store::note_shard(recorder, shard);
  value_or_throw(
      recorder.checkpoint(),
      directory); // written first, so that a shard that is killed now is still known as this shard
  for (const auto& seed : seeds) {
    value_or_throw(recorder.keep_seed(seed.text), directory);
  }
  return {std::move(frozen), shard, std::move(environment), std::move(recorder)};
}

Campaign resume_campaign(const std::string& directory) {
  auto opened = store::WorkDir::open(directory);
  if (!opened) {
    throw UserError({}, opened.error().message, "omit --resume to begin a new campaign");
  }
  if (auto locked = opened->lock(); !locked) {
    throw UserError({}, locked.error().message,
                    "wait until the other harness ends, or stop it with Ctrl-C");
  }
  CampaignPlan plan =
      plan::parse_plan(value_or_throw(read_file(opened->plan()), directory), opened->plan());
  store::Environment environment = value_or_throw(
      store::parse_environment(value_or_throw(read_file(opened->environment()), directory)),
      directory);
  store::CampaignRecorder recorder =
      value_or_throw(store::CampaignRecorder::resume(std::move(*opened)), directory);
  const Shard shard = store::shard_of(recorder);
  return {std::move(plan), shard, std::move(environment), std::move(recorder)};
}

store::Environment look_around(const CampaignPlan& asked, std::uint64_t seed,
                               const std::string& version) {
  const TargetPlan& target = asked.target;
  return store::take_environment(
      {.executable = target.image.empty() ? target.root + target.executable : target.executable,
       .file = sandbox::path_in_root(target.root, target.executable).value_or(target.executable),
       .image = sandbox::image_sha256(target),
       .plan = plan::serialize_plan(asked),
       .seed = seed,
       .version = version});
}

void check_environment(const Campaign& campaign, const store::Environment& now,
                       const std::string& directory) {
  std::vector<std::string> changed;
  for (const auto& difference : store::compare(campaign.environment, now)) {
    if (difference.matters) {
      changed.push_back(difference.text);
    }
  }
  if (!changed.empty()) {
    throw UserError({}, fmt::format("{}: {}", directory, fmt::join(changed, "; ")),
                    "old and new counts cannot be compared: begin a new campaign with --out DIR, "
                    "or write --adopt to restart the counts with this corpus");
  }
}

std::vector<Search> make_searches(const Campaign& campaign, std::uint32_t workers) {
  const ExplorePlan& explore = campaign.plan.explore;
  const Random root(shard_seed(explore.seed, campaign.shard));
  std::vector<Search> searches;
  // Only a budget ends such a search, so that a search without a worker would never begin.
  const std::uint32_t replicates = explore.until == Until::budget
                                       ? std::min(explore.replicates, std::max(1U, workers))
                                       : explore.replicates;
  for (std::uint32_t replicate = 1; replicate <= replicates; ++replicate) {
    Search search({.phases = campaign.recorder.state().profile.phases,
                   .replicate = replicate,
                   .until = explore.until,
                   .goal = {.epsilon = explore.epsilon, .confidence = explore.confidence},
                   .quiet_runs = explore.quiet_runs,
                   .seed = root.derive(replicate).next(),
                   .workers = std::max(1U, workers / replicates),
                   .state = campaign.recorder.convergence(replicate)});
    for (const auto& text : corpus_of(campaign.recorder, replicate)) {
      search.add_input(text);
    }
    for (const auto& pair : known_by(campaign.recorder.state(), replicate)) {
      search.know(pair);
    }
    searches.push_back(std::move(search));
  }
  return searches;
}

} // namespace harness::campaign
