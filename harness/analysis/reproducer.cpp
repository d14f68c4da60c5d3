// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/reproducer.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "core/model/read_input.hpp"
#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace harness::analysis {

namespace {

constexpr std::size_t shortest_hash = 4;

bool is_hash(const std::string& what) {
  return what.size() >= shortest_hash && what.size() <= 16 &&
         what.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Hashes of saved inputs and of failures that begin with `prefix`.
std::vector<std::string> hashes_like(const store::CampaignSnapshot& campaign,
                                     const std::string& prefix) {
  std::vector<std::string> found;
  for (const auto& [hash, record] : campaign.state.inputs) {
    if (hash.starts_with(prefix)) {
      found.push_back(hash);
    }
  }
  for (const auto& [bucket, failure] : campaign.state.failures) {
    for (const auto& hash : campaign.directory.failure_inputs(bucket)) {
      if (hash.starts_with(prefix)) {
        found.push_back(hash);
      }
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

Reproducer reproducer_of(const store::CampaignSnapshot& campaign, const std::string& hash) {
  auto text = campaign.directory.input(hash);
  if (!text) {
    throw UserError({}, text.error().message, "");
  }
  return {hash, std::move(*text), std::nullopt};
}

/// The smallest saved input whose run showed the pair; "" if none did.
std::string smallest_input(const store::CampaignState& state, const WantedPair& pair) {
  std::pair<std::uint64_t, std::string> smallest{UINT64_MAX, ""};
  for (const auto& [hash, record] : state.inputs) {
    for (const auto& [phase, calls] : record.pairs) {
      if ((pair.phase.empty() || phase == pair.phase) && calls.contains(pair.call)) {
        smallest = std::min(smallest, {record.bytes, hash});
      }
    }
  }
  return smallest.second;
}

std::string first_input(const store::CampaignState& state, const WantedPair& pair) {
  for (const auto& [key, record] : state.profile.pairs) {
    if ((pair.phase.empty() || key.phase == pair.phase) && key.call == pair.call) {
      return record.first.input;
    }
  }
  return "";
}

} // namespace

std::string WantedPair::text() const {
  return phase.empty() ? qualified_name(call) : phase + ":" + qualified_name(call);
}

std::optional<WantedPair> known_pair(const store::CampaignSnapshot& campaign,
                                     const std::string& what) {
  for (const auto& [key, record] : campaign.state.profile.pairs) {
    const WantedPair pair{key.phase, key.call};
    if (what == pair.text()) {
      return pair;
    }
    if (what == qualified_name(key.call)) {
      return WantedPair{"", key.call};
    }
  }
  return std::nullopt;
}

WantedPair find_pair(const store::CampaignSnapshot& campaign, const std::string& what) {
  if (auto pair = known_pair(campaign, what)) {
    return *std::move(pair);
  }
  std::vector<std::string> known;
  for (const auto& [key, record] : campaign.state.profile.pairs) {
    known.push_back(WantedPair{key.phase, key.call}.text());
    known.push_back(qualified_name(key.call));
  }
  const auto near = nearest_word(what, known);
  throw UserError({},
                  fmt::format("{} is neither an input nor a pair of {}", quote_if_needed(what),
                              campaign.directory.path()),
                  near ? fmt::format("did you mean {}?", *near)
                       : "name an input by its hash or file, or a pair as PHASE:CALL");
}

Reproducer find_reproducer(const store::CampaignSnapshot& campaign, const std::string& what) {
  if (is_hash(what)) {
    const auto hashes = hashes_like(campaign, what);
    if (hashes.size() == 1) {
      return reproducer_of(campaign, hashes.front());
    }
    if (hashes.size() > 1) {
      throw UserError({}, fmt::format("{} inputs begin with {}", hashes.size(), what),
                      "add digits: " + hashes[0] + " or " + hashes[1]);
    }
  }
  if (what.find('/') != std::string::npos || std::filesystem::is_regular_file(what)) {
    const auto bytes = read_file(what, max_input_bytes + 1);
    if (!bytes) {
      throw UserError({.file = what}, bytes.error().message,
                      "make the file readable, or name another input");
    }
    std::string text = serialize_input(read_input(*bytes, what));
    std::string hash = input_hash(text);
    return {std::move(hash), std::move(text), std::nullopt};
  }
  const WantedPair pair = find_pair(campaign, what);
  std::string hash = smallest_input(campaign.state, pair);
  Reproducer reproducer =
      reproducer_of(campaign, hash.empty() ? first_input(campaign.state, pair) : hash);
  reproducer.pair = pair;
  return reproducer;
}

bool shows(const RunResult& result, const WantedPair& pair,
           const std::vector<std::string>& phases) {
  return std::any_of(result.sightings.begin(), result.sightings.end(), [&](const auto& seen) {
    return seen.call == pair.call &&
           (pair.phase.empty() || (seen.phase < phases.size() && phases[seen.phase] == pair.phase));
  });
}

} // namespace harness::analysis
