// How `harness explore` reports its progress: the live screen on a terminal, lines in a log, JSON
// lines for programs, or not at all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/pool/observer.hpp"

#include <memory>
#include <optional>
#include <string>

namespace harness::cli {

enum class Progress { automatic, screen, lines, json, quiet };

/// "auto", "screen", "lines", "json", "quiet"; nothing for any other word.
std::optional<Progress> parse_progress(const std::string& word);

/// Progress goes to standard error, so that standard output stays free for results.
/// `automatic`: the screen if standard error is a terminal, else lines.
std::unique_ptr<pool::ProgressObserver> make_observer(Progress progress);

} // namespace harness::cli
