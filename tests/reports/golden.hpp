// Comparing a text with the one that was looked at and checked in (tests/reports/golden).
// HARNESS_UPDATE_GOLDEN=1 writes the new texts there; look at the difference before committing it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/tame.hpp"

#include <string>

namespace harness::test {

/// Fails with the first line that differs.
void check_golden(const std::string& name, const std::string& text);

/// The whole file; fails the test if there is none.
std::string read_text(const std::string& path);

} // namespace harness::test
