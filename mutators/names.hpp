// Names: the names that an input has defined so far ({new:KIND}), so that later lines can use them
// ({old:KIND}). Names that were defined on one line belong together: a column is searched first in
// the table that the same line has just named. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.hpp"
#include "mutators/tables.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace harness::mutators {

class Names {
public:
  /// Begins the next line.
  void next_line() {
    ++line_;
    last_used_line_ = 0;
  }
  void add(std::string_view kind, std::string name);
  /// A new name of `kind`, added; sometimes one that exists already.
  std::string make(const std::string& kind, Random& random);
  /// A name of `kind` that exists; the nearest thing to one if there is none.
  std::string use(const std::string& kind, Random& random);

  /// Adds the names that `line`, a line of an input, makes up according to `tables`.
  void find_in(std::string_view line, const GrammarTables& tables);

private:
  struct Made {
    std::string kind;
    std::string name;
    std::size_t line;
  };
  std::size_t count(std::string_view kind) const;
  const Made* find(std::string_view kind, std::string_view name) const;

  std::vector<Made> made_;
  std::size_t line_ = 1;
  std::size_t last_used_line_ = 0; // where the name that this line used last was made; 0 = none
};

} // namespace harness::mutators
