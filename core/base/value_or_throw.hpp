// value_or_throw: the value of a Result that the caller cannot continue without. Throws a
// std::runtime_error with the reason if there is none.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace harness {

/// The value; throws std::runtime_error, with `step` before the reason if it is given.
template <typename T> T value_or_throw(Result<T> result, const std::string& step = "") {
  if (!result) {
    auto error = std::move(result).error();
    throw std::runtime_error(step.empty() ? error.message : std::move(error).within(step).message);
  }
  return std::move(*result);
}

} // namespace harness
