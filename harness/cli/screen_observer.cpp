// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/screen_observer.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "harness/cli/style.hpp"

#include <sys/ioctl.h>

namespace harness::cli {

namespace {

/// Asked anew for every picture, so that no signal is needed to follow a window that is resized.
reports::ScreenSize size_of(int terminal) {
  winsize size{};
  if (::ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {80, 24};
  }
  return {size.ws_col, size.ws_row};
}

} // namespace

void ScreenObserver::update(const reports::LiveState& state) {
  if (!open_) {
    send(painter_.begin());
    open_ = true;
  }
  const auto size = size_of(terminal_);
  send(painter_.paint(reports::live_screen(state, size, style_for(terminal_)), size));
}

void ScreenObserver::message(const std::string& text) {
  if (!open_) { // later ones are on the screen, as part of the state
    send(printable(text) + "\r\n");
  }
}

void ScreenObserver::leave() {
  if (open_) {
    send(painter_.end());
    open_ = false;
  }
}

void ScreenObserver::send(const std::string& bytes) const {
  // A terminal that went away is no reason to end a campaign.
  if (auto written = write_all(terminal_, bytes); !written) {
    return;
  }
}

} // namespace harness::cli
