// Makes arbitrary bytes safe for JSON: the result is valid UTF-8 and contains nothing that a
// terminal or viewer would interpret. Independent of the JSON library.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace harness {

/// Valid UTF-8 for JSON strings: bytes that are no UTF-8 become \xHH; the writer escapes the rest.
std::string json_text(std::string_view bytes);

/// JSON text with the characters that a terminal or viewer would act upon (DEL, C1, bidirectional
/// overrides, U+2028, U+2029) as \u escapes; the same value.
std::string tame_json(std::string_view json);

} // namespace harness
