// SPDX-License-Identifier: Apache-2.0
#include "harness/store/campaign_state.hpp"

#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <tuple>
#include <utility>

namespace harness::store {

namespace {

auto order(const InputRecord& record) {
  return std::tie(record.run, record.after_s, record.origin, record.bytes);
}

void join(InputRecord& into, const InputRecord& other) {
  auto pairs = into.pairs;
  for (const auto& [phase, calls] : other.pairs) {
    pairs[phase] = pairs[phase] | calls;
  }
  if (order(other) < order(into)) {
    into = other;
  }
  into.pairs = std::move(pairs);
}

/// Copies of one attempt differ in how far they had come; the rest makes the order total.
auto order(const AttemptRecord& record) {
  const auto& attempt = record.attempt;
  return std::tie(attempt.runs, attempt.incomplete, attempt.state, attempt.news,
                  attempt.incomplete_news, attempt.phases, attempt.planned_runs, attempt.alpha,
                  record.began_at_run, record.began_after_s);
}

void join(AttemptRecord& into, const AttemptRecord& other) {
  auto news = into.news;
  news.insert(other.news.begin(), other.news.end());
  if (order(into) < order(other)) {
    into = other;
  }
  into.news = std::move(news);
}

template <typename Map, typename Join> void join_maps(Map& into, const Map& other, Join join_one) {
  for (const auto& [key, value] : other) {
    const auto [place, fresh] = into.try_emplace(key, value);
    if (!fresh) {
      join_one(place->second, value);
    }
  }
}

template <typename Value> void take_max(Value& into, const Value& other) {
  into = std::max(into, other);
}

template <typename Value> void take_min(Value& into, const Value& other) {
  into = std::min(into, other);
}

/// The union of both, cut to its smallest elements: cutting again after more unions changes
/// nothing.
void join_smallest(std::set<std::string>& into, const std::set<std::string>& other,
                   std::size_t most) {
  into.insert(other.begin(), other.end());
  while (into.size() > most) {
    into.erase(std::prev(into.end()));
  }
}

/// A writer's first row that shows a pair only moves while there is none: the count decides.
void join_incidence(IncidenceCount& into, const IncidenceCount& other) {
  into.runs = std::max(into.runs, other.runs);
  if (into.first_run == 0 || (other.first_run != 0 && other.first_run < into.first_run)) {
    into.first_run = other.first_run;
  }
}

} // namespace

std::string argument_name(const PhaseCall& call, unsigned argument, std::uint64_t value) {
  return fmt::format("{} {} {} {:#x}", quote_if_needed(call.phase), qualified_name(call.call),
                     argument, value);
}

std::string error_name(const PhaseCall& call, int code) {
  const char* name = ::strerrorname_np(code);
  return fmt::format("{} {} {}", quote_if_needed(call.phase), qualified_name(call.call),
                     name != nullptr ? name : std::to_string(code));
}

std::uint64_t CampaignState::total(Counter::Kind kind, const std::string& name) const {
  std::uint64_t sum = 0;
  const auto found = counters.find({kind, name});
  if (found != counters.end()) {
    for (const auto& [writer, count] : found->second) {
      sum += count;
    }
  }
  return sum;
}

stats::Incidence CampaignState::incidence_of(const std::string& phase) const {
  std::map<WriterId, std::uint64_t> writer_numbers;
  for (const auto& [writer, origin] : writers) {
    writer_numbers.emplace(writer, writer_numbers.size());
  }
  std::vector<stats::PairIncidence> pairs;
  for (const auto& [call, counts] : incidence) {
    if (!phase.empty() && call.phase != phase) {
      continue;
    }
    stats::PairIncidence pair;
    for (const auto& [writer, count] : counts) {
      if (count.runs > 0) {
        pair.runs += count.runs;
        pair.first = {writer_numbers[writer], count.first_run};
      }
    }
    pairs.push_back(pair);
  }
  return stats::summarize(total(Counter::Kind::rows), pairs);
}

std::map<std::string, std::uint64_t> CampaignState::pairs_by_phase() const {
  std::set<PhaseCall> calls;
  for (const auto& [key, record] : profile.pairs) {
    calls.insert(key.phase_call());
  }
  std::map<std::string, std::uint64_t> counts;
  for (const auto& phase : profile.phases) {
    counts[phase] = 0;
  }
  for (const auto& call : calls) {
    ++counts[call.phase];
  }
  return counts;
}

Result<> CampaignState::merge(const CampaignState& other) {
  if (auto merged = profile.merge(other.profile); !merged) {
    return merged;
  }
  join_maps(writers, other.writers, take_min<Origin>);
  join_maps(incidence, other.incidence,
            [](auto& into, const auto& counts) { join_maps(into, counts, join_incidence); });
  join_maps(counters, other.counters, [](auto& into, const auto& counts) {
    join_maps(into, counts, take_max<std::uint64_t>);
  });
  join_maps(inputs, other.inputs, [](auto& into, const auto& record) { join(into, record); });
  join_maps(failures, other.failures, take_min<FailureRecord>);
  join_maps(attempts, other.attempts, [](auto& into, const auto& record) { join(into, record); });
  join_maps(curve, other.curve, take_min<CurveRecord>);
  join_maps(elapsed_s, other.elapsed_s, take_max<double>);
  join_maps(threads, other.threads,
            [](auto& into, const auto& names) { join_smallest(into, names, max_thread_names); });
  join_smallest(trees, other.trees, max_trees);
  return Done{};
}

namespace {

void append_tree(std::string& text, const ProcessNode& node, int depth) {
  text += fmt::format("{} {} {} {} {} {} {}\n", depth, quote(node.name), quote(node.executable),
                      quote(node.phase), quote(node.end), node.threads, node.calls);
  for (const auto& child : node.children) {
    append_tree(text, child, depth + 1);
  }
}

} // namespace

std::string tree_text(const ProcessNode& root) {
  std::string text;
  append_tree(text, root, 0);
  return text;
}

Result<ProcessNode> parse_tree(std::string_view text) {
  const Error damaged{"not a process tree: " + printable(text.substr(0, 60))};
  ProcessNode root;
  // The last node of each depth so far; a child's vector grows only while its node is the last one.
  std::vector<ProcessNode*> path;
  for (const auto& line : split(text, '\n')) {
    if (line.empty()) {
      continue;
    }
    const auto words = split_words(line);
    const auto depth = words && words->size() == 7 ? parse_integer((*words)[0]) : std::nullopt;
    if (!depth || *depth < 0 || *depth > static_cast<std::int64_t>(path.size()) ||
        (*depth == 0) != path.empty()) {
      return damaged;
    }
    ProcessNode* node = &root;
    path.resize(static_cast<std::size_t>(*depth));
    if (!path.empty()) {
      node = &path.back()->children.emplace_back();
    }
    node->name = (*words)[1];
    node->executable = (*words)[2];
    node->phase = (*words)[3];
    node->end = (*words)[4];
    node->threads = static_cast<std::uint64_t>(parse_integer((*words)[5]).value_or(1));
    node->calls = static_cast<std::uint64_t>(parse_integer((*words)[6]).value_or(0));
    path.push_back(node);
  }
  if (path.empty()) {
    return damaged;
  }
  return root;
}

} // namespace harness::store
