// Arbitrary bytes as quoted words, numbers, durations and dictionary files: never a crash.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "mutators/dictionary.hpp"

#include <cstdlib>

using namespace harness;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto word = read_word(quote(text));
  if (!word || word->value != text) {
    std::abort();
  }
  (void)split_words(text);
  (void)parse_integer(text);
  (void)parse_duration(text);
  (void)parse_size_bytes(text);
  if (!is_utf8(printable(text))) {
    std::abort();
  }
  try {
    (void)mutators::parse_dictionary(text, "words");
  } catch (const UserError&) {
  }
  return 0;
}
