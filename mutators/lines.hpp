// From drawn words to parts of an input that have a syntax of their own. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"

#include <string>
#include <vector>

namespace harness::mutators {

/// A node line of a grammar: as in the text form of inputs, checked.
Result<FileNode> node_from_words(const std::vector<std::string>& words);

/// A script line of a grammar: `[@CLIENT] WORD...` is a command, `[@CLIENT] @KIND ...` any step.
Result<Step> step_from_words(const std::vector<std::string>& words);

} // namespace harness::mutators
