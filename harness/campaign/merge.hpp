// merge: joins several campaign directories into one that has all pairs, counts and inputs of each.
// A join: any order, any grouping and any repetition give the same state.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/campaign_snapshot.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace harness::campaign {

struct MergeOptions {
  /// Merge although target or plan differ. Phases must be the same all the same.
  bool different = false;
  /// Merge although not all shards are there.
  bool partial = false;
};

struct MergeReport {
  struct Source {
    std::string path;
    std::uint64_t runs = 0;
    std::size_t pairs = 0;
    std::size_t only_here = 0; // pairs that no other source has
  };
  std::vector<Source> sources; // a campaign that was in OUT before comes first
  std::uint64_t runs = 0;
  std::size_t pairs = 0;
  std::size_t inputs = 0;
  std::vector<std::string> warnings; // differences that do not matter or were allowed
  /// That the fresh runs among the sources closed, and the sentence on what is known now.
  std::optional<stats::Attempt> attempt;
  std::string statement;
};

/// Why these two are campaigns of different things, a line each; empty: they may be merged.
std::vector<std::string> reasons_against(const store::CampaignSnapshot& a,
                                         const store::CampaignSnapshot& b);

/// Joins the campaigns in `sources` into `out`, a new directory or an existing campaign. Fresh runs
/// that were drawn from `out` (see validate.hpp) close the attempt that they belong to. Throws
/// UserError before anything is written where they can't be merged, std::runtime_error where
/// writing fails; then merging again completes what was begun.
MergeReport merge_campaigns(const std::string& out, const std::vector<std::string>& sources,
                            const MergeOptions& options);

} // namespace harness::campaign
