#include "harness/engine/worth_learning.hpp"

#include <algorithm>

namespace harness::engine {

namespace {

/// "e0000", "e0001", …: the names that file trees give to `entries`.
bool is_entry_name(std::string_view name) {
  constexpr std::size_t shortest = 5;
  return name.size() >= shortest && name.front() == 'e' &&
         std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

bool worth_learning(std::string_view word, const Input& input) {
  const auto slash = word.rfind('/'); // npos + 1 is 0
  return !is_entry_name(word.substr(slash + 1)) ||
         std::none_of(input.files.begin(), input.files.end(),
                      [](const FileNode& node) { return node.entries > 0; });
}

} // namespace harness::engine
