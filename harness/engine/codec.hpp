// Codec: values to bytes and back, from one description of their fields, so that both directions
// always agree. Independent of the messages. Arbitrary bytes make a Decoder fail, never crash.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace harness::engine {

/// `T` is `U`, const or not: lets one `fields` describe reading and writing.
template <typename T, typename U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

/// Highest enumerator of an enumeration that is sent; each has a specialization.
template <typename E> constexpr std::uint64_t last_enumerator = 0;

template <typename T> struct IsDuration : std::false_type {};
template <typename R, typename P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type {};

/// Appends values: integers as LEB128 (signed ones zigzag), texts and lists with their length.
class Encoder {
public:
  template <typename... T> void operator()(const T&... values) { (put(values), ...); }
  std::string take() { return std::move(out_); }

private:
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out_ += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    out_ += static_cast<char>(value);
  }

  template <typename T> void put(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      number(static_cast<std::uint64_t>(value));
    } else if constexpr (std::unsigned_integral<T>) {
      number(value);
    } else if constexpr (std::signed_integral<T>) {
      const auto wide = static_cast<std::int64_t>(value);
      number((static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63));
    } else if constexpr (std::floating_point<T>) {
      number(std::bit_cast<std::uint64_t>(static_cast<double>(value)));
    } else if constexpr (IsDuration<T>::value) {
      put(static_cast<std::int64_t>(value.count()));
    } else {
      fields(*this, value);
    }
  }
  void put(const std::string& text) {
    number(text.size());
    out_ += text;
  }
  template <typename T> void put(const std::vector<T>& list) {
    number(list.size());
    for (const auto& element : list) {
      put(element);
    }
  }
  template <typename A, typename B> void put(const std::pair<A, B>& pair) {
    put(pair.first);
    put(pair.second);
  }
  template <typename T> void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) {
      put(*value);
    }
  }

  std::string out_;
};

/// Reads what an Encoder wrote. After the first mistake every value reads as empty and ok() is
/// false.
class Decoder {
public:
  explicit Decoder(std::string_view in) : in_(in) {}
  template <typename... T> void operator()(T&... values) { (get(values), ...); }
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && in_.empty(); }
  void fail() {
    ok_ = false;
    in_ = {};
  }

private:
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) {
        break;
      }
      const auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) {
        return value;
      }
    }
    fail();
    return 0;
  }

  template <typename T> void get(T& value) {
    if constexpr (std::same_as<T, bool>) {
      value = checked(1) != 0;
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(checked(last_enumerator<T>));
    } else if constexpr (std::unsigned_integral<T>) {
      value = static_cast<T>(checked(static_cast<T>(-1)));
    } else if constexpr (std::signed_integral<T>) {
      const std::uint64_t raw = number();
      const auto wide = static_cast<std::int64_t>((raw >> 1) ^ (~(raw & 1) + 1));
      value = static_cast<T>(wide);
      if (value != wide) {
        fail();
      }
    } else if constexpr (std::floating_point<T>) {
      value = std::bit_cast<double>(number());
    } else if constexpr (IsDuration<T>::value) {
      std::int64_t count = 0;
      get(count);
      value = T(count);
    } else {
      fields(*this, value);
    }
  }
  void get(std::string& text) {
    const std::uint64_t length = number();
    if (length > in_.size()) {
      fail();
      return;
    }
    text.assign(in_.substr(0, length));
    in_.remove_prefix(length);
  }
  template <typename T> void get(std::vector<T>& list) {
    // Every element takes at least one byte: a longer list than there are bytes is a lie.
    const std::uint64_t length = number();
    if (length > in_.size()) {
      fail();
    }
    for (std::uint64_t i = 0; ok_ && i < length; ++i) {
      list.emplace_back();
      get(list.back());
    }
  }
  template <typename A, typename B> void get(std::pair<A, B>& pair) {
    get(pair.first);
    get(pair.second);
  }
  template <typename T> void get(std::optional<T>& value) {
    bool present = false;
    get(present);
    if (present) {
      get(value.emplace());
    }
  }

  std::uint64_t checked(std::uint64_t highest) {
    const std::uint64_t value = number();
    if (value > highest) {
      fail();
      return 0;
    }
    return value;
  }

  std::string_view in_;
  bool ok_ = true;
};

} // namespace harness::engine
