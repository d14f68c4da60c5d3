// YamlTree: YAML as a plain value with the location of every part, limited in size and depth.
// yaml_tree.cpp is the only file that uses yaml-cpp. Independent of plans.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/user_error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harness::plan {

struct YamlTree {
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  std::string text;   // scalar
  bool plain = false; // scalar without quotes: may be a number, true or false
  std::vector<YamlTree> items;
  std::vector<Entry> entries; // map, in the order of the file, no two keys alike
  SourceLocation where;

  /// The value of `key`, or null if this is not a map or has no such key.
  const YamlTree* find(std::string_view key) const;

  static YamlTree string(std::string text);
  /// A number, true, false, or a word that needs no quotes.
  static YamlTree word(std::string text);
  static YamlTree list(std::vector<YamlTree> items = {});
  static YamlTree map(std::vector<Entry> entries = {});
};

struct YamlTree::Entry {
  std::string key;
  YamlTree value;
  SourceLocation where; // of the key
};

/// What a person calls it: "a list", "a map", "nothing", "text".
std::string_view name_of(YamlTree::Kind kind);

constexpr std::size_t max_yaml_bytes = std::size_t{1} << 20;
constexpr std::size_t max_yaml_parts = 100'000; // aliases count as what they stand for
constexpr std::size_t max_yaml_depth = 32;

/// The one document in `text`. Throws UserError with the place in `file` for bad syntax, duplicate
/// keys, keys that are not text, unknown or recursive aliases, and beyond the limits above.
YamlTree parse_yaml(std::string_view text, const std::string& file);

/// Block-style YAML; parse_yaml gives an equal tree (but for places) if all text is valid UTF-8.
std::string write_yaml(const YamlTree& tree);

} // namespace harness::plan
