// Expander: draws text from a pattern, limited in depth, size and work. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.hpp"
#include "mutators/dictionary.hpp"
#include "mutators/names.hpp"
#include "mutators/tables.hpp"
#include "mutators/values.hpp"

#include <string>
#include <vector>

namespace harness::mutators {

class Expander {
public:
  /// Beyond this depth of rules the alternative that ends soonest is taken.
  static constexpr std::uint32_t max_depth = 24;
  /// Beyond this many bytes or pieces of one expansion holes stay empty.
  static constexpr std::size_t max_bytes = 16384;
  static constexpr std::size_t max_pieces = 4096;

  /// `tree` fills {path} holes. All are borrowed.
  Expander(const GrammarTables& tables, const Dictionary& dictionary, Random& random, TreeView tree)
      : tables_(tables), dictionary_(dictionary), random_(random), tree_(tree) {}

  /// One of the alternatives; requires that there is one.
  const Pattern& choose(const Choice& choice);
  /// Blanks of the pattern and of its rules separate words.
  std::vector<std::string> words(const Pattern& pattern);
  /// Blanks stay as they are.
  std::string text(const Pattern& pattern);

  Names& names() { return names_; }

private:
  /// What has been drawn so far.
  struct RunBuilder {
    std::vector<std::string> words;
    bool open = false; // the last word goes on
    bool joined = false;
    std::size_t bytes = 0;
    std::size_t pieces = 0;

    void add(std::string_view text);
    void blank(std::string_view text);
  };

  void expand(const Pattern& pattern, RunBuilder& builder, std::uint32_t depth);
  std::string fill(const Piece& piece);

  const GrammarTables& tables_;
  const Dictionary& dictionary_;
  Random& random_;
  TreeView tree_;
  Names names_;
};

} // namespace harness::mutators
