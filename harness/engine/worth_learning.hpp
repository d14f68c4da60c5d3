// Which strings of a run are worth a place in the dictionary. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"

#include <string_view>

namespace harness::engine {

/// Not so the thousands of numbered files (`directory d entries 4000`) that the input itself put
/// there: they would fill the dictionary, and how many a target got to see before a signal reached
/// it is chance.
bool worth_learning(std::string_view word, const Input& input);

} // namespace harness::engine
