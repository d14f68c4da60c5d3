// Shows the live screen on a terminal. What is on the screen is decided in reports (live.hpp).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/pool/observer.hpp"
#include "reports/painter.hpp"

#include <string>

namespace harness::cli {

class ScreenObserver final : public pool::ProgressObserver {
public:
  /// `terminal` is borrowed and must be one.
  explicit ScreenObserver(int terminal) : terminal_(terminal) {}
  /// Leaves the terminal as it was, however the campaign ended.
  ~ScreenObserver() override { leave(); }
  ScreenObserver(const ScreenObserver&) = delete;
  ScreenObserver& operator=(const ScreenObserver&) = delete;

  void update(const reports::LiveState& state) override;
  void message(const std::string& text) override;
  void finished() override { leave(); }

private:
  void leave();
  void send(const std::string& bytes) const;

  int terminal_;
  reports::Painter painter_;
  bool open_ = false;
};

} // namespace harness::cli
