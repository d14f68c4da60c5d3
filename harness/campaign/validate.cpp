// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/validate.hpp"

#include "core/base/user_error.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/campaign/campaign.hpp"
#include "harness/campaign/explore_loop.hpp"
#include "harness/plan/plan.hpp"
#include "harness/pool/campaign_observer.hpp"
#include "harness/pool/interrupts.hpp"
#include "harness/pool/worker_sandbox.hpp"
#include "harness/store/shard_notes.hpp"
#include "sandbox/image.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <set>
#include <stdexcept>

namespace harness::campaign {

namespace {

/// Forwards progress, but reports only pairs that the campaign does not have.
class NewsOnly final : public pool::ProgressObserver {
public:
  NewsOnly(pool::ProgressObserver& inner, const Profile& known) : inner_(inner) {
    for (const auto& [key, record] : known.pairs) {
      known_.emplace(key.phase, qualified_name(key.call));
    }
  }
  void update(const reports::LiveState& state) override { inner_.update(state); }
  void message(const std::string& text) override { inner_.message(text); }
  void finished() override { inner_.finished(); }
  void found(const reports::LiveFind& find) override {
    if (!known_.contains({find.phase, find.call})) {
      inner_.found(find);
    }
  }

private:
  pool::ProgressObserver& inner_;
  std::set<std::pair<std::string, std::string>> known_;
};

std::string directory_of(const ValidateOptions& options) {
  if (!options.directory.empty()) {
    return options.directory;
  }
  constexpr std::string_view ending = ".campaign";
  std::string name = options.campaign;
  while (name.ends_with('/')) {
    name.pop_back();
  }
  if (name.ends_with(ending)) {
    name.resize(name.size() - ending.size());
  }
  return fmt::format("{}.fresh-{}-of-{}.campaign", name, options.shard.index, options.shard.count);
}

void check_target(const store::CampaignSnapshot& frozen, const ValidateOptions& options) {
  const auto now = look_around(frozen.plan, 0, options.version);
  for (const auto& difference : store::compare(frozen.environment, now)) {
    if (difference.of_target) {
      throw UserError(
          {}, fmt::format("{}: {}", options.campaign, difference.text),
          "explore again: fresh runs of another target prove nothing about this campaign");
    }
  }
}

/// The directory of the part: created, or continued.
Campaign open_part(const store::CampaignSnapshot& from, const FrozenGenerator& frozen,
                   const ValidateOptions& options) {
  const std::string directory = directory_of(options);
  const store::FreshPart wanted{frozen.id, options.shard};
  if (!options.resume || !store::WorkDir::exists(directory)) {
    if (store::WorkDir::exists(directory)) {
      throw UserError({}, fmt::format("{} already exists", directory),
                      "continue it with --resume, or choose another directory with --out DIR");
    }
    Campaign part = create_campaign(directory, from.plan, from.environment, {}, {});
    store::note_part(part.recorder, wanted);
    if (auto saved = part.recorder.checkpoint(); !saved) {
      throw std::runtime_error(saved.error().message);
    }
    return part;
  }
  Campaign part = resume_campaign(directory);
  const auto parts = store::parts_in(part.recorder.notes());
  const auto own = parts.find(part.recorder.campaign());
  if (own == parts.end() || own->second.frozen != wanted.frozen ||
      own->second.shard != wanted.shard) {
    throw UserError({},
                    fmt::format("{} does not hold part {} of the validation of {}", directory,
                                shard_text(options.shard), options.campaign),
                    "choose another directory with --out DIR, or remove this one");
  }
  return part;
}

/// The search starts with all pairs that the campaign has, whichever replicate found them.
Search search_of(const store::CampaignSnapshot& from, const FrozenGenerator& frozen, Shard shard) {
  const ExplorePlan& explore = from.plan.explore;
  Search search({.phases = from.state.profile.phases,
                 .goal = {.epsilon = explore.epsilon, .confidence = explore.confidence},
                 .seed = frozen.seed(),
                 .part = Search::Options::Part{frozen.attempt, shard}});
  for (const auto& [hash, record] : from.state.inputs) {
    auto text = from.directory.input(hash);
    if (!text) {
      throw std::runtime_error(text.error().message);
    }
    search.add_input(*text);
  }
  for (const auto& [key, record] : from.state.profile.pairs) {
    search.know({key, record.only_faulted});
  }
  return search;
}

} // namespace

ValidateResult validate(const ValidateOptions& options, pool::ProgressObserver& observer) {
  store::CampaignSnapshot from = store::open_campaign(options.campaign);
  sandbox::open_image(from.plan.target, {.file = from.directory.plan()});
  check_target(from, options);
  if (from.state.profile.pairs.empty()) {
    throw UserError({}, fmt::format("{} has no runs yet", options.campaign),
                    "run harness explore first: fresh runs are compared with its result");
  }
  const FrozenGenerator frozen = frozen_generator_of(from);
  if (options.shard.count > frozen.runs) {
    throw UserError({},
                    fmt::format("--shard {}: this validation has only {} runs",
                                shard_text(options.shard), frozen.runs),
                    fmt::format("split it into at most {} shards", frozen.runs));
  }
  Campaign part = open_part(from, frozen, options);
  ValidateResult result{.frozen = frozen, .directory = part.recorder.directory().path()};
  const auto before = part.recorder.convergence().attempts;
  if (!before.empty() && before.back().state != stats::Attempt::State::drawing) {
    result.part = before.back(); // by an earlier start
    return result;
  }
  CampaignPlan plan = from.plan;
  plan.explore.workers = options.workers.value_or(plan.explore.workers);
  boost::asio::io_context context;
  pool::Interrupts interrupts(context);
  const pool::CampaignObserver calls(plan, pool::worker_count(plan));
  if (!calls.remark().empty()) {
    observer.message(calls.remark());
  }
  pool::WorkerSandbox sandbox({.isolation = options.isolation});
  sandbox.count_with(calls.kernel());
  pool::WorkerPool workers(context, sandbox.pool_options(plan, pool::worker_count(plan)));
  std::vector<Search> searches;
  searches.push_back(search_of(from, frozen, options.shard));
  NewsOnly news(observer, from.state.profile);
  ExploreLoop loop(context, workers, part.recorder, searches, interrupts, news,
                   {.phases = plan.phases,
                    .name = plan.name,
                    .epsilon = plan.explore.epsilon,
                    .confidence = plan.explore.confidence});
  const LoopEnd end = loop.run();
  workers.dismiss();
  if (end == LoopEnd::failed) {
    throw std::runtime_error(loop.problem());
  }
  observer.finished();
  result.part = searches.front().rule().state().attempts.back();
  result.interrupted = interrupts.requested();
  return result;
}

} // namespace harness::campaign
