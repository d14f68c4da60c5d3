// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/shrink.hpp"

#include "core/model/input.hpp"
#include "harness/analysis/shrink_candidates.hpp"

#include <algorithm>
#include <set>

namespace harness::analysis {

namespace {

/// The first of `texts` that shows the pair; nothing if none does.
std::optional<std::string> first_that_shows(pool::ReplaySession& session,
                                            const std::vector<std::string>& texts,
                                            const WantedPair& pair, const ShrinkOptions& options,
                                            std::uint64_t& runs) {
  std::vector<pool::ReplayJob> jobs;
  for (const auto& text : texts) {
    jobs.push_back({text, options.tries});
  }
  const auto outcomes = session.run(jobs);
  std::optional<std::string> first;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    runs += outcomes[i].runs.size();
    const bool shown =
        std::any_of(outcomes[i].runs.begin(), outcomes[i].runs.end(),
                    [&](const auto& run) { return shows(run.result, pair, options.phases); });
    if (shown && !first) {
      first = texts[i];
    }
  }
  return first;
}

} // namespace

Shrunk shrink(pool::ReplaySession& session, const std::string& text, const WantedPair& pair,
              const ShrinkOptions& options,
              const std::function<void(std::size_t, std::uint64_t)>& progress) {
  Shrunk shrunk{.text = text};
  shrunk.shown = first_that_shows(session, {text}, pair, options, shrunk.runs).has_value();
  if (!shrunk.shown) {
    return shrunk;
  }
  std::set<std::string> refused; // a step that failed before fails after other steps, too: mostly
  while (!session.interrupted()) {
    const auto input = parse_input(shrunk.text);
    std::vector<std::string> candidates;
    for (const auto& candidate : input ? shrink_candidates(*input) : std::vector<Input>()) {
      std::string simple = serialize_input(candidate);
      if (!refused.contains(simple)) {
        candidates.push_back(std::move(simple));
      }
    }
    std::optional<std::string> next;
    for (std::size_t at = 0; at < candidates.size() && !next && !session.interrupted();
         at += options.batch) {
      const auto begin = candidates.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end =
          candidates.begin() +
          static_cast<std::ptrdiff_t>(std::min<std::size_t>(at + options.batch, candidates.size()));
      const std::vector<std::string> batch(begin, end);
      next = first_that_shows(session, batch, pair, options, shrunk.runs);
      if (!next) {
        refused.insert(batch.begin(), batch.end());
        progress(shrunk.text.size(), shrunk.runs);
      }
    }
    if (!next) {
      shrunk.finished = !session.interrupted();
      break;
    }
    shrunk.text = std::move(*next);
    progress(shrunk.text.size(), shrunk.runs);
  }
  return shrunk;
}

} // namespace harness::analysis
