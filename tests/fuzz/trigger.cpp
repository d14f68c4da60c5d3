// Arbitrary bytes as the text of a phase: never a crash, and what is understood survives.
// SPDX-License-Identifier: Apache-2.0
#include "core/model/phase.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto trigger = harness::parse_trigger(text)) {
    const auto again = harness::parse_trigger(harness::trigger_text(*trigger));
    if (!again || !(*again == *trigger)) {
      std::abort();
    }
  }
  (void)harness::parse_phase(text);
  return 0;
}
