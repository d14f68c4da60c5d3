// Shared parts of the JSON writers of this module. The heavy JSON header stays in source files.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

namespace harness::reports {

/// [{"module": …, "offset_bytes": …, "symbol": …}], innermost first.
nlohmann::ordered_json backtrace_json(std::span<const CodeLocation> backtrace);

/// Strings as valid UTF-8.
nlohmann::ordered_json text_array(std::span<const std::string> texts);

/// A number with at most `digits` after the point, so that 412.7 is not 412.69999999999999.
double rounded(double value, int digits);

} // namespace harness::reports
