// SPDX-License-Identifier: Apache-2.0
#include "mutators/names.hpp"

#include <algorithm>
#include <cctype>

namespace harness::mutators {

namespace {

/// More are not remembered: a line uses one or two of them.
constexpr std::size_t max_names = 256;

bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

/// Where `wanted` begins in `text` at or after `from`; npos if nowhere.
std::size_t find_ignoring_case(std::string_view text, std::string_view wanted, std::size_t from) {
  for (; from + wanted.size() <= text.size(); ++from) {
    if (same_ignoring_case(text.substr(from, wanted.size()), wanted)) {
      return from;
    }
  }
  return std::string_view::npos;
}

std::string_view name_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && (in_name(text[end]) || text[end] == '.' || text[end] == ':')) {
    ++end;
  }
  return text.substr(at, end - at);
}

/// Reads `line` along `pattern`: literals must follow in order, holes take what is between. Reports
/// what stands where names are made up or used, as far as the line follows the pattern.
template <typename Report>
void read_along(const Pattern& pattern, std::string_view line, Report report) {
  std::size_t at = 0;
  bool after_hole = false;
  for (const Piece& piece : pattern.pieces) {
    if (piece.kind == Piece::Kind::text || piece.kind == Piece::Kind::blank) {
      const std::size_t found = after_hole ? find_ignoring_case(line, piece.text, at) : at;
      if (found == std::string_view::npos || found > line.size() ||
          !same_ignoring_case(line.substr(found, piece.text.size()), piece.text)) {
        return;
      }
      at = found + piece.text.size();
      after_hole = false;
    } else if (!after_hole &&
               (piece.kind == Piece::Kind::new_name || piece.kind == Piece::Kind::old_name)) {
      const std::string_view name = name_at(line, at);
      if (!name.empty()) {
        report(piece, name);
      }
      at += name.size();
    } else {
      after_hole = true;
    }
  }
}

} // namespace

std::size_t Names::count(std::string_view kind) const {
  return static_cast<std::size_t>(std::count_if(
      made_.begin(), made_.end(), [&](const Made& made) { return made.kind == kind; }));
}

const Names::Made* Names::find(std::string_view kind, std::string_view name) const {
  const auto found = std::find_if(made_.begin(), made_.end(), [&](const Made& made) {
    return made.kind == kind && made.name == name;
  });
  return found == made_.end() ? nullptr : &*found;
}

void Names::add(std::string_view kind, std::string name) {
  if (find(kind, name) == nullptr && made_.size() < max_names) {
    // Made in the company of an older name: it belongs to that one's line.
    if (last_used_line_ == 0) {
      last_used_line_ = line_;
    }
    made_.push_back({std::string(kind), std::move(name), last_used_line_});
  }
}

std::string Names::make(const std::string& kind, Random& random) {
  const std::size_t existing = count(kind);
  if (existing > 0 && random.chance(1, 12)) {
    return use(kind, random); // made twice: programs treat that as a case of its own
  }
  std::string name = kind + std::to_string(existing + 1);
  add(kind, name);
  return name;
}

std::string Names::use(const std::string& kind, Random& random) {
  std::vector<const Made*> all;
  std::vector<const Made*> together;
  for (const Made& made : made_) {
    if (made.kind == kind) {
      all.push_back(&made);
      if (made.line == last_used_line_) {
        together.push_back(&made);
      }
    }
  }
  if (all.empty() || random.chance(1, 40)) {
    return kind + std::to_string(1 + random.below(4)); // perhaps made later, perhaps never
  }
  const auto& from = together.empty() || random.chance(1, 8) ? all : together;
  const Made& chosen = *from[random.below(from.size())];
  last_used_line_ = chosen.line;
  return chosen.name;
}

void Names::find_in(std::string_view line, const GrammarTables& tables) {
  for (const Pattern& pattern : tables.naming) {
    last_used_line_ = 0;
    read_along(pattern, line, [&](const Piece& piece, std::string_view name) {
      if (piece.kind == Piece::Kind::new_name) {
        add(piece.text, std::string(name));
      } else if (const Made* known = find(piece.text, name); known != nullptr) {
        last_used_line_ = known->line;
      }
    });
  }
  // Names of our own making: the kind and a number.
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (!in_name(line[at]) || (at > 0 && in_name(line[at - 1]))) {
      continue;
    }
    for (const std::string& kind : tables.name_kinds) {
      if (line.compare(at, kind.size(), kind) != 0) {
        continue;
      }
      std::size_t end = at + kind.size();
      while (end < line.size() && std::isdigit(static_cast<unsigned char>(line[end])) != 0) {
        ++end;
      }
      if (end > at + kind.size() && (end == line.size() || !in_name(line[end]))) {
        add(kind, std::string(line.substr(at, end - at)));
      }
    }
  }
}

} // namespace harness::mutators
