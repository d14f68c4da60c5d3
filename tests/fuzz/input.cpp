// Arbitrary bytes as the text form of an input: never a crash, and what is understood survives.
// SPDX-License-Identifier: Apache-2.0
#include "core/model/input.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto input = harness::parse_input({reinterpret_cast<const char*>(data), size});
  if (input) {
    const auto again = harness::parse_input(harness::serialize_input(*input));
    // Escaping may make a text that is just short enough too long; nothing else may go wrong.
    if (again ? !(*again == *input) : size < harness::max_input_bytes / 8) {
      std::abort();
    }
  }
  return 0;
}
