// PatchRecord: data at the end of a patched program that allows inspecting it and restoring the
// original. Pure: bytes in, values out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness::patch {

/// Bytes of the original that the patch overwrote.
struct Overwritten {
  std::uint64_t file_offset = 0;
  std::string bytes;
  friend bool operator==(const Overwritten&, const Overwritten&) = default;
};

/// A transition point as it was put in.
struct PatchedPoint {
  std::string phase;
  std::string trigger;       // trigger_text
  std::uint64_t address = 0; // virtual, as in the file
  friend bool operator==(const PatchedPoint&, const PatchedPoint&) = default;
};

struct PatchRecord {
  std::string policy;        // our JSON, as given
  std::string original_hash; // SHA-256 of the whole original
  std::uint64_t original_bytes = 0;
  bool override_possible = true;
  std::vector<PatchedPoint> points;
  std::vector<Overwritten> overwritten;
  friend bool operator==(const PatchRecord&, const PatchRecord&) = default;
};

/// The text that goes to the end of the file, footer included.
std::string serialize_record(const PatchRecord& record);

/// The record of a patched program; nothing if `image` carries none; an error if it is damaged.
Result<std::optional<PatchRecord>> read_record(std::string_view image);

/// The original program, byte for byte, checked against its hash.
Result<std::string> restore_original(std::string_view image);

} // namespace harness::patch
