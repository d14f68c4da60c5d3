// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan_values.hpp"

#include "core/base/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace harness::plan {

using Kind = YamlTree::Kind;

void reject(const YamlTree& value, const std::string& problem, const std::string& remedy) {
  throw UserError(value.where, problem, remedy);
}

void reject_type(const YamlTree& value, const char* expected, const char* example) {
  const std::string found = value.kind == Kind::scalar ? quote_if_needed(value.text.substr(0, 80))
                                                       : std::string(name_of(value.kind));
  reject(value, fmt::format("expected {}, found {}", expected, found),
         fmt::format("write for example {}", example));
}

std::string TextCodec::read(const YamlTree& value) {
  if (value.kind != Kind::scalar) {
    reject_type(value, "text", value.kind == Kind::null ? "\"\" for empty text" : "\"some text\"");
  }
  if (value.text.find('\0') != std::string::npos) {
    reject(value, "a NUL byte cannot be passed to a program", "remove it");
  }
  return value.text;
}

bool BooleanCodec::read(const YamlTree& value) {
  if (value.kind == Kind::scalar && value.plain) {
    if (value.text == "true" || value.text == "false") {
      return value.text == "true";
    }
  }
  reject_type(value, "true or false", "true");
}

Duration DurationCodec::read(const YamlTree& value) {
  const auto duration = value.kind == Kind::scalar ? parse_duration(value.text) : std::nullopt;
  if (!duration) {
    reject_type(value, "a duration", "250ms, 10s, 5m or 2h");
  }
  return *duration;
}

YamlTree DurationCodec::write(Duration value) {
  constexpr std::array<std::pair<std::int64_t, const char*>, 4> units = {
      {{3'600'000'000'000, "h"}, {60'000'000'000, "m"}, {1'000'000'000, "s"}, {1'000'000, "ms"}}};
  for (const auto& [nanoseconds, unit] : units) {
    if (value.count() != 0 && value.count() % nanoseconds == 0) {
      return YamlTree::word(fmt::format("{}{}", value.count() / nanoseconds, unit));
    }
  }
  return YamlTree::word(fmt::format("{}us", value.count() / 1000));
}

std::uint64_t SizeCodec::read(const YamlTree& value) {
  const auto bytes = value.kind == Kind::scalar ? parse_size_bytes(value.text) : std::nullopt;
  if (!bytes) {
    reject_type(value, "a size", "512K, 16M or 2G");
  }
  return *bytes;
}

YamlTree SizeCodec::write(std::uint64_t bytes) {
  constexpr std::array units = {"", "K", "M", "G"};
  std::size_t unit = 0;
  while (unit + 1 < units.size() && bytes != 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return YamlTree::word(fmt::format("{}{}", bytes, units[unit]));
}

std::int64_t read_integer(const YamlTree& value, std::int64_t low, std::uint64_t high) {
  const bool number = value.kind == Kind::scalar && value.plain;
  std::uint64_t bits = 0;
  const auto* begin = value.text.data();
  const auto* end = begin + value.text.size();
  // Seeds use all 64 bits; parse_integer is signed and also accepts hexadecimal.
  if (const auto [last, status] = std::from_chars(begin, end, bits);
      number && status == std::errc{} && last == end) {
    if (bits > high || (low > 0 && bits < static_cast<std::uint64_t>(low))) {
      reject(value, fmt::format("{} is out of range", value.text),
             fmt::format("write a whole number from {} to {}", low, high));
    }
    return static_cast<std::int64_t>(bits);
  }
  const auto parsed = number ? parse_integer(value.text) : std::nullopt;
  if (!parsed) {
    reject_type(value, "a whole number", std::to_string(low > 0 ? low : 10).c_str());
  }
  if (*parsed < low || (*parsed > 0 && static_cast<std::uint64_t>(*parsed) > high)) {
    reject(value, fmt::format("{} is out of range", value.text),
           fmt::format("write a whole number from {} to {}", low, high));
  }
  return *parsed;
}

double read_number(const YamlTree& value, double low, double high) {
  double number = 0;
  const auto* end = value.text.data() + value.text.size();
  const auto [last, status] = std::from_chars(value.text.data(), end, number);
  if (value.kind != Kind::scalar || !value.plain || status != std::errc{} || last != end ||
      !std::isfinite(number)) {
    reject_type(value, "a number", fmt::format("{}", high).c_str());
  }
  if (number < low || number > high) {
    reject(value, fmt::format("{} is out of range", value.text),
           fmt::format("write a number from {} to {}", low, high));
  }
  return number;
}

YamlTree write_number(double value) {
  return YamlTree::word(fmt::format("{}", value));
}

std::size_t read_word_of(const YamlTree& value, const char* const* words, std::size_t count) {
  const std::vector<std::string> known(words, words + count);
  if (value.kind != Kind::scalar) {
    reject_type(value, "a word", known.front().c_str());
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (value.text == words[i]) {
      return i;
    }
  }
  const auto near = nearest_word(value.text, known);
  reject(value, fmt::format("unknown value {}", quote_if_needed(value.text)),
         near ? fmt::format("did you mean {}? Possible values: {}", *near, fmt::join(known, ", "))
              : fmt::format("write one of: {}", fmt::join(known, ", ")));
}

std::vector<std::string> TextListCodec::read(const YamlTree& value) {
  if (value.kind == Kind::scalar) {
    return {TextCodec::read(value)};
  }
  std::vector<std::string> texts;
  for (const auto& item : items_of(value, "a list of text", "[one, two]")) {
    texts.push_back(TextCodec::read(item));
  }
  return texts;
}

YamlTree TextListCodec::write(const std::vector<std::string>& values) {
  YamlTree tree = YamlTree::list();
  for (const auto& value : values) {
    tree.items.push_back(YamlTree::string(value));
  }
  return tree;
}

std::map<std::string, std::string> TextMapCodec::read(const YamlTree& value) {
  std::map<std::string, std::string> texts;
  for (const auto& entry : entries_of(value, "a map of names to text", "{LANG: C.UTF-8}")) {
    texts[entry.key] = TextCodec::read(entry.value);
  }
  return texts;
}

YamlTree TextMapCodec::write(const std::map<std::string, std::string>& values) {
  YamlTree tree = YamlTree::map();
  for (const auto& [name, value] : values) {
    tree.entries.push_back({name, YamlTree::string(value), {}});
  }
  return tree;
}

std::map<std::string, std::vector<std::string>> TextListMapCodec::read(const YamlTree& value) {
  std::map<std::string, std::vector<std::string>> lists;
  for (const auto& entry :
       entries_of(value, "a map of names to lists", "{reader: [/usr/bin/cat, pipe]}")) {
    lists[entry.key] = TextListCodec::read(entry.value);
  }
  return lists;
}

YamlTree TextListMapCodec::write(const std::map<std::string, std::vector<std::string>>& values) {
  YamlTree tree = YamlTree::map();
  for (const auto& [name, list] : values) {
    tree.entries.push_back({name, TextListCodec::write(list), {}});
  }
  return tree;
}

const std::vector<YamlTree>& items_of(const YamlTree& value, const char* expected,
                                      const char* example) {
  if (value.kind != Kind::list) {
    reject_type(value, expected, example);
  }
  return value.items;
}

const std::vector<YamlTree::Entry>& entries_of(const YamlTree& value, const char* expected,
                                               const char* example) {
  if (value.kind != Kind::map) {
    reject_type(value, expected, example);
  }
  return value.entries;
}

} // namespace harness::plan
