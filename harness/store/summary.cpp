// SPDX-License-Identifier: Apache-2.0
#include "harness/store/summary.hpp"

#include "core/base/text.hpp"
#include "core/model/argument_text.hpp"
#include "core/model/syscall_table.hpp"
#include "core/stats/estimators.hpp"
#include "harness/store/shares.hpp"
#include "harness/store/whole.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

namespace harness::store {

namespace {

using stats::Attempt;

std::set<std::string> campaigns(const CampaignState& campaign_state) {
  std::set<std::string> names;
  for (const auto& [writer, origin] : campaign_state.writers) {
    names.insert(origin.campaign);
  }
  return names;
}

/// The last attempt of each replicate, `only` those that were drawn to their end.
std::map<Origin, const AttemptRecord*> last_attempts(const CampaignState& campaign_state,
                                                     bool only_complete) {
  std::map<Origin, const AttemptRecord*> last;
  for (const auto& [key, record] : campaign_state.attempts) {
    if (key.first.replicate != whole && (!only_complete || record.attempt.complete())) {
      last[key.first] = &record; // keys are sorted by number
    }
  }
  return last;
}

const AttemptRecord* last_complete(const std::vector<const AttemptRecord*>& attempts) {
  const auto found = std::find_if(attempts.rbegin(), attempts.rend(),
                                  [](const auto* record) { return record->attempt.complete(); });
  return found == attempts.rend() ? nullptr : *found;
}

AttemptSummary summarize_attempt(std::uint32_t replicate, const AttemptRecord& record,
                                 const Profile& profile) {
  const Attempt& attempt = record.attempt;
  AttemptSummary summary{.number = attempt.number,
                         .planned_runs = attempt.planned_runs,
                         .runs = attempt.runs,
                         .alpha = attempt.alpha,
                         .complete = attempt.complete(),
                         .runs_with_news = attempt.news,
                         .news = {record.news.begin(), record.news.end()},
                         .began_at_run = record.began_at_run,
                         .began_after_s = record.began_after_s,
                         .bound = stats::bound(attempt),
                         .phase_bounds = {},
                         .replicate = replicate};
  for (std::size_t i = 0; i < profile.phases.size(); ++i) {
    if (const auto bound = stats::phase_bound(attempt, i)) {
      summary.phase_bounds[profile.phases[i]] = *bound;
    }
  }
  return summary;
}

/// Those whose bounds apply to this state: for several campaigns, only attempts for the whole.
std::vector<AttemptSummary> attempts_of(const CampaignState& campaign_state) {
  std::vector<AttemptSummary> attempts;
  for (const auto* record : whole_attempts(campaign_state)) {
    attempts.push_back(summarize_attempt(whole, *record, campaign_state.profile));
  }
  if (attempts.empty() && campaigns(campaign_state).size() < 2) {
    for (const auto& [key, record] : campaign_state.attempts) {
      attempts.push_back(summarize_attempt(key.first.replicate, record, campaign_state.profile));
    }
  }
  return attempts;
}

FailureBucket summarize_failure(const std::string& name, const FailureRecord& record,
                                const CampaignState& campaign_state) {
  return {.name = name,
          .what = record.what,
          .runs = campaign_state.total(Counter::Kind::bucket, name),
          .first_input = record.first_input,
          .first_run = record.first_run,
          .last_calls = record.last_calls,
          .output_tail = record.output_tail,
          .crash = record.kind == FailureRecord::Kind::crash,
          .time_out = record.kind == FailureRecord::Kind::time_out};
}

void add_counters(CampaignSummary& summary, const CampaignState& campaign_state) {
  for (const auto& [counter, counts] : campaign_state.counters) {
    std::uint64_t times = 0;
    for (const auto& [writer, count] : counts) {
      times += count;
    }
    if (counter.kind == Counter::Kind::incomplete) {
      summary.incomplete_reasons[counter.name] = times;
      continue;
    }
    const bool argument = counter.kind == Counter::Kind::argument;
    const auto words = split_words(counter.name);
    if (argument && words && words->size() == 4) {
      const SyscallId call = find_syscall((*words)[1]).value_or(SyscallId{.number = -1});
      const auto position = static_cast<unsigned>(parse_integer((*words)[2]).value_or(0));
      const auto value = static_cast<std::uint64_t>(parse_integer((*words)[3]).value_or(0));
      summary.arguments.push_back(
          {(*words)[0], (*words)[1], argument_text(call, position, value), times});
    } else if (counter.kind == Counter::Kind::error && words && words->size() == 3) {
      summary.errnos.push_back({(*words)[0], (*words)[1], (*words)[2], times});
    }
  }
}

std::uint32_t replicate_of(const CampaignState& campaign_state, const WriterId& writer) {
  const auto found = campaign_state.writers.find(writer);
  return found == campaign_state.writers.end() ? 1U : found->second.replicate;
}

std::set<std::uint32_t> seen_by(const CampaignState& campaign_state, const PairRecord& record) {
  std::set<std::uint32_t> replicates;
  for (const auto& [writer, count] : record.counts) {
    if (count.runs > 0) {
      replicates.insert(replicate_of(campaign_state, writer));
    }
  }
  return replicates;
}

void add_replicates(CampaignSummary& summary, const CampaignState& campaign_state) {
  std::map<WriterId, std::uint32_t> replicates;
  for (const auto& [writer, origin] : campaign_state.writers) {
    replicates[writer] = origin.replicate;
  }
  auto shares = shares_of(campaign_state, replicates, std::uint32_t{1});
  if (shares.size() > 1) {
    for (auto& [number, share] : shares) {
      summary.replicates.push_back({number, share.runs, share.pairs, std::move(share.only_here)});
    }
  }
}

/// Of the inputs that show a pair, the shortest (ties: the smaller name).
void add_smallest_inputs(CampaignSummary& summary, const CampaignState& campaign_state) {
  std::map<PhaseCall, std::pair<std::uint64_t, std::string>> smallest;
  for (const auto& [hash, input] : campaign_state.inputs) {
    for (const auto& [phase, calls] : input.pairs) {
      for (const SyscallId call : calls) {
        const auto [place, fresh] = smallest.try_emplace({phase, call}, input.bytes, hash);
        place->second = std::min(place->second, {input.bytes, hash});
      }
    }
  }
  for (const auto& [key, record] : campaign_state.profile.pairs) {
    const auto found = smallest.find(key.phase_call());
    if (found != smallest.end()) {
      summary.smallest_inputs[key] = found->second.second;
    }
  }
}

void add_input_texts(CampaignSummary& summary, const WorkDir& directory) {
  const auto add = [&](const std::string& hash) {
    if (hash.empty() || summary.inputs.contains(hash)) {
      return;
    }
    if (auto text = directory.input(hash)) {
      summary.inputs[hash] = std::move(*text);
    }
  };
  for (const auto& [key, record] : summary.profile.pairs) {
    add(record.first.input);
  }
  for (const auto& [key, hash] : summary.smallest_inputs) {
    add(hash);
  }
  for (const auto& failure : summary.failures) {
    add(failure.first_input);
  }
}

/// What one of several searches saw and the others missed, whichever executable made the call.
std::vector<std::string> seen_once(const CampaignState& campaign_state) {
  std::map<PhaseCall, std::set<std::uint32_t>> seen;
  for (const auto& [key, record] : campaign_state.profile.pairs) {
    seen[key.phase_call()].merge(seen_by(campaign_state, record));
  }
  std::map<std::uint32_t, std::vector<std::string>> single;
  for (const auto& [pair, replicates] : seen) {
    if (replicates.size() == 1) {
      single[*replicates.begin()].push_back(pair.phase + ":" + qualified_name(pair.call));
    }
  }
  std::vector<std::string> sentences;
  for (const auto& [replicate, names] : single) {
    sentences.push_back(
        fmt::format("Only replicate {} saw {}.", replicate, fmt::join(names, ", ")));
  }
  return sentences;
}

/// Limitations that the numbers do not show, one sentence each.
std::vector<std::string> gaps(const CampaignState& campaign_state, const CampaignSummary& summary) {
  std::vector<std::string> sentences;
  const AttemptRecord* of_all = last_complete(whole_attempts(campaign_state));
  if (of_all != nullptr && !covers_all(*of_all, campaign_state)) {
    sentences.push_back("The runs merged since the last complete validation are not covered by its "
                        "bound.");
  } else if (of_all == nullptr && campaigns(campaign_state).size() > 1) {
    sentences.push_back(
        "Several campaigns were merged: no bound is given, because the bound of one does "
        "not apply to all.");
  }
  if (summary.incomplete_runs > 0) {
    sentences.push_back(fmt::format("{} of {} runs were incomplete and prove nothing.",
                                    with_commas(summary.incomplete_runs),
                                    with_commas(summary.runs)));
  }
  for (const auto& phase : summary.profile.phases) {
    if (summary.runs > 0 && summary.profile.runs_reaching(phase) == 0) {
      sentences.push_back("No run reached the phase " + phase + ".");
    }
  }
  for (const auto& replicate : summary.replicates) {
    if (replicate.runs == 0) {
      sentences.push_back(fmt::format("Replicate {} has no runs yet.", replicate.number));
    }
  }
  if (!summary.replicates.empty()) {
    auto once = seen_once(campaign_state);
    std::move(once.begin(), once.end(), std::back_inserter(sentences));
  } else if (campaigns(campaign_state).size() < 2) {
    sentences.push_back("There was only one replicate: calls that only another search finds may be "
                        "missing.");
  }
  return sentences;
}

} // namespace

Estimates estimates_of(const CampaignState& campaign_state, const std::string& phase) {
  const stats::Incidence incidence = campaign_state.incidence_of(phase);
  Estimates estimates{.singletons = incidence.seen_exactly(1),
                      .doubletons = incidence.seen_exactly(2)};
  constexpr std::uint64_t points = 20;
  for (std::uint64_t i = 1; i <= points && incidence.runs >= points; ++i) {
    const std::uint64_t runs = incidence.runs * i / points;
    estimates.rarefaction.emplace_back(runs, stats::rarefy(incidence, runs));
  }
  // Without a pair that was seen in exactly one run, every estimator returns "nothing is missing",
  // because it lacks data, not because nothing is.
  if (incidence.runs < 2 || estimates.singletons == 0) {
    return estimates;
  }
  estimates.expected_new_pairs = stats::expected_new_pairs(incidence);
  estimates.chao2 = stats::chao2(incidence);
  estimates.coverage = stats::coverage(incidence);
  estimates.runs_to_95_percent = stats::runs_to_reach(incidence, .95);
  if (const auto interval = stats::chao2_interval(incidence)) {
    estimates.chao2_low = interval->low;
    estimates.chao2_high = interval->high;
  }
  return estimates;
}

bool converged(const CampaignState& campaign_state) {
  if (const auto wholes = whole_attempts(campaign_state);
      !wholes.empty() && covers_all(*wholes.back(), campaign_state)) {
    return wholes.back()->attempt.state == Attempt::State::passed;
  }
  const auto last = last_attempts(campaign_state, false);
  std::set<Origin> origins;
  for (const auto& [writer, origin] : campaign_state.writers) {
    origins.insert(origin);
  }
  return campaigns(campaign_state).size() == 1 && last.size() >= origins.size() &&
         std::all_of(last.begin(), last.end(), [](const auto& item) {
           return item.second->attempt.state == Attempt::State::passed;
         });
}

std::string risk_statement(const CampaignState& campaign_state, double confidence) {
  const auto last = last_attempts(campaign_state, true);
  const AttemptRecord* of_all = last_complete(whole_attempts(campaign_state));
  if (of_all == nullptr && campaigns(campaign_state).size() > 1) {
    return "No bound on unseen calls: several campaigns were merged.";
  }
  if (of_all == nullptr && last.empty()) {
    return "No bound on unseen calls: no batch of fresh runs was completed.";
  }
  // Of several replicates, the one with the weakest bound.
  const AttemptRecord* worst = of_all;
  for (const auto& [origin, record] : last) {
    if (of_all == nullptr &&
        (worst == nullptr || *stats::bound(record->attempt) > *stats::bound(worst->attempt))) {
      worst = record;
    }
  }
  const Attempt& attempt = worst->attempt;
  const double bound = *stats::bound(attempt);
  const std::string often = fmt::format(
      "fewer than {} in {} further runs of this plan on this "
      "machine would",
      bound < 0.1 ? 1 : static_cast<int>(std::ceil(bound * 100)),
      bound < 0.1 ? with_commas(static_cast<std::uint64_t>(std::floor(1 / bound))) : "100");
  if (attempt.news == 0) {
    return fmt::format(
        "In {} fresh runs drawn from this plan's final generator, none used a system "
        "call outside the listed sets; with {:g} % confidence {}.",
        with_commas(attempt.runs), confidence * 100, often);
  }
  return fmt::format(
      "In {} fresh runs drawn from this plan's generator, {} used a system call that "
      "was not listed yet (it is now); with {:g} % confidence {}.",
      with_commas(attempt.runs), with_commas(attempt.news), confidence * 100, often);
}

std::vector<CurvePoint> curve_of(const CampaignState& campaign_state, const std::string& campaign) {
  std::vector<CurvePoint> curve;
  for (auto at = campaign_state.curve.lower_bound({campaign, 0});
       at != campaign_state.curve.end() && at->first.first == campaign; ++at) {
    const CurveRecord& point = at->second;
    curve.push_back({at->first.second, point.after_s, point.pairs, point.corpus});
  }
  return curve;
}

CampaignSummary summarize(CampaignPlan plan, const WorkDir& directory,
                          const CampaignState& campaign_state) {
  CampaignSummary summary{.plan = std::move(plan), .profile = campaign_state.profile};
  summary.converged = converged(campaign_state);
  summary.statement = risk_statement(campaign_state, summary.plan.explore.confidence);
  for (const auto& [campaign, elapsed] : campaign_state.elapsed_s) {
    summary.elapsed_s = std::max(summary.elapsed_s, elapsed); // campaigns run side by side
  }
  summary.incomplete_runs = campaign_state.profile.total_incomplete_runs();
  summary.runs = campaign_state.profile.total_runs() + summary.incomplete_runs;
  summary.crashes = campaign_state.total(Counter::Kind::crashes);
  summary.time_outs = campaign_state.total(Counter::Kind::time_outs);
  summary.corpus = campaign_state.inputs.size();
  summary.attempts = attempts_of(campaign_state);
  if (!campaign_state.curve.empty()) { // of a merged campaign, the first one's
    summary.curve = curve_of(campaign_state, campaign_state.curve.begin()->first.first);
  }
  for (const auto& [bucket, record] : campaign_state.failures) {
    summary.failures.push_back(summarize_failure(bucket, record, campaign_state));
  }
  summary.estimates = estimates_of(campaign_state, "");
  add_counters(summary, campaign_state);
  for (const auto& text : campaign_state.trees) {
    if (auto tree = parse_tree(text)) {
      summary.trees.push_back(std::move(*tree));
    }
  }
  for (const auto& [key, names] : campaign_state.threads) {
    summary.threads[key] = {names.begin(), names.end()};
  }
  summary.directory = directory.path();
  add_replicates(summary, campaign_state);
  add_smallest_inputs(summary, campaign_state);
  add_input_texts(summary, directory);
  summary.not_established = gaps(campaign_state, summary);
  return summary;
}

} // namespace harness::store
