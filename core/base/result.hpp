// Result<T>: a value, or the reason why there is none, for failures that a caller can handle.
// Depends only on the standard library. Bad input of the user is reported with UserError
// (user_error.hpp), bugs with exceptions.
//
//   Result<Fd> file = open_file(path, O_RDONLY);
//   if (!file) {
//     return std::move(file).error().within("read the plan");
//   }
//   use(*file);
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace harness {

/// Why something did not work. `code` is an errno value, 0 where none applies.
/// Every caller on the way up may put its own step in front with `within`.
struct Error {
  std::string message;
  int code = 0;

  /// The failure of the kernel or libc call `step`, from the errno value `code`.
  static Error from_errno(std::string_view step, int code) {
    return {std::string(step) + ": " + std::strerror(code), code};
  }

  [[nodiscard]] Error within(std::string_view step) && {
    message = std::string(step) + ": " + message;
    return std::move(*this);
  }

  friend bool operator==(const Error&, const Error&) = default;
};

/// Success without a value.
struct Done {
  friend bool operator==(Done, Done) = default;
};

template <typename T = Done> class [[nodiscard]] Result {
public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }

  /// Asking for what is not there is a bug of ours and throws std::bad_variant_access.
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

private:
  std::variant<T, Error> state_;
};

} // namespace harness
