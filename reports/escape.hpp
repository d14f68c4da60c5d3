// Escapes for every format that a report is written in. Whatever bytes a target puts into names,
// arguments or output, the result is valid UTF-8, shows no control character, and keeps its place:
// one cell, one attribute, one line. Pure; must not depend on any format's writer.
#pragma once

#include <string>
#include <string_view>

namespace harness::reports {

/// Valid UTF-8 for JSON strings: bytes that are no UTF-8 become \xHH; the writer escapes the rest.
std::string json_text(std::string_view bytes);

/// One line for a person: control characters, line ends, bidirectional overrides and bytes that are
/// no UTF-8 become \xHH (of each byte).
std::string visible(std::string_view bytes);

/// As visible, but line ends and tabs stay; for blocks of text.
std::string visible_lines(std::string_view bytes);

/// visible(), safe in HTML and XML text and in attributes with double quotes.
std::string markup(std::string_view bytes);
/// visible_lines(), as above.
std::string markup_lines(std::string_view bytes);

/// visible(), safe in a cell of a Markdown table: no |, no emphasis, no link, no HTML.
std::string markdown(std::string_view bytes);
/// visible() as Markdown code that no content can leave, in a table or out of it.
std::string markdown_code(std::string_view bytes);

/// One field of RFC 4180. Fields that a spreadsheet would take for a formula get a ' in front.
std::string csv_field(std::string_view bytes);

/// The value of a Prometheus label, without its quotes: \\, \" and \n escaped.
std::string prometheus_label(std::string_view bytes);

/// `bytes` as one word of a POSIX shell command line.
std::string shell_word(std::string_view bytes);

/// JSON text with the characters that a terminal or viewer would act upon (DEL, C1, bidirectional
/// overrides, U+2028, U+2029) as \u escapes; the same value.
std::string tame_json(std::string_view json);

/// tame_json, safe inside <script type="application/json">: "<", ">" and "&" too.
std::string script_json(std::string_view json);

} // namespace harness::reports
