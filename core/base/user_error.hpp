// UserError: a mistake in what the user wrote (plan, seed, dictionary, command line), with its
// place and what to write instead. Thrown where the mistake is found, caught once in `main` (exit
// 64).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace harness {

/// A place in a text file; lines and columns count from 1, 0 means not known.
struct SourceLocation {
  std::string file;
  int line = 0;
  int column = 0;

  /// "file:line:column", without the parts that are not known; empty if nothing is.
  std::string text() const;
  friend bool operator==(const SourceLocation&, const SourceLocation&) = default;
};

class UserError : public std::runtime_error {
public:
  /// `problem` says what is wrong, `remedy` what to write instead (may be empty).
  UserError(SourceLocation where, std::string problem, std::string remedy);

  const SourceLocation& where() const { return where_; }
  const std::string& problem() const { return problem_; }
  const std::string& remedy() const { return remedy_; }

private:
  SourceLocation where_;
  std::string problem_;
  std::string remedy_;
};

} // namespace harness
