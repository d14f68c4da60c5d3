// shrink_candidates: all inputs that are one step smaller than a given one, biggest steps first:
// lists without a range of elements, parts reset to their defaults, shorter texts. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"

#include <vector>

namespace harness::analysis {

/// Each has a shorter text form than `input`; empty if nothing can be removed.
std::vector<Input> shrink_candidates(const Input& input);

} // namespace harness::analysis
