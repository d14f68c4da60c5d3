// Fuzzer: libFuzzer as a library, behind an interface of bytes and features. Its source file is the
// only one that includes or links libFuzzer. Independent of targets and messages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/engine/features.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace harness::engine {

/// What libFuzzer drives. All calls come from the thread that called `fuzz`.
class FuzzTarget {
public:
  virtual ~FuzzTarget() = default;
  /// Runs one input (never empty). What it returns guides the search; nothing at all means that the
  /// input is not worth keeping. May end the process.
  virtual Features run(std::string_view text) = 0;
  /// A changed `text`, at most `longest_bytes`; may be `text` itself or something else altogether.
  virtual std::string mutate(std::string_view text, std::size_t longest_bytes,
                             std::uint64_t seed) = 0;
  virtual std::string cross(std::string_view a, std::string_view b, std::size_t longest_bytes,
                            std::uint64_t seed) = 0;
};

/// Searches until `target` ends the process. One call a process: libFuzzer's state is global. It
/// installs no signal handler, starts no thread and writes no file; its standard error stays quiet.
[[noreturn]] void fuzz(FuzzTarget& target, const PairTable& table, std::uint64_t seed);

} // namespace harness::engine
