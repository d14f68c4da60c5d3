// `harness trace --into DIR`: what any command shows of a campaign's target is merged into that
// campaign. Knows the store; the tracing itself is trace_run's.
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
  /// empty: the campaign's target. Throws UserError where that can't be.
  TraceInto(const std::string& directory, const std::string& only);

  /// The campaign's own.
  const std::vector<Phase>& phases() const { return plan_.phases; }
  /// As the tracer names it.
  const std::string& executable() const { return executable_; }

  /// Merges what `program` (a whole argv) showed. Says how many pairs were new, for a person.
  Result<std::vector<std::string>> merge(const RunResult& result,
                                         const std::vector<std::string>& program);

private:
  std::vector<store::PairSighting> sightings_of(const RunResult& result, std::uint32_t executable);

  CampaignPlan plan_;
  std::string executable_;
  std::optional<store::CampaignRecorder> recorder_;
};

} // namespace harness::cli
