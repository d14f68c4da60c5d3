#include "harness/campaign/merge.hpp"

#include "core/base/need.hpp"
#include "core/base/user_error.hpp"
#include "harness/campaign/close_attempt.hpp"
#include "harness/campaign/finish.hpp"
#include "harness/campaign/frozen.hpp"
#include "harness/campaign/merge_shards.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/input_batch.hpp"
#include "harness/store/ledger.hpp"
#include "harness/store/summary.hpp"
#include "harness/store/whole.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <utility>

namespace harness::campaign {

namespace {

using store::Books;
using store::Ledger;
using store::WorkDir;

std::vector<std::string> phase_names(const CampaignPlan& plan) {
  std::vector<std::string> names;
  for (const auto& phase : plan.phases) {
    names.push_back(phase.name);
  }
  return names;
}

/// Refuses what can't or, without being told so, should not be merged. Gives what was let through.
std::vector<std::string> check(const std::vector<store::OpenedCampaign>& campaigns,
                               const MergeOptions& options) {
  std::vector<std::string> warnings;
  const store::OpenedCampaign& first = campaigns.front();
  for (const auto& other : campaigns) {
    const std::string pair =
        fmt::format("{} and {}", first.directory.path(), other.directory.path());
    if (first.books.profile.phases != other.books.profile.phases) {
      throw UserError({},
                      fmt::format("{}: the phases differ: {}; {}", pair,
                                  fmt::join(first.books.profile.phases, ", "),
                                  fmt::join(other.books.profile.phases, ", ")),
                      "campaigns with different phases can't be merged");
    }
    const auto reasons = reasons_against(first, other);
    if (!reasons.empty() && !options.different) {
      throw UserError({}, fmt::format("{}: {}", pair, fmt::join(reasons, "; ")),
                      "add --different to merge them all the same");
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

/// The inputs and failures of all, durable before the books name them.
void copy_files(const std::vector<store::OpenedCampaign>& campaigns, const WorkDir& to) {
  store::InputBatch batch(to);
  for (const auto& from : campaigns) {
    for (const auto& hash : need(from.directory.inputs())) {
      if (!WorkDir::exists(to.corpus_file(hash))) {
        need(batch.add_input(need(from.directory.input(hash))));
      }
    }
    for (const auto& [bucket, record] : from.books.failures) {
      for (const auto& hash : from.directory.failure_inputs(bucket)) {
        need(batch.add_failure(bucket, need(from.directory.input(hash))));
      }
    }
  }
  need(batch.keep());
}

Ledger open_out(const std::string& out, const store::OpenedCampaign& first) {
  if (WorkDir::exists(out)) {
    WorkDir directory = need(WorkDir::open(out));
    if (auto locked = directory.lock(); !locked) {
      throw UserError({}, locked.error().message, "merge into another directory");
    }
    return need(Ledger::resume(std::move(directory)));
  }
  auto directory = WorkDir::create(out);
  if (!directory) {
    throw UserError({}, directory.error().message, "choose another place for the merged campaign");
  }
  need(directory->lock());
  need(directory->write(directory->plan(), plan::serialise_plan(first.plan)));
  need(directory->write(directory->environment(), store::environment_json(first.environment)));
  return need(Ledger::create(std::move(*directory), phase_names(first.plan)));
}

/// Why it ended, for reports of what was merged.
void note_outcome(Ledger& ledger, const std::vector<store::OpenedCampaign>& campaigns,
                  const Books& joined) {
  Ending ending = ending_of(campaigns.front().notes);
  const auto attempts = store::whole_attempts(joined);
  ending.reached_goal = store::converged(joined);
  ending.stop_reason = "It was merged from several campaigns.";
  if (!attempts.empty() && store::speaks_of_all(*attempts.back(), joined)) {
    ending.stop_reason = ending.reached_goal ? "A whole batch of fresh runs showed nothing new."
                                             : "The last batch of fresh runs did not pass.";
  }
  note_ending(ledger, ending);
}

MergeReport report_on(const std::vector<store::OpenedCampaign>& campaigns, const Books& merged) {
  std::map<PairKey, std::size_t> seen_by;
  for (const auto& campaign : campaigns) {
    for (const auto& [key, record] : campaign.books.profile.pairs) {
      ++seen_by[key];
    }
  }
  MergeReport report{.runs = merged.profile.total_runs() + merged.profile.total_incomplete_runs(),
                     .pairs = merged.profile.pairs.size(),
                     .inputs = merged.inputs.size()};
  for (const auto& campaign : campaigns) {
    const Profile& profile = campaign.books.profile;
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

std::vector<std::string> reasons_against(const store::OpenedCampaign& a,
                                         const store::OpenedCampaign& b) {
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
  std::vector<store::OpenedCampaign> campaigns;
  if (existed) {
    campaigns.push_back(store::open_campaign(out));
  }
  for (const auto& source : sources) {
    campaigns.push_back(store::open_campaign(source));
  }
  if (campaigns.empty()) {
    throw UserError({}, "nothing to merge", "name the campaign directories after OUT");
  }
  auto warnings = check(campaigns, options);
  auto closed = close_attempt(existed ? &campaigns.front() : nullptr, campaigns, options.partial);
  auto notes = closed ? closed->notes : check_shards(campaigns, options.partial);
  warnings.insert(warnings.end(), notes.begin(), notes.end());

  Ledger ledger = open_out(out, campaigns.front());
  Books joined = ledger.books();
  copy_files(campaigns, ledger.directory());
  for (const auto& campaign : campaigns) {
    need(joined.merge(campaign.books));
    store::carry_shards(ledger, campaign.notes);
    store::carry_parts(ledger, campaign.notes);
  }
  MergeReport report = report_on(campaigns, joined);
  if (closed) {
    const stats::Attempt& attempt = closed->record.attempt;
    closed->record.began_at_run = report.runs - attempt.runs - attempt.incomplete;
    joined.attempts[ledger.whole_attempt(attempt.number)] = closed->record;
    report.attempt = attempt;
  }
  note_outcome(ledger, campaigns, joined);
  need(ledger.absorb(joined)); // at once: an attempt is closed with its runs or not at all
  need(ledger.checkpoint());
  report.statement = store::risk_statement(joined, campaigns.front().plan.explore.confidence);
  report.warnings = std::move(warnings);
  return report;
}

} // namespace harness::campaign
