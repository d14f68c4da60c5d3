// Random inputs for property tests: every field takes every kind of value that input.hpp allows.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.hpp"
#include "core/model/input.hpp"

namespace harness::test {

/// Obeys check_input; mostly small, so that a failure can be read.
Input random_input(Random& random);

/// At most `most` bytes, of a kind that is likely to break a text form.
std::string random_text(Random& random, std::size_t most);

} // namespace harness::test
