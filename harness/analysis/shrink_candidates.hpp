// Simpler: all inputs that are one step simpler than a given one, biggest steps first: lists
// without a stretch of elements, parts back at their defaults, shorter texts. Pure.
#pragma once

#include "core/model/input.hpp"

#include <vector>

namespace harness::analysis {

/// Each has a shorter text form than `input`; none for an input that is as simple as can be.
std::vector<Input> shrink_candidates(const Input& input);

} // namespace harness::analysis
