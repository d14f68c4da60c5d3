// Writes one of the synthetic reports to standard output, for a look and for measurements:
//   render example|empty|hostile|large FORMAT
// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"
#include "tests/reports/example.hpp"

#include <iostream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: render example|empty|hostile|large FORMAT\n";
    return 64;
  }
  const std::string which = argv[1];
  const auto summary = which == "empty"     ? harness::test::empty_summary()
                       : which == "hostile" ? harness::test::hostile_summary()
                       : which == "large"   ? harness::test::large_summary(400, 1'000'000)
                                            : harness::test::example_summary();
  const auto* format = harness::reports::find_format(argv[2]);
  if (format == nullptr) {
    std::cerr << "no such format: " << argv[2] << "\n";
    return 64;
  }
  std::cout << format->render(summary);
  return 0;
}
