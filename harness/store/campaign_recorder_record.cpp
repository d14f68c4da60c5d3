// The path that every run takes through the CampaignRecorder: a million times in a long campaign.
// SPDX-License-Identifier: Apache-2.0
#include "harness/store/campaign_recorder.hpp"

#include "harness/store/summary.hpp"
#include "reports/formats.hpp"

#include <algorithm>
#include <utility>

namespace harness::store {

const std::string& CampaignRecorder::phase_name(PhaseIndex phase) const {
  static const std::string beyond(beyond_the_last);
  return phase < state_.profile.phases.size() ? state_.profile.phases[phase] : beyond;
}

bool CampaignRecorder::is_new(const PairSighting& sighting) const {
  return !known(sighting.pair, !sighting.only_faulted);
}

std::uint64_t& CampaignRecorder::counter(Counter::Kind kind, const std::string& name,
                                         WriterIndex writer) {
  return state_.counters[{kind, name}][writers_[writer].id];
}

Result<NewPairs> CampaignRecorder::record(const RunRecord& run) {
  NewPairs news{.run = runs_ + 1};
  const bool shows_new = std::any_of(run.pairs.begin(), run.pairs.end(),
                                     [&](const auto& sighting) { return is_new(sighting); });
  if (!run.input.empty() && (shows_new || run.keep)) {
    // The reproducer first: a pair on disk must never name an input that is not.
    auto kept = directory_.keep_input(run.input);
    if (!kept) {
      return std::move(kept).error();
    }
    news.input = std::move(*kept);
  }
  ++runs_;
  count_run(run);
  for (const auto& sighting : run.pairs) {
    count_pair(run, sighting, news);
  }
  if (!news.input.empty()) {
    const auto [place, fresh] = state_.inputs.try_emplace(news.input);
    InputRecord& record = place->second;
    if (fresh) {
      record = {.bytes = run.input.size(),
                .run = news.run,
                .after_s = run.after_s,
                .origin = {campaign_, writers_[run.writer].replicate}};
    }
    for (const auto& sighting : run.pairs) {
      const PairKey& pair = key(sighting.pair);
      record.pairs[pair.phase].insert(pair.call);
    }
    changes_.inputs.insert(news.input);
  }
  changes_.writers.insert(writers_[run.writer].id);
  mark_curve(run.after_s, news.any());
  if (news.any()) {
    if (auto saved = save(); !saved) {
      return std::move(saved).error();
    }
  }
  return news;
}

void CampaignRecorder::count_run(const RunRecord& run) {
  WriterSlot& writer = writers_[run.writer];
  Profile& profile = state_.profile;
  if (run.incomplete.empty()) {
    ++profile.runs[writer.id];
    if (run.row) {
      ++writer.rows;
      ++counter(Counter::Kind::rows, "", run.writer);
    }
  } else {
    ++profile.incomplete_runs[writer.id];
    for (const Incomplete reason : run.incomplete) {
      ++counter(Counter::Kind::incomplete, std::string(to_string(reason)), run.writer);
    }
  }
  for (const PhaseIndex phase : run.reached) {
    ++profile.phase_runs[phase_name(phase)][writer.id];
  }
  if (run.crashed) {
    ++counter(Counter::Kind::crashes, "", run.writer);
  }
  if (run.timed_out) {
    ++counter(Counter::Kind::time_outs, "", run.writer);
  }
  if (!run.bucket.empty()) {
    ++counter(Counter::Kind::bucket, run.bucket, run.writer);
  }
}

void CampaignRecorder::count_pair(const RunRecord& run, const PairSighting& sighting,
                                  NewPairs& news) {
  PairSlot& slot = pairs_[sighting.pair];
  CallSlot& call = calls_[slot.call];
  const WriterSlot& writer = writers_[run.writer];
  if (is_new(sighting)) {
    slot.record = &state_.profile.pairs[*slot.key];
    slot.record->only_faulted = sighting.only_faulted;
    slot.record->first = {.run = runs_,
                          .after_s = run.after_s,
                          .input = news.input,
                          .reproducer_from = campaign_,
                          .backtrace = sighting.backtrace};
    changes_.pairs.insert(*slot.key);
    news.pairs.push_back(*slot.key);
    if (!(sighting.only_faulted ? call.seen : call.seen_plainly)) {
      news.calls.push_back(call.call);
    }
    call.seen = true;
    call.seen_plainly |= !sighting.only_faulted;
  }
  if (slot.last_writer != run.writer || slot.last_count == nullptr) {
    slot.last_writer = run.writer;
    slot.last_count = &slot.record->counts[writer.id];
  }
  slot.last_count->calls += sighting.calls.value_or(0);
  ++slot.last_count->runs;

  // Several executables of one run may make the same call: one row has it once.
  if (run.row && run.incomplete.empty() && call.last_run != runs_) {
    call.last_run = runs_;
    if (call.counts == nullptr) {
      call.counts = &state_.incidence[call.call];
    }
    IncidenceCount& count = (*call.counts)[writer.id];
    if (count.runs++ == 0) {
      count.first_run = writer.rows;
    }
  }
}

void CampaignRecorder::mark_curve(double after_s, bool news) {
  if (!news && runs_ < next_mark_) {
    return;
  }
  // Far apart when nothing happens: the curve of a million runs has some hundred points.
  next_mark_ = runs_ + 20 + runs_ / 20;
  const CurveKey key{campaign_, runs_};
  state_.curve[key] = {after_s, state_.inputs.size(), state_.pairs_by_phase()};
  changes_.curve.insert(key);
}

template <typename MakeName>
void CampaignRecorder::count_many(const ManyKey& key, Counter::Kind kind, MakeName make_name,
                                  WriterIndex writer, std::uint64_t times) {
  auto known = many_index_.find(key);
  if (known == many_index_.end()) {
    const Counter name{kind, make_name()};
    if (!state_.counters.contains(name)) {
      if (many_counters_ >= max_counters) {
        counter(Counter::Kind::dropped, "", writer) += times;
        return;
      }
      ++many_counters_;
    }
    known = many_index_.emplace(key, &state_.counters[name]).first;
  }
  (*known->second)[writers_[writer].id] += times;
}

void CampaignRecorder::tally(WriterIndex writer, const std::vector<ArgumentClass>& arguments,
                             const std::vector<ErrnoSeen>& errors) {
  constexpr unsigned error = 256; // no argument has this position
  for (const auto& seen : arguments) {
    const PhaseCall pair{phase_name(seen.phase), seen.call};
    count_many(
        {seen.phase, seen.call, seen.argument, seen.value}, Counter::Kind::argument,
        [&] { return argument_name(pair, seen.argument, seen.value); }, writer, seen.times);
  }
  for (const auto& seen : errors) {
    const PhaseCall pair{phase_name(seen.phase), seen.call};
    count_many(
        {seen.phase, seen.call, error, static_cast<std::uint64_t>(seen.code)}, Counter::Kind::error,
        [&] { return error_name(pair, seen.code); }, writer, seen.times);
  }
  changes_.writers.insert(writers_[writer].id);
  changes_.counter_writers.insert(writers_[writer].id);
}

Result<> CampaignRecorder::record_failure(const std::string& bucket, FailureRecord failure,
                                          std::string_view input) {
  if (bucket.empty() || bucket[0] == '.' || bucket.find('/') != std::string::npos) {
    return Error{"'" + bucket + "' is not a valid name for the directory of a failure"};
  }
  if (directory_.failure_inputs(bucket).size() < max_failure_inputs) {
    auto kept = directory_.keep_failure(bucket, input);
    if (!kept) {
      return std::move(kept).error();
    }
    failure.first_input = std::move(*kept);
  }
  if (failure.first_run == 0) {
    failure.first_run = runs_;
  }
  if (state_.failures.try_emplace(bucket, std::move(failure)).second) {
    changes_.failures.insert(bucket);
    return save();
  }
  return Done{};
}

Result<std::string> CampaignRecorder::keep_seed(std::string_view text) {
  auto kept = directory_.keep_input(text);
  if (kept &&
      state_.inputs.try_emplace(*kept, InputRecord{.bytes = text.size(), .origin = {campaign_, 1}})
          .second) {
    changes_.inputs.insert(*kept);
  }
  return kept;
}

Result<> CampaignRecorder::checkpoint() {
  progress_due_ |= !changes_.curve.empty();
  auto saved = database_.save(state_, changes_);
  if (!saved) {
    return saved;
  }
  changes_ = {};
  if (!std::exchange(progress_due_, false)) {
    return Done{};
  }
  return directory_.write(directory_.progress(), progress_csv(state_, campaign_));
}

std::string progress_csv(const CampaignState& state, const std::string& campaign) {
  return reports::curve_csv(curve_of(state, campaign));
}

} // namespace harness::store
