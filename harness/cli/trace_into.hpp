// `harness trace --into DIR`: merges the calls that the target of a campaign makes under any
// command into that campaign. The tracing itself is in trace_run.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "core/model/run_result.hpp"
#include "harness/store/campaign_recorder.hpp"

#include <string>
#include <vector>

namespace harness::cli {

class TraceInto {
public:
  /// Opens and locks the campaign in `directory`. `only` is the executable whose calls count;
  /// empty: the campaign's target. Throws UserError if the directory cannot be opened or locked.
  TraceInto(const std::string& directory, const std::string& only);

  /// The phases of the campaign.
  const std::vector<Phase>& phases() const { return plan_.phases; }
  /// The executable whose calls are merged, by the name that the tracer reports.
  const std::string& executable() const { return executable_; }

  /// Merges the result of `program` (a whole argv). Returns lines for the user about new pairs.
  Result<std::vector<std::string>> merge(const RunResult& result,
                                         const std::vector<std::string>& program);

private:
  std::vector<store::PairSighting> sightings_of(const RunResult& result, std::uint32_t executable);

  CampaignPlan plan_;
  std::string executable_;
  std::optional<store::CampaignRecorder> recorder_;
};

} // namespace harness::cli
