// The parts of the JSON report about phases and calls.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/view.hpp"

#include <nlohmann/json_fwd.hpp>

namespace harness::reports {

/// [{"name", "runs", "syscalls": [...], "trigger", "fault_only": [...]}] in the order of phases.
nlohmann::ordered_json phases_json(const View& view);

/// What the policy allows although it was never seen: [{"phase", "call", "action", "rule",
/// "note"}].
nlohmann::ordered_json unseen_json(const View& view);

} // namespace harness::reports
