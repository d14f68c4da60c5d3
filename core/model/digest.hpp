// SHA-256 of bytes, in hexadecimal (libmd). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace harness {

/// 64 hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

} // namespace harness
