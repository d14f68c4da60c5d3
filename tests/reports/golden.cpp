// SPDX-License-Identifier: Apache-2.0
#include "tests/reports/golden.hpp"

#include "core/base/text.hpp"
#include "tests/support/process.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <sstream>

namespace harness::test {

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), "cannot read " << path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = source_root() + "/tests/reports/golden/" + name;
  const char* update = std::getenv("HARNESS_UPDATE_GOLDEN");
  if (update != nullptr && *update != '\0') {
    std::ofstream(path, std::ios::binary) << text;
    MESSAGE("wrote " << path);
    return;
  }
  const auto wanted = split(read_text(path), '\n');
  const auto got = split(text, '\n');
  for (std::size_t i = 0; i < std::min(wanted.size(), got.size()); ++i) {
    REQUIRE_MESSAGE(wanted[i] == got[i], name << " line " << i + 1 << "\nwanted: " << wanted[i]
                                              << "\ngot:    " << got[i]
                                              << "\n(HARNESS_UPDATE_GOLDEN=1 rewrites it)");
  }
  CHECK_MESSAGE(wanted.size() == got.size(), name << " has another number of lines");
}

} // namespace harness::test
