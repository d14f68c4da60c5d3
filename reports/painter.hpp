// Painter: turns successive screens into the shortest output for a terminal, without flicker:
// synchronized updates (DEC mode 2026, ignored where unknown), changed lines only, hidden cursor.
// Pure except for its memory of the last screen; writes nothing itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/live.hpp"

#include <string>
#include <vector>

namespace harness::reports {

class Painter {
public:
  /// Bytes that enter the alternate screen and hide the cursor.
  std::string begin();
  /// Bytes that bring the terminal from the last screen to this one; empty if nothing changed.
  /// A new size paints everything.
  std::string paint(const std::vector<std::string>& lines, ScreenSize size);
  /// Bytes that leave the terminal as it was; safe to send more than once.
  std::string end();

private:
  std::vector<std::string> last_;
  ScreenSize size_{0, 0};
};

} // namespace harness::reports
