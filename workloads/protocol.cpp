// SPDX-License-Identifier: Apache-2.0
#include "workloads/protocol.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace harness::workloads {

namespace {

constexpr std::size_t longest_head =
    32;                             // type and length; of other lines only the first byte counts
constexpr std::size_t deepest = 64; // deeper nesting is taken for elements side by side

std::string join(std::span<const std::string> words, std::string_view between) {
  std::string joined;
  for (const auto& word : words) {
    if (&word != words.data()) {
      joined += between;
    }
    joined += word;
  }
  return joined;
}

} // namespace

std::string encode_command(Protocol protocol, std::span<const std::string> words) {
  switch (protocol) {
  case Protocol::none:
  case Protocol::lines:
  case Protocol::sql:
    return join(words, " ") + "\n";
  case Protocol::raw:
    return join(words, "");
  case Protocol::resp: {
    std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
    for (const auto& word : words) {
      bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
    return bytes;
  }
  }
  return {};
}

void ReplyCounter::feed(std::string_view bytes) {
  switch (protocol_) {
  case Protocol::resp:
    feed_resp(bytes);
    return;
  case Protocol::lines:
  case Protocol::sql:
    replies_ += static_cast<std::uint64_t>(std::ranges::count(bytes, '\n'));
    return;
  case Protocol::none:
  case Protocol::raw:
    replies_ += bytes.empty() ? 0 : 1;
    return;
  }
}

void ReplyCounter::feed_resp(std::string_view bytes) {
  while (!bytes.empty()) {
    if (bulk_left_ != 0) {
      const auto taken = std::min<std::uint64_t>(bulk_left_, bytes.size());
      bulk_left_ -= taken;
      bytes.remove_prefix(taken);
      if (bulk_left_ == 0) {
        element_done();
      }
      continue;
    }
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    line_ += piece.substr(0, longest_head - std::min(longest_head, line_.size()));
    if (end == std::string_view::npos) {
      return;
    }
    bytes.remove_prefix(end + 1);
    line_ended();
    line_.clear();
  }
}

void ReplyCounter::line_ended() {
  std::string_view rest = line_;
  if (rest.ends_with('\r')) {
    rest.remove_suffix(1);
  }
  const char type = rest.empty() ? '\0' : rest.front();
  last_was_error_ = open_.empty() && (type == '-' || type == '!');
  const auto count = parse_integer(rest.substr(rest.empty() ? 0 : 1));
  constexpr std::int64_t absurd = std::int64_t{1} << 40;
  const bool counted = count && *count >= 0 && *count < absurd;
  switch (type) {
  case '$':
  case '!':
  case '=':
    if (counted) {
      bulk_left_ = static_cast<std::uint64_t>(*count) + 2;
    } else {
      element_done();
    }
    return;
  case '*':
  case '~':
  case '>':
    open_aggregate(counted ? *count : 0);
    return;
  case '%':
  case '|':
    open_aggregate(counted ? 2 * *count : 0);
    return;
  default: // simple types, and whatever is not RESP
    element_done();
    return;
  }
}

void ReplyCounter::open_aggregate(std::int64_t elements) {
  if (elements == 0) {
    element_done();
  } else if (open_.size() < deepest) {
    open_.push_back(static_cast<std::uint64_t>(elements));
  } else {
    open_.back() += static_cast<std::uint64_t>(elements) - 1;
  }
}

void ReplyCounter::element_done() {
  while (!open_.empty()) {
    if (--open_.back() != 0) {
      return;
    }
    open_.pop_back();
  }
  ++replies_;
}

} // namespace harness::workloads
