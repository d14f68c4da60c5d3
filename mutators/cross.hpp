// Crossover: combines parts of two inputs into one. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mutators/context.hpp"

namespace harness::mutators {

/// Each list of one, of the other, or the beginning of one with the end of the other. To be
/// settled.
Input cross_inputs(const Input& a, const Input& b, Random& random);

} // namespace harness::mutators
