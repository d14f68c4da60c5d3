// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/style.hpp"

#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace harness::cli {

namespace {

const char* first_set(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
      return value;
    }
  }
  return nullptr;
}

} // namespace

reports::Style style_for(int fd) {
  reports::TerminalFacts facts;
  facts.is_terminal = ::isatty(fd) == 1;
  winsize size{};
  if (facts.is_terminal && ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    facts.columns = size.ws_col;
  }
  facts.no_color = std::getenv("NO_COLOR");
  facts.force_color = std::getenv("CLICOLOR_FORCE");
  facts.term = std::getenv("TERM");
  facts.locale = first_set({"LC_ALL", "LC_CTYPE", "LANG"});
  return reports::style_of(facts);
}

} // namespace harness::cli
