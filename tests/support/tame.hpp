// What must be true of every text of ours that holds other people's names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace harness::test {

/// True if `text` is valid UTF-8 without control characters other than line ends and tabs, and
/// without bidirectional overrides.
bool is_tame(const std::string& text);

} // namespace harness::test
