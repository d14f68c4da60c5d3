// SPDX-License-Identifier: Apache-2.0
#include "core/model/digest.hpp"

#include <cstdint>
#include <sha2.h>

namespace harness {

std::string sha256_hex(std::string_view bytes) {
  char hex[SHA256_DIGEST_STRING_LENGTH];
  SHA256Data(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), hex);
  return hex;
}

} // namespace harness
