// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/close_attempt.hpp"
#include "harness/store/shard_notes.hpp"

#include "core/base/user_error.hpp"
#include "harness/campaign/frozen_generator.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace harness::campaign {

namespace {

struct Part {
  const store::CampaignSnapshot* campaign = nullptr;
  store::FreshPart fresh;
  const store::AttemptRecord* drawn = nullptr; // null: not to its end
};

/// True if `campaign_state` contains all counts of `other`.
bool has(const store::CampaignState& campaign_state, const store::CampaignState& other) {
  return std::all_of(other.writers.begin(), other.writers.end(), [&](const auto& writer) {
    return campaign_state.writers.contains(writer.first);
  });
}

/// The parts that `out` lacks. Sources that are not parts are allowed only if `out` has them.
std::vector<Part> find_parts(const store::CampaignSnapshot* out,
                             const std::vector<store::CampaignSnapshot>& sources) {
  std::vector<Part> parts;
  const store::CampaignSnapshot* other = nullptr;
  for (const auto& source : sources) {
    const auto fresh = store::parts_in(source.notes);
    const std::string id = store::campaign_id(source.notes);
    if (out != nullptr && has(out->state, source.state)) {
      continue;
    }
    if (!fresh.contains(id)) {
      other = &source;
      continue;
    }
    Part part{.campaign = &source, .fresh = fresh.at(id)};
    for (const auto& [key, record] : source.state.attempts) {
      const auto state = record.attempt.state;
      if (key.first.campaign == id &&
          (record.attempt.complete() || state == stats::Attempt::State::unprovable)) {
        part.drawn = &record;
      }
    }
    parts.push_back(part);
  }
  if (!parts.empty() && other != nullptr) {
    throw UserError({},
                    fmt::format("{} is not a part of the validation that {} belongs to",
                                other->directory.path(), parts.front().campaign->directory.path()),
                    "merge the parts in one command, and other campaigns before or after it");
  }
  return parts;
}

void check_generator(const store::CampaignSnapshot* out, const FrozenGenerator& frozen,
                     const Part& part) {
  if (part.fresh.frozen == frozen.id) {
    return;
  }
  throw UserError({},
                  fmt::format("the fresh runs in {} were not made with the current state of {}",
                              part.campaign->directory.path(), out->directory.path()),
                  fmt::format("repeat them: harness validate {} --shard {}", out->directory.path(),
                              shard_text(part.fresh.shard)));
}

/// A pair outside the frozen sets in a part that reports none: an earlier try of it was killed.
bool shows_more(const Part& part, const store::CampaignState& frozen) {
  const auto& pairs = part.campaign->state.profile.pairs;
  return std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
    const auto& known = frozen.profile.pairs;
    return std::none_of(known.begin(), known.end(), [&](const auto& item) {
      return item.first.phase == pair.first.phase && item.first.call == pair.first.call;
    });
  });
}

} // namespace

std::optional<ClosedAttempt> close_attempt(const store::CampaignSnapshot* out,
                                           const std::vector<store::CampaignSnapshot>& sources,
                                           bool partial) {
  const auto parts = find_parts(out, sources);
  if (parts.empty()) {
    return std::nullopt;
  }
  if (out == nullptr) {
    throw UserError({},
                    fmt::format("{} holds fresh runs of a validation",
                                parts.front().campaign->directory.path()),
                    "merge them into the campaign that they validate: name it as OUT");
  }
  const FrozenGenerator frozen = frozen_generator_of(*out);
  const std::uint32_t count = parts.front().fresh.shard.count;
  std::map<std::uint32_t, const Part*> drawn;
  ClosedAttempt closed;
  bool more = false;
  for (const auto& part : parts) {
    const std::string& path = part.campaign->directory.path();
    check_generator(out, frozen, part);
    if (part.fresh.shard.count != count) {
      throw UserError({},
                      fmt::format("{} is part {}, but others are parts of {}", path,
                                  shard_text(part.fresh.shard), count),
                      "merge the parts of one split");
    }
    more = more || shows_more(part, out->state);
    if (part.drawn == nullptr) {
      closed.notes.push_back(
          fmt::format("{}: part {} is not finished", path, shard_text(part.fresh.shard)));
    } else if (!drawn.emplace(part.fresh.shard.index, &part).second) {
      throw UserError({},
                      fmt::format("part {} is given twice: {} and {}", shard_text(part.fresh.shard),
                                  drawn.at(part.fresh.shard.index)->campaign->directory.path(),
                                  path),
                      "name one of them: both contain the same runs");
    }
  }
  const auto missing = missing_from(drawn, count);
  if (!missing.empty() && !partial) {
    throw UserError(
        {},
        fmt::format("{} of {} parts of the validation are present and finished; missing: {}",
                    drawn.size(), count, list_of(missing)),
        fmt::format("run harness validate {} --shard {}/{}, with --resume if it has begun; "
                    "or write --partial to abandon this attempt",
                    out->directory.path(), missing.front(), count));
  }
  std::vector<stats::Attempt> attempts;
  for (const auto& [index, part] : drawn) {
    attempts.push_back(part->drawn->attempt);
    closed.record.news.insert(part->drawn->news.begin(), part->drawn->news.end());
  }
  if (attempts.empty()) {
    attempts.push_back({.number = frozen.attempt, .alpha = frozen.alpha});
  }
  stats::Attempt& attempt = closed.record.attempt = stats::join_parts(attempts);
  if (!missing.empty()) {
    attempt.planned_runs = frozen.runs;
    attempt.state = stats::Attempt::State::abandoned;
    closed.notes.push_back(fmt::format("attempt {} is abandoned: {} of {} parts are missing: {}",
                                       frozen.attempt, missing.size(), count, list_of(missing)));
  } else if (more && attempt.news == 0) {
    // The pair was seen, although not by a run that counts.
    attempt.state = stats::Attempt::State::abandoned;
    closed.notes.push_back(fmt::format(
        "attempt {} is abandoned: a part that was begun twice showed a new call the first time",
        frozen.attempt));
  }
  return closed;
}

} // namespace harness::campaign
