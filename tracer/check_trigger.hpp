// Whether a trigger can ever fire in a given executable, found out before anything runs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/phase.hpp"

#include <string>

namespace harness::tracer {

/// Looks at the file only. Errors say what is missing and name what is near: an unknown symbol or
/// system call or signal, an offset outside the code. Triggers in a named library (`MODULE!…`) are
/// checked only if the library is found where the dynamic linker would look by default.
Result<> check_trigger(const Trigger& trigger, const std::string& executable);

} // namespace harness::tracer
