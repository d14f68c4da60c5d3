// SPDX-License-Identifier: Apache-2.0
#include "core/base/user_error.hpp"

#include "core/base/text.hpp"
#include "core/base/text_block.hpp"

#include <fmt/format.h>

namespace harness {

std::string SourceLocation::text() const {
  if (line == 0) {
    return file;
  }
  return column == 0 ? fmt::format("{}:{}", file, line)
                     : fmt::format("{}:{}:{}", file, line, column);
}

namespace {
std::string whole_message(const SourceLocation& where, const std::string& problem,
                          const std::string& remedy) {
  // Names of files, programs and keys stand in it, whatever bytes they are made of.
  std::string text = printable(where.text());
  if (!text.empty()) {
    text += ": ";
  }
  text += printable(problem);
  if (!remedy.empty()) {
    text += "\n  " + printable_lines(remedy);
  }
  return text;
}
} // namespace

UserError::UserError(SourceLocation where, std::string problem, std::string remedy)
    : std::runtime_error(whole_message(where, problem, remedy)), where_(std::move(where)),
      problem_(std::move(problem)), remedy_(std::move(remedy)) {}

} // namespace harness
