// SPDX-License-Identifier: Apache-2.0
#include "harness/store/campaign_recorder.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <utility>

namespace harness::store {

namespace {

/// A name that no other campaign or writer has. Not drawn from the campaign's seed on purpose: two
/// campaigns of one seed are two campaigns.
std::string fresh_id() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

std::string quiet_note(std::uint32_t replicate) {
  return fmt::format("quiet.{}", replicate);
}

constexpr const char* campaign_note = "campaign";

} // namespace

CampaignRecorder::CampaignRecorder(WorkDir directory, StateDb database,
                                   CampaignState campaign_state,
                                   std::map<std::string, std::string> notes)
    : directory_(std::move(directory)), database_(std::move(database)),
      state_(std::move(campaign_state)), notes_(std::move(notes)),
      campaign_(notes_[campaign_note]) {
  for (const auto& [writer, origin] : state_.writers) {
    if (origin.campaign == campaign_) {
      runs_ += state_.profile.runs[writer] + state_.profile.incomplete_runs[writer];
    }
  }
  for (const auto& [counter, counts] : state_.counters) {
    many_counters_ +=
        counter.kind == Counter::Kind::argument || counter.kind == Counter::Kind::error ? 1 : 0;
  }
  index_state();
}

Result<CampaignRecorder> CampaignRecorder::create(WorkDir directory,
                                                  const std::vector<std::string>& phases) {
  auto database = StateDb::create(directory.database(), phases);
  if (!database) {
    return std::move(database).error();
  }
  CampaignState campaign_state;
  campaign_state.profile.phases = phases;
  const std::string campaign = fresh_id();
  CampaignRecorder recorder(std::move(directory), std::move(*database), std::move(campaign_state),
                            {{campaign_note, campaign}});
  recorder.changes_.notes[campaign_note] = campaign;
  if (auto saved = recorder.checkpoint(); !saved) {
    return std::move(saved).error();
  }
  return recorder;
}

Result<CampaignRecorder> CampaignRecorder::resume(WorkDir directory) {
  auto database = StateDb::open(directory.database(), Database::Access::write);
  if (!database) {
    return std::move(database).error();
  }
  auto campaign_state = database->load();
  if (!campaign_state) {
    return std::move(campaign_state).error();
  }
  auto notes = database->load_notes();
  if (!notes) {
    return std::move(notes).error();
  }
  CampaignRecorder recorder(std::move(directory), std::move(*database), std::move(*campaign_state),
                            std::move(*notes));
  if (recorder.campaign_.empty()) { // killed between creating the tables and naming the campaign
    recorder.campaign_ = fresh_id();
    recorder.set_note(campaign_note, recorder.campaign_);
  }
  if (auto adopted = recorder.adopt_inputs(); !adopted) {
    return std::move(adopted).error();
  }
  return recorder;
}

Result<> CampaignRecorder::adopt_inputs() {
  const auto hashes = directory_.inputs();
  if (!hashes) {
    return hashes.error();
  }
  for (const auto& hash : *hashes) {
    if (state_.inputs.contains(hash)) {
      continue;
    }
    const auto text = directory_.input(hash);
    if (!text) {
      return text.error();
    }
    // Its pairs are unknown by now; as a seed it will be run again.
    state_.inputs[hash] = {.bytes = text->size(), .origin = {campaign_, 1}};
    changes_.inputs.insert(hash);
  }
  return Done{};
}

Result<CampaignState> CampaignRecorder::read(const WorkDir& directory) {
  auto database = StateDb::open(directory.database(), Database::Access::read);
  if (!database) {
    return std::move(database).error();
  }
  return database->load();
}

Result<std::map<std::string, std::string>> CampaignRecorder::read_notes(const WorkDir& directory) {
  auto database = StateDb::open(directory.database(), Database::Access::read);
  if (!database) {
    return std::move(database).error();
  }
  return database->load_notes();
}

std::string campaign_id(const std::map<std::string, std::string>& notes) {
  const auto found = notes.find(campaign_note);
  return found == notes.end() ? "" : found->second;
}

std::uint64_t quiet_runs(const std::map<std::string, std::string>& notes, std::uint32_t replicate) {
  const auto found = notes.find(quiet_note(replicate));
  const auto runs = found == notes.end() ? std::nullopt : parse_integer(found->second);
  return static_cast<std::uint64_t>(runs.value_or(0));
}

PairIndex CampaignRecorder::add_pair(const PairKey& key) {
  const auto [place, fresh] = pair_index_.try_emplace(key, static_cast<PairIndex>(pairs_.size()));
  if (!fresh) {
    return place->second;
  }
  const auto [call, fresh_call] = call_index_.try_emplace(key.phase_call(), calls_.size());
  if (fresh_call) {
    calls_.push_back({.call = call->first});
  }
  pairs_.push_back({.key = &place->first, .call = call->second});
  return place->second;
}

void CampaignRecorder::index_state() {
  for (auto& [key, record] : state_.profile.pairs) {
    PairSlot& slot = pairs_[add_pair(key)];
    slot.record = &record;
    calls_[slot.call].seen = true;
    calls_[slot.call].seen_plainly |= !record.only_faulted;
  }
  for (auto& [call, counts] : state_.incidence) {
    const auto [place, fresh] = call_index_.try_emplace(call, calls_.size());
    if (fresh) {
      calls_.push_back({.call = call});
    }
    calls_[place->second].counts = &counts;
  }
}

WriterIndex CampaignRecorder::begin_writer(std::uint32_t replicate) {
  WriterSlot writer{.id = fresh_id(), .replicate = replicate};
  state_.writers[writer.id] = {campaign_, replicate};
  state_.profile.runs[writer.id] = 0;
  state_.profile.incomplete_runs[writer.id] = 0;
  changes_.writers.insert(writer.id);
  writers_.push_back(std::move(writer));
  return static_cast<WriterIndex>(writers_.size() - 1);
}

PairIndex CampaignRecorder::pair(const PairKey& key) {
  const auto& phases = state_.profile.phases;
  const auto phase = std::find(phases.begin(), phases.end(), key.phase);
  return phase != phases.end() ? add_pair(key)
                               : add_pair({std::string(beyond_the_last), key.call, key.executable});
}

bool CampaignRecorder::known(PairIndex pair, bool plainly) const {
  const PairRecord* record = pairs_[pair].record;
  return record != nullptr && !(plainly && record->only_faulted);
}

Result<> CampaignRecorder::set_stability(const PairKey& pair, Stability stability) {
  const auto found = state_.profile.pairs.find(pair);
  if (found == state_.profile.pairs.end()) {
    return Error{"no run has shown this pair"};
  }
  found->second.stability = stability;
  changes_.pairs.insert(pair);
  return Done{};
}

void CampaignRecorder::add_thread_name(const PairKey& pair, const std::string& name) {
  if (!state_.profile.pairs.contains(pair)) {
    return; // a replay showed what no run of the campaign did
  }
  auto& names = state_.threads[pair];
  if (names.size() < max_thread_names && names.insert(name).second) {
    changes_.pairs.insert(pair);
  }
}

void CampaignRecorder::add_tree(const ProcessNode& root) {
  if (state_.trees.size() < max_trees) {
    changes_.trees |= state_.trees.insert(tree_text(root)).second;
  }
}

void CampaignRecorder::set_elapsed(double seconds) {
  state_.elapsed_s[campaign_] = seconds;
  changes_.elapsed = true;
}

stats::ConvergenceRule::State CampaignRecorder::convergence(std::uint32_t replicate) const {
  stats::ConvergenceRule::State state;
  state.quiet = quiet_runs(notes_, replicate);
  for (const auto& [key, record] : state_.attempts) { // in the order of their numbers
    if (key.first == Origin{campaign_, replicate}) {
      state.attempts.push_back(record.attempt);
    }
  }
  return state;
}

Result<> CampaignRecorder::set_convergence(const stats::ConvergenceRule::State& state,
                                           const std::set<PairKey>& news, std::uint32_t replicate) {
  set_note(quiet_note(replicate), std::to_string(state.quiet));
  bool turned = false;
  for (const auto& attempt : state.attempts) {
    const AttemptKey key{{campaign_, replicate}, attempt.number};
    const auto [place, fresh] = state_.attempts.try_emplace(key);
    AttemptRecord& record = place->second;
    if (fresh) {
      record.began_at_run = runs_;
      record.began_after_s = state_.elapsed_s[campaign_];
    }
    turned |= fresh || record.attempt.state != attempt.state;
    const bool last = &attempt == &state.attempts.back();
    if (fresh || record.attempt != attempt || (last && !news.empty())) {
      record.attempt = attempt;
      if (last) {
        record.news.insert(news.begin(), news.end());
      }
      changes_.attempts.insert(key);
    }
  }
  return turned ? save() : Result<>(Done{});
}

void CampaignRecorder::set_note(const std::string& key, const std::string& value) {
  notes_[key] = value;
  changes_.notes[key] = value;
}

std::optional<std::string> CampaignRecorder::note(const std::string& key) const {
  const auto found = notes_.find(key);
  return found == notes_.end() ? std::nullopt : std::optional(found->second);
}

Result<> CampaignRecorder::log(const std::string& kind, const std::string& text) {
  return database_.log(state_.elapsed_s[campaign_], kind, text);
}

Result<> CampaignRecorder::absorb(const CampaignState& other) {
  if (auto merged = state_.merge(other); !merged) {
    return merged;
  }
  index_state();
  auto saved = database_.save_all(state_);
  return saved ? save() : std::move(saved);
}

Result<> CampaignRecorder::save() {
  // Counters are written at the next checkpoint; new pairs must be durable at once.
  auto later = std::exchange(changes_.counter_writers, {});
  const bool curve = !changes_.curve.empty();
  auto saved = database_.save(state_, changes_);
  if (saved) {
    changes_ = {};
    progress_due_ |= curve;
  }
  changes_.counter_writers = std::move(later);
  return saved;
}

} // namespace harness::store
