// Breaking text into lines at blanks. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace harness::reports {

/// `text` in lines of at most `columns`, all but the first with `indent` blanks in front (the
/// caller has written as much before the first). Words longer than a line are not broken.
std::string wrap(std::string_view text, int columns, std::size_t indent);

} // namespace harness::reports
