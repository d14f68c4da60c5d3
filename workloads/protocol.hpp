// Protocols of scripts: how a command becomes bytes, and when a reply is complete. Pure. Replies
// come from a hostile target: any bytes are accepted, with O(1) memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace harness::workloads {

/// The bytes of one `command` step.
std::string encode_command(Protocol protocol, std::span<const std::string> words);

/// Counts whole replies in a stream. For `resp` (versions 2 and 3) nested ones count once; where
/// the stream is not RESP each line counts. For `lines` and `sql` each line, for the others each
/// non-empty read.
class ReplyCounter {
public:
  explicit ReplyCounter(Protocol protocol) : protocol_(protocol) {}
  void feed(std::string_view bytes);
  std::uint64_t replies() const { return replies_; }
  /// `resp`: the last whole reply was an error; false for the others.
  bool last_was_error() const { return last_was_error_; }

private:
  void feed_resp(std::string_view bytes);
  void line_ended();
  void element_done();
  void open_aggregate(std::int64_t elements);

  Protocol protocol_;
  std::uint64_t replies_ = 0;
  bool last_was_error_ = false;
  std::string line_;                // of the element at hand, cut at a few bytes
  std::uint64_t bulk_left_ = 0;     // bytes of a bulk string to come, line end included
  std::vector<std::uint64_t> open_; // elements that the open aggregates still lack
};

} // namespace harness::workloads
