// What tests ask of texts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace harness::test {

/// Whether a part is in a text; a failed check prints both.
struct Containment {
  std::string text;
  std::string part;
  operator bool() const { return text.find(part) != std::string::npos; } // NOLINT: used as one
  friend std::ostream& operator<<(std::ostream& out, const Containment& one) {
    return out << '"' << one.part << (one ? "\" is in: " : "\" is not in: ") << one.text;
  }
};

inline Containment contains(std::string text, std::string part) {
  return {std::move(text), std::move(part)};
}

} // namespace harness::test
