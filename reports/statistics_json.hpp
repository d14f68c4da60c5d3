// The parts of the JSON report about confidence: attempts, bound, estimates, curve.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/view.hpp"

#include <nlohmann/json_fwd.hpp>

namespace harness::reports {

/// {"bound": number or null, "confidence", "fresh_runs", "phases": {name: bound}}
nlohmann::ordered_json residual_risk_json(const View& view);
nlohmann::ordered_json attempts_json(const View& view);
nlohmann::ordered_json estimates_json(const View& view);
/// [{"runs", "after_s", "corpus", "pairs": {phase: number}}]
nlohmann::ordered_json curve_json(const View& view);
nlohmann::ordered_json replicates_json(const View& view);
nlohmann::ordered_json shards_json(const View& view);

} // namespace harness::reports
