// clamp_to_limits: brings an input back within the limits of core/model/input_limits.hpp after any
// chain of changes, so that mutations do not have to respect them. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"

namespace harness::mutators {

/// All text of an input together; quoted four-fold it still fits into max_input_bytes.
constexpr std::size_t max_text_bytes = std::size_t{200} * 1024;

/// After this, check_input(input) holds, and its text form is below max_input_bytes, provided that
/// each word came from the grammar, the dictionary or this room's own draws.
void clamp_to_limits(Input& input);

} // namespace harness::mutators
