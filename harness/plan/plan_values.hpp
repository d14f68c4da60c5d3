// How one value of a plan is read from YAML, written back, and described: one codec for each type.
// A codec reports a wrong value as UserError with its location and what to write instead. Depends
// on YamlTree and the model, not on the names of keys.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"
#include "harness/plan/yaml_tree.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace harness::plan {

/// For the reference and the JSON Schema.
struct ValueType {
  const char* name;   // "duration": as in docs/user/plan.md
  const char* schema; // a JSON Schema object
};

[[noreturn]] void reject(const YamlTree& value, const std::string& problem,
                         const std::string& remedy);
/// For a value of the wrong type: "expected a duration, found a list".
[[noreturn]] void reject_type(const YamlTree& value, const char* expected, const char* example);

/// One line of text. Numbers and true/false are taken as they are written; null is not text.
struct TextCodec {
  static constexpr ValueType type{"text", R"({"type": ["string", "number", "boolean"]})"};
  static std::string read(const YamlTree& value);
  static YamlTree write(const std::string& text) { return YamlTree::string(text); }
};

struct BooleanCodec {
  static constexpr ValueType type{"true or false", R"({"type": "boolean"})"};
  static bool read(const YamlTree& value);
  static YamlTree write(bool value) { return YamlTree::word(value ? "true" : "false"); }
};

/// "10m", "1.5s", "250ms"; a bare number is seconds.
struct DurationCodec {
  static constexpr ValueType type{
      "duration", R"({"type": ["string", "number"], "pattern": "^[0-9.]+(us|ms|s|m|min|h|d)?$"})"};
  static Duration read(const YamlTree& value);
  static YamlTree write(Duration value);
};

/// "64K", "2G" (powers of 1024), or bytes.
struct SizeCodec {
  static constexpr ValueType type{
      "size", R"({"type": ["string", "integer"], "pattern": "^[0-9]+[KMG]?$"})"};
  static std::uint64_t read(const YamlTree& value);
  static YamlTree write(std::uint64_t bytes);
};

std::int64_t read_integer(const YamlTree& value, std::int64_t low, std::uint64_t high);
double read_number(const YamlTree& value, double low, double high);
YamlTree write_number(double value);

/// A whole number from `low` to `high`.
template <typename Int, std::int64_t low = 0, std::uint64_t high = std::numeric_limits<Int>::max()>
struct IntegerCodec {
  static constexpr ValueType type{"whole number", R"({"type": "integer"})"};
  static Int read(const YamlTree& value) {
    return static_cast<Int>(read_integer(value, low, high));
  }
  static YamlTree write(Int value) { return YamlTree::word(std::to_string(value)); }
};

/// A number from low/scale to high/scale.
template <int low, int high, int scale> struct NumberCodec {
  static constexpr ValueType type{"number", R"({"type": "number"})"};
  static double read(const YamlTree& value) {
    return read_number(value, static_cast<double>(low) / scale, static_cast<double>(high) / scale);
  }
  static YamlTree write(double value) { return write_number(value); }
};

/// One of a few words.
std::size_t read_word_of(const YamlTree& value, const char* const* words, std::size_t count);

/// `Words::table` are the enumerators' names, in their order.
template <typename Enum, typename Words> struct EnumCodec {
  static constexpr ValueType type{Words::name, Words::schema};
  static Enum read(const YamlTree& value) {
    return static_cast<Enum>(read_word_of(value, Words::table.data(), Words::table.size()));
  }
  static YamlTree write(Enum value) {
    return YamlTree::word(Words::table[static_cast<std::size_t>(value)]);
  }
};

/// A list of text; a single text stands for a list of one.
struct TextListCodec {
  static constexpr ValueType type{
      "list of text",
      R"({"type": ["array", "string"], "items": {"type": ["string", "number", "boolean"]}})"};
  static std::vector<std::string> read(const YamlTree& value);
  static YamlTree write(const std::vector<std::string>& values);
};

/// A map of names to text.
struct TextMapCodec {
  static constexpr ValueType type{
      "map of text",
      R"({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}})"};
  static std::map<std::string, std::string> read(const YamlTree& value);
  static YamlTree write(const std::map<std::string, std::string>& values);
};

/// A map of names to lists of text.
struct TextListMapCodec {
  static constexpr ValueType type{
      "map of lists of text",
      R"({"type": "object", "additionalProperties": {"type": ["array", "string"]}})"};
  static std::map<std::string, std::vector<std::string>> read(const YamlTree& value);
  static YamlTree write(const std::map<std::string, std::vector<std::string>>& values);
};

/// An optional value; the only way to write "none" is to omit the key.
template <typename Codec> struct OptionalCodec {
  static constexpr ValueType type = Codec::type;
  using Value = decltype(Codec::read(std::declval<const YamlTree&>()));
  static std::optional<Value> read(const YamlTree& value) { return Codec::read(value); }
  static YamlTree write(const std::optional<Value>& value) {
    return value ? Codec::write(*value) : YamlTree{};
  }
};

/// `value` as the YAML of a list; requires that it is one.
const std::vector<YamlTree>& items_of(const YamlTree& value, const char* expected,
                                      const char* example);
const std::vector<YamlTree::Entry>& entries_of(const YamlTree& value, const char* expected,
                                               const char* example);

} // namespace harness::plan
