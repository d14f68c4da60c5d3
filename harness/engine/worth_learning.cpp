// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worth_learning.hpp"

#include "core/model/entry_name.hpp"

#include <algorithm>

namespace harness::engine {

bool worth_learning(std::string_view word, const Input& input) {
  const auto slash = word.rfind('/'); // npos + 1 is 0
  return !is_entry_name(word.substr(slash + 1)) ||
         std::none_of(input.files.begin(), input.files.end(),
                      [](const FileNode& node) { return node.entries > 0; });
}

} // namespace harness::engine
