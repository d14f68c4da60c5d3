// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/explore.hpp"
#include "harness/pool/campaign_observer.hpp"

#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "harness/campaign/calibration.hpp"
#include "harness/campaign/campaign.hpp"
#include "harness/campaign/explore_loop.hpp"
#include "harness/campaign/finish.hpp"
#include "harness/campaign/reproducibility.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>

namespace harness::campaign {

namespace {

namespace fs = std::filesystem;

/// The state that all stages share.
struct Stage {
  const ExploreOptions& options;
  pool::ProgressObserver& observer;
  boost::asio::io_context context;
  pool::Interrupts interrupts{context};
  std::optional<pool::CampaignObserver> calls;
  pool::WorkerSandbox sandbox;

  Stage(const ExploreOptions& given, pool::ProgressObserver& watching)
      : options(given), observer(watching), sandbox({.isolation = given.isolation}) {}

  /// Before the first worker starts: how the calls of this plan's runs are observed.
  void observe_calls(const CampaignPlan& plan) {
    if (calls) {
      return;
    }
    calls.emplace(plan, pool::worker_count(plan));
    sandbox.count_with(calls->kernel());
    if (!calls->remark().empty()) {
      observer.message(calls->remark());
    }
  }

  /// A stage other than the search begins; the screen keeps what the search showed.
  void begin(const std::string& name) {
    picture.stage = name;
    picture.steps.reset();
    show();
  }
  /// Returns a function that shows the progress of a stage.
  std::function<void(std::size_t, std::size_t)> steps(const std::string& what) {
    return [this, what](std::size_t done, std::size_t planned) {
      picture.steps = {done, planned, what};
      show();
    };
  }
  /// The search is over; `last` is its final screen.
  void after(reports::LiveState last) {
    last.attempt.reset();
    last.quiet_runs_needed.reset();
    last.budget_s.reset();
    last.budget_runs.reset();
    last.workers.clear();
    earlier_s = last.elapsed_s;
    since = std::chrono::steady_clock::now();
    picture = std::move(last);
  }

  void name(const std::string& campaign) { picture.campaign = campaign; }

  /// Time of all stages so far, so that times in a log never decrease.
  double elapsed_s() const { return earlier_s + seconds(std::chrono::steady_clock::now() - since); }

private:
  void show() {
    picture.elapsed_s = elapsed_s();
    observer.update(picture);
  }

  reports::LiveState picture;
  double earlier_s = 0;
  TimePoint since = std::chrono::steady_clock::now();
};

/// The seeds of a new campaign.
struct Start {
  std::vector<plan::Seed> seeds; // of the plan: a shard keeps its share of them
  std::vector<plan::Seed> also;  // kept in any case: of an earlier campaign
  Shard shard;
};

/// Calibrates, then creates the directory. Returns nothing after an interrupt.
std::optional<Campaign> begin(Stage& stage, const CampaignPlan& asked, const PlanFile& file,
                              const Start& start, const std::string& directory) {
  const CampaignPlan plan = with_options(asked, stage.options);
  auto environment = look_around(asked, plan.explore.seed, stage.options.version);
  stage.observe_calls(plan);
  environment["observer"] = stage.calls->name();
  // All seeds are tried: triggers and errors in a plan must be the same in every shard.
  std::vector<plan::Seed> tried = start.seeds;
  tried.insert(tried.end(), start.also.begin(), start.also.end());
  stage.name(plan.name);
  stage.begin("calibrating");
  CampaignPlan frozen =
      resolve_phases(stage.context, stage.sandbox, stage.interrupts, plan, tried, file);
  stage.begin("seeding");
  pool::WorkerPool workers(stage.context,
                           stage.sandbox.pool_options(frozen, pool::worker_count(frozen)));
  try_seeds(stage.context, workers, stage.interrupts, frozen, tried, file, stage.steps("seeds"));
  if (stage.interrupts.requested()) {
    return std::nullopt;
  }
  std::vector<plan::Seed> kept = start.also;
  for (const std::size_t own : share_of(start.seeds.size(), start.shard)) {
    kept.push_back(start.seeds[own]);
  }
  return create_campaign(directory, std::move(frozen), std::move(environment), kept, start.shard);
}

/// Restarts the counts of a campaign that cannot be continued, with its corpus as seeds. The old
/// campaign is kept in a directory next to the new one.
std::optional<Campaign> adopt(Stage& stage, const CampaignPlan& asked, const PlanFile& file,
                              const std::string& directory) {
  Start start{.seeds = plan::read_seeds(asked)};
  {
    const Campaign old = resume_campaign(directory);
    start.shard = old.shard;
    for (const auto& [hash, record] : old.recorder.state().inputs) {
      if (auto text = old.recorder.directory().input(hash)) {
        start.also.push_back({"", std::move(*text)});
      }
    }
  }
  std::string aside;
  for (int i = 1; aside.empty() || fs::exists(aside); ++i) {
    aside = fmt::format("{}.before-{}", directory, i);
  }
  fs::rename(directory, aside);
  stage.observer.message(fmt::format("the previous campaign was moved to {}", aside));
  return begin(stage, asked, file, start, directory);
}

std::optional<Campaign> go_on(Stage& stage, const CampaignPlan& asked, const PlanFile& file,
                              const std::string& directory) {
  Campaign campaign = resume_campaign(directory);
  if (stage.options.shard && *stage.options.shard != campaign.shard) {
    throw UserError(
        {},
        fmt::format("{} is shard {}, not {}", directory, shard_text(campaign.shard),
                    shard_text(*stage.options.shard)),
        fmt::format("continue with --shard {}, or omit --shard", shard_text(campaign.shard)));
  }
  const auto now = look_around(asked, campaign.plan.explore.seed, stage.options.version);
  const auto changes = store::compare(campaign.environment, now);
  const bool other = std::any_of(changes.begin(), changes.end(),
                                 [](const auto& change) { return change.matters; });
  if (stage.options.adopt && other) {
    { const Campaign closed = std::move(campaign); }
    return adopt(stage, asked, file, directory);
  }
  check_environment(campaign, now, directory);
  ExploreOptions options = stage.options;
  options.seed = campaign.plan.explore.seed; // a campaign keeps its own
  campaign.plan = with_options(std::move(campaign.plan), options);
  return campaign;
}

std::optional<Campaign> open(Stage& stage, PlanFile& file) {
  const CampaignPlan asked = plan::load_plan(file.path, &file.places);
  const std::string directory = directory_of(asked, stage.options);
  if (stage.options.resume) {
    return go_on(stage, asked, file, directory);
  }
  if (store::WorkDir::exists(directory)) {
    throw UserError({}, fmt::format("{} already exists", directory),
                    "continue it with --resume, or choose another directory with --out DIR");
  }
  return begin(stage, asked, file,
               {.seeds = plan::read_seeds(asked), .shard = stage.options.shard.value_or(Shard{})},
               directory);
}

std::string reason(LoopEnd end, const CampaignPlan& plan) {
  const ExplorePlan& explore = plan.explore;
  switch (end) {
  case LoopEnd::finished:
    return explore.until == Until::quiet
               ? fmt::format("No new pair in {} runs.", with_commas(explore.quiet_runs))
               : "A complete batch of fresh runs showed nothing new.";
  case LoopEnd::time_budget:
    return fmt::format("The time budget of {} is exhausted.", format_duration(*explore.budget));
  case LoopEnd::run_budget:
    return fmt::format("The budget of {} runs is exhausted.", with_commas(*explore.runs));
  case LoopEnd::interrupted:
    return "The campaign was interrupted.";
  case LoopEnd::failed:
    return "It failed.";
  }
  return "";
}

LoopEnd search(Stage& stage, Campaign& campaign, pool::WorkerPool& workers) {
  const CampaignPlan& plan = campaign.plan;
  auto searches = make_searches(campaign, workers.size());
  const auto& elapsed = campaign.recorder.state().elapsed_s;
  const auto before = elapsed.find(campaign.recorder.campaign());
  ExploreLoop loop(
      stage.context, workers, campaign.recorder, searches, stage.interrupts, stage.observer,
      {.phases = plan.phases,
       .until = plan.explore.until,
       .time_budget = plan.explore.budget,
       .run_budget = plan.explore.runs,
       .elapsed_s = (before == elapsed.end() ? 0 : before->second) + stage.elapsed_s(),
       .name = plan.name,
       .epsilon = plan.explore.epsilon,
       .confidence = plan.explore.confidence,
       .quiet_runs = plan.explore.until == Until::quiet
                         ? plan.explore.quiet_runs
                         : stats::quiet_runs({.epsilon = plan.explore.epsilon,
                                              .confidence = plan.explore.confidence})});
  const LoopEnd end = loop.run();
  workers.dismiss(); // with what is still running
  stage.after(loop.live_state());
  if (end == LoopEnd::failed) {
    throw std::runtime_error(loop.problem());
  }
  return end;
}

} // namespace

ExploreResult explore(const ExploreOptions& options, pool::ProgressObserver& observer) {
  std::optional<Baseline> baseline;
  if (options.baseline) {
    baseline = load_baseline(*options.baseline);
  }
  Stage stage(options, observer);
  PlanFile file{.path = options.plan_file, .places = {}};
  auto campaign = open(stage, file);
  if (!campaign) {
    return {.summary = std::nullopt, .interrupted = true};
  }
  stage.observe_calls(campaign->plan);
  pool::WorkerPool workers(stage.context, stage.sandbox.pool_options(
                                              campaign->plan, pool::worker_count(campaign->plan)));
  const LoopEnd end = search(stage, *campaign, workers);

  if (end != LoopEnd::interrupted) {
    stage.begin("labeling");
    const auto labeled =
        check_reproducibility(stage.context, workers, stage.interrupts, campaign->recorder,
                              stage.steps("reproducers checked"));
    if (!labeled) {
      throw std::runtime_error(labeled.error().message);
    }
  }
  workers.dismiss();
  stage.begin("reporting");
  const Ending ending{.stop_reason = reason(end, campaign->plan),
                      .reached_goal = end == LoopEnd::finished,
                      .plan_file = file.path,
                      .places = file.places,
                      .baseline = baseline};
  note_ending(campaign->recorder, ending);
  if (auto saved = campaign->recorder.checkpoint(); !saved) {
    throw std::runtime_error(saved.error().message);
  }
  CampaignSummary summary =
      summarize_campaign({campaign->plan, campaign->environment, campaign->recorder.directory(),
                          campaign->recorder.state(), campaign->recorder.notes()},
                         ending);
  if (auto written = write_reports(campaign->recorder.directory(), summary); !written) {
    throw std::runtime_error(written.error().message);
  }
  observer.finished();
  return {.summary = std::move(summary), .interrupted = stage.interrupts.requested()};
}

} // namespace harness::campaign
