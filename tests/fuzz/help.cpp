// Arbitrary bytes as a help text: never a crash, and the grammar made of it always compiles.
// SPDX-License-Identifier: Apache-2.0
#include "mutators/grammar.hpp"
#include "mutators/help_grammar.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto help = harness::mutators::read_help(text);
  // Throws, and so ends, if a template is none.
  harness::mutators::compile(
      harness::mutators::to_grammar(harness::mutators::help_grammar(help, {text.substr(0, 20)})));
  return 0;
}
