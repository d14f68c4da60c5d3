// Keys of plans that had another name before version 0.1.0 was released, so that an old plan gets
// an error that names the new one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace harness::plan {

/// The present name of the key `old`; nothing if it never was a key.
std::optional<std::string_view> renamed_key(std::string_view old);

} // namespace harness::plan
