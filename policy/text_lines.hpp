// Shared parts of line-based formats: comments with reasons, and tables that collect what is read.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/bpf/filter_spec.hpp"
#include "core/model/policy.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness::policy {

/// `text` as one line of a comment that runs to the end of its line.
std::string comment_line(std::string_view text);
/// `text` as it may stand within /* */.
std::string c_comment(std::string text);
/// `bytes` as a string literal of C.
std::string c_string(std::string_view bytes);

/// The header's lines, each behind `mark` ("# ", "// ").
std::string header_comment(const Policy& policy, std::size_t phase, std::string_view mark);

/// One comment line a call: "# openat: observed in startup, 12 runs, input 9f31".
std::string reasons_comment(const Policy& policy, std::size_t phase, std::string_view mark);

/// `words` joined by `separator` in lines of at most `width` columns, each behind `prefix`.
std::string wrapped(const std::vector<std::string>& words, std::string_view prefix,
                    std::string_view separator, std::size_t width = 100);

/// Names of the calls of the phase that run whatever their arguments.
std::vector<std::string> unconditional_names(const Policy& policy, std::size_t phase);

/// The lines of `text` that are neither empty nor a comment, trimmed.
std::vector<std::string> meaningful_lines(std::string_view text, std::string_view comment);

/// "ENOSYS" or "EPERM" for the two actions that are errors; empty for any other.
std::string_view errno_name(Action action);
/// The verdict of such a name; nothing for any other word.
std::optional<bpf::Verdict> verdict_of_errno(std::string_view name);

/// A table for x86_64 or `native` where everything not listed gets `otherwise`.
bpf::FilterSpec native_spec(AuditArch native, bpf::Verdict otherwise, bpf::Verdict foreign);

} // namespace harness::policy
