// Escapes for every format that a report is written in. Whatever bytes a target puts into names,
// arguments or output, the result is valid UTF-8, contains no control character, and stays in its
// place: one cell, one attribute, one line. Pure; independent of the writers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace harness::reports {

/// printable(), safe in HTML and XML text and in attributes with double quotes.
std::string markup(std::string_view bytes);
/// printable_lines(), as above.
std::string markup_lines(std::string_view bytes);

/// printable(), safe in a cell of a Markdown table: no |, no emphasis, no link, no HTML.
std::string markdown(std::string_view bytes);
/// printable() as Markdown code that no content can leave, in a table or out of it.
std::string markdown_code(std::string_view bytes);

/// One field of RFC 4180. Fields that a spreadsheet would take for a formula get a ' in front.
std::string csv_field(std::string_view bytes);

/// The value of a Prometheus label, without its quotes: \\, \" and \n escaped.
std::string prometheus_label(std::string_view bytes);

/// `bytes` as one word of a POSIX shell command line; the form $'…' (POSIX 2024) only where a
/// terminal would act upon the bytes themselves.
std::string shell_word(std::string_view bytes);

/// tame_json, safe inside <script type="application/json">: "<", ">" and "&" too.
std::string script_json(std::string_view json);

} // namespace harness::reports
