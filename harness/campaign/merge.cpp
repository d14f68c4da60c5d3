// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/merge.hpp"

#include "core/base/user_error.hpp"
#include "core/base/value_or_throw.hpp"
#include "harness/campaign/close_attempt.hpp"
#include "harness/campaign/finish.hpp"
#include "harness/campaign/frozen_generator.hpp"
#include "harness/campaign/merge_shards.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/campaign_recorder.hpp"
#include "harness/store/input_batch.hpp"
#include "harness/store/summary.hpp"
#include "harness/store/whole.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <utility>

namespace harness::campaign {

namespace {

using store::CampaignRecorder;
using store::CampaignState;
using store::WorkDir;

std::vector<std::string> phase_names(const CampaignPlan& plan) {
  std::vector<std::string> names;
  for (const auto& phase : plan.phases) {
    names.push_back(phase.name);
  }
  return names;
}

/// Throws UserError for campaigns that cannot or, without an option, should not be merged. Returns
/// warnings about what was accepted.
std::vector<std::string> check(const std::vector<store::CampaignSnapshot>& campaigns,
                               const MergeOptions& options) {
  std::vector<std::string> warnings;
  const store::CampaignSnapshot& first = campaigns.front();
  for (const auto& other : campaigns) {
    const std::string pair =
        fmt::format("{} and {}", first.directory.path(), other.directory.path());
    if (first.state.profile.phases != other.state.profile.phases) {
      throw UserError({},
                      fmt::format("{}: the phases differ: {}; {}", pair,
                                  fmt::join(first.state.profile.phases, ", "),
                                  fmt::join(other.state.profile.phases, ", ")),
                      "merge only campaigns that have the same phases");
    }
    const auto reasons = reasons_against(first, other);
    if (!reasons.empty() && !options.different) {
      throw UserError({}, fmt::format("{}: {}", pair, fmt::join(reasons, "; ")),
                      "write --different to merge them anyway");
    }
    for (const auto& reason : reasons) {
      warnings.push_back(fmt::format("{}: {}", pair, reason));
    }
    for (const auto& difference : store::compare(first.environment, other.environment)) {
      if (difference.name == "kernel" || difference.name == "libc" ||
          difference.name == "libc_sha256") {
        warnings.push_back(fmt::format("{}: {}", pair, difference.text));
      }
    }
  }
  return warnings;
}

/// Copies the inputs and failures of all, which must be durable before the state refers to them.
void copy_files(const std::vector<store::CampaignSnapshot>& campaigns, const WorkDir& to) {
  store::InputBatch batch(to);
  for (const auto& from : campaigns) {
    for (const auto& hash : value_or_throw(from.directory.inputs())) {
      if (!WorkDir::exists(to.corpus_file(hash))) {
        value_or_throw(batch.add_input(value_or_throw(from.directory.input(hash))));
      }
    }
    for (const auto& [bucket, record] : from.state.failures) {
      for (const auto& hash : from.directory.failure_inputs(bucket)) {
        value_or_throw(batch.add_failure(bucket, value_or_throw(from.directory.input(hash))));
      }
    }
  }
  value_or_throw(batch.keep());
}

CampaignRecorder open_out(const std::string& out, const store::CampaignSnapshot& first) {
  if (WorkDir::exists(out)) {
    WorkDir directory = value_or_throw(WorkDir::open(out));
    if (auto locked = directory.lock(); !locked) {
      throw UserError({}, locked.error().message, "merge into another directory");
    }
    return value_or_throw(CampaignRecorder::resume(std::move(directory)));
  }
  auto directory = WorkDir::create(out);
  if (!directory) {
    throw UserError({}, directory.error().message,
                    "choose another directory for the merged campaign");
  }
  value_or_throw(directory->lock());
  value_or_throw(directory->write(directory->plan(), plan::serialize_plan(first.plan)));
  value_or_throw(
      directory->write(directory->environment(), store::environment_json(first.environment)));
  return value_or_throw(CampaignRecorder::create(std::move(*directory), phase_names(first.plan)));
}

/// The stop reason in reports of a merged campaign.
void note_outcome(CampaignRecorder& recorder, const std::vector<store::CampaignSnapshot>& campaigns,
                  const CampaignState& joined) {
  Ending ending = ending_of(campaigns.front().notes);
  const auto attempts = store::whole_attempts(joined);
  ending.reached_goal = store::converged(joined);
  ending.stop_reason = "The campaign was merged from several campaigns.";
  if (!attempts.empty() && store::covers_all(*attempts.back(), joined)) {
    ending.stop_reason = ending.reached_goal ? "A complete batch of fresh runs showed nothing new."
                                             : "The last batch of fresh runs did not pass.";
  }
  note_ending(recorder, ending);
}

MergeReport report_on(const std::vector<store::CampaignSnapshot>& campaigns,
                      const CampaignState& merged) {
  std::map<PairKey, std::size_t> seen_by;
  for (const auto& campaign : campaigns) {
    for (const auto& [key, record] : campaign.state.profile.pairs) {
      ++seen_by[key];
    }
  }
  MergeReport report{.runs = merged.profile.total_runs() + merged.profile.total_incomplete_runs(),
                     .pairs = merged.profile.pairs.size(),
                     .inputs = merged.inputs.size()};
  for (const auto& campaign : campaigns) {
    const Profile& profile = campaign.state.profile;
    const auto only = std::count_if(profile.pairs.begin(), profile.pairs.end(),
                                    [&](const auto& item) { return seen_by[item.first] == 1; });
    report.sources.push_back({.path = campaign.directory.path(),
                              .runs = profile.total_runs() + profile.total_incomplete_runs(),
                              .pairs = profile.pairs.size(),
                              .only_here = static_cast<std::size_t>(only)});
  }
  return report;
}

} // namespace

std::vector<std::string> reasons_against(const store::CampaignSnapshot& a,
                                         const store::CampaignSnapshot& b) {
  std::vector<std::string> reasons;
  for (const auto& difference : store::compare(a.environment, b.environment)) {
    if (difference.of_target) {
      reasons.push_back(difference.text);
    }
  }
  // How long, with which seed and how strictly a shard searches is its own business; what it runs
  // is not.
  if (a.plan.target != b.plan.target) {
    reasons.push_back("the plans' targets differ");
  }
  if (a.plan.workload != b.plan.workload) {
    reasons.push_back("the plans' workloads differ");
  }
  if (a.plan.phases != b.plan.phases) {
    reasons.push_back("the triggers of the phases differ");
  }
  if (a.plan.grammar != b.plan.grammar) {
    reasons.push_back("the plans' grammars differ");
  }
  return reasons;
}

MergeReport merge_campaigns(const std::string& out, const std::vector<std::string>& sources,
                            const MergeOptions& options) {
  const bool existed = WorkDir::exists(out);
  std::vector<store::CampaignSnapshot> campaigns;
  if (existed) {
    campaigns.push_back(store::open_campaign(out));
  }
  for (const auto& source : sources) {
    campaigns.push_back(store::open_campaign(source));
  }
  if (campaigns.empty()) {
    throw UserError({}, "merge: no campaign given", "name the campaign directories after OUT");
  }
  auto warnings = check(campaigns, options);
  auto closed = close_attempt(existed ? &campaigns.front() : nullptr, campaigns, options.partial);
  auto notes = closed ? closed->notes : check_shards(campaigns, options.partial);
  warnings.insert(warnings.end(), notes.begin(), notes.end());

  CampaignRecorder recorder = open_out(out, campaigns.front());
  CampaignState joined = recorder.state();
  copy_files(campaigns, recorder.directory());
  for (const auto& campaign : campaigns) {
    value_or_throw(joined.merge(campaign.state));
    store::carry_shards(recorder, campaign.notes);
    store::carry_parts(recorder, campaign.notes);
  }
  MergeReport report = report_on(campaigns, joined);
  if (closed) {
    const stats::Attempt& attempt = closed->record.attempt;
    closed->record.began_at_run = report.runs - attempt.runs - attempt.incomplete;
    joined.attempts[recorder.whole_attempt(attempt.number)] = closed->record;
    report.attempt = attempt;
  }
  note_outcome(recorder, campaigns, joined);
  value_or_throw(
      recorder.absorb(joined)); // at once: an attempt is closed with its runs or not at all
  value_or_throw(recorder.checkpoint());
  report.statement = store::risk_statement(joined, campaigns.front().plan.explore.confidence);
  report.warnings = std::move(warnings);
  return report;
}

} // namespace harness::campaign
