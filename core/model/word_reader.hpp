// WordReader: takes the words of one line one after the other. The first thing that is wrong
// sticks: later calls give defaults, so that a parser reads as a list and asks once at its end.
// Private to harness/model.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/text.hpp"

#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

class WordReader {
public:
  explicit WordReader(std::span<const std::string> words) : words_(words) {}

  bool done() const { return failed() || next_ == words_.size(); }
  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }
  void fail(std::string message) {
    if (failure_.empty()) {
      failure_ = std::move(message);
    }
  }

  /// The next word; `remedy` says what to write if there is none.
  std::string word(std::string_view what, std::string_view remedy) {
    if (failed() || next_ == words_.size()) {
      fail(fmt::format("{} is missing; write {}", what, remedy));
      return {};
    }
    return words_[next_++];
  }

  /// The next word as a number from `low` to `high`, both included.
  std::uint64_t number(std::string_view what, std::uint64_t low, std::uint64_t high) {
    return parse(what, low, high, 10);
  }
  /// The same in octal, as chmod(1) reads modes.
  std::uint32_t octal(std::string_view what, std::uint32_t high) {
    return static_cast<std::uint32_t>(parse(what, 0, high, 8));
  }
  std::int64_t signed_number(std::string_view what) {
    const std::string text = word(what, "a number");
    const auto value = parse_integer(text);
    if (!failed() && !value) {
      fail(fmt::format("{} is not a number: {}", what, shown(text)));
    }
    return value.value_or(0);
  }

  /// The next word as the position of one of `names`.
  template <typename Enumerator>
  Enumerator choice(std::string_view what, std::span<const std::string_view> names) {
    const std::string text = word(what, joined(names));
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (text == names[i]) {
        return static_cast<Enumerator>(i);
      }
    }
    fail(unknown(what, text, names));
    return {};
  }

  /// "unknown WHAT 'fil'; did you mean 'file'? write one of …".
  static std::string unknown(std::string_view what, std::string_view text,
                             std::span<const std::string_view> names) {
    const std::vector<std::string> known(names.begin(), names.end());
    const auto near = text.size() <= 40 ? nearest_word(text, known) : std::nullopt;
    return fmt::format("unknown {} {}{}; write {}", what, shown(text),
                       near ? fmt::format("; did you mean '{}'?", *near) : "", joined(names));
  }
  /// `text` as an error message quotes it, cut where it would not help any more.
  static std::string shown(std::string_view text) {
    return "'" + printable(text.substr(0, 40)) + (text.size() > 40 ? "…'" : "'");
  }

private:
  static std::string joined(std::span<const std::string_view> names) {
    return fmt::format("{}", fmt::join(names, ", "));
  }
  std::uint64_t parse(std::string_view what, std::uint64_t low, std::uint64_t high, int base) {
    const std::string form = base == 8 ? fmt::format("an octal number up to {:04o}", high)
                                       : fmt::format("a number from {} to {}", low, high);
    const std::string text = word(what, form);
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (!failed() && (text.empty() || status != std::errc{} || end != text.data() + text.size() ||
                      value < low || value > high)) {
      fail(fmt::format("{} cannot be {}; write {}", what, shown(text), form));
    }
    return failed() ? low : value;
  }

  std::span<const std::string> words_;
  std::size_t next_ = 0;
  std::string failure_;
};

} // namespace harness
