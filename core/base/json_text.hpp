// What JSON needs so that any bytes may stand in it: valid UTF-8, and nothing that a terminal or
// viewer would act upon. Knows no writer of JSON.
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
