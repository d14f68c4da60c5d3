// SPDX-License-Identifier: Apache-2.0
#include "patch/record.hpp"

#include "core/model/digest.hpp"

#include <cstring>
#include <nlohmann/json.hpp>

namespace harness::patch {

namespace {

using nlohmann::json;

// The last bytes of the file: this, and the length of the record before it.
constexpr std::string_view footer_magic = "harness-patched/1";
constexpr std::size_t footer_bytes = footer_magic.size() + sizeof(std::uint64_t);

std::string to_hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char byte : bytes) {
    hex += digits[static_cast<unsigned char>(byte) >> 4];
    hex += digits[static_cast<unsigned char>(byte) & 15];
  }
  return hex;
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

PatchRecord parse(const json& text) {
  PatchRecord record;
  record.policy = text.at("policy");
  record.original_hash = text.at("original_hash");
  record.original_bytes = text.at("original_bytes");
  record.override_possible = text.at("override_possible");
  for (const auto& point : text.at("points")) {
    record.points.push_back({point.at("phase"), point.at("trigger"), point.at("address")});
  }
  for (const auto& piece : text.at("overwritten")) {
    record.overwritten.push_back({piece.at("file_offset"), from_hex(piece.at("bytes"))});
  }
  return record;
}

} // namespace

std::string serialize_record(const PatchRecord& record) {
  json points = json::array();
  for (const auto& point : record.points) {
    points.push_back(
        {{"phase", point.phase}, {"trigger", point.trigger}, {"address", point.address}});
  }
  json overwritten = json::array();
  for (const auto& piece : record.overwritten) {
    overwritten.push_back({{"file_offset", piece.file_offset}, {"bytes", to_hex(piece.bytes)}});
  }
  std::string text = json{
      {"policy", record.policy},
      {"original_hash", record.original_hash},
      {"original_bytes", record.original_bytes},
      {"override_possible", record.override_possible},
      {"points", points},
      {"overwritten",
       overwritten}}.dump(-1, ' ', false, json::error_handler_t::replace);
  const std::uint64_t length = text.size();
  text += footer_magic;
  text.append(reinterpret_cast<const char*>(&length), sizeof length);
  return text;
}

Result<std::optional<PatchRecord>> read_record(std::string_view image) {
  if (image.size() < footer_bytes ||
      image.substr(image.size() - footer_bytes, footer_magic.size()) != footer_magic) {
    return std::optional<PatchRecord>();
  }
  std::uint64_t length = 0;
  std::memcpy(&length, image.data() + image.size() - sizeof length, sizeof length);
  if (length > image.size() - footer_bytes) {
    return Error{"the record of the patch is damaged: its length exceeds the file"};
  }
  const auto text = image.substr(image.size() - footer_bytes - length, length);
  try {
    return std::optional(parse(json::parse(text)));
  } catch (const std::exception& damage) {
    return Error{std::string("the record of the patch is damaged: ") + damage.what()};
  }
}

Result<std::string> restore_original(std::string_view image) {
  auto record = read_record(image);
  if (!record) {
    return std::move(record).error();
  }
  if (!record->has_value()) {
    return Error{"the program carries no policy; there is nothing to remove"};
  }
  const PatchRecord& patched = **record;
  if (patched.original_bytes > image.size()) {
    return Error{"the record of the patch is damaged: the original is larger than this file"};
  }
  std::string original(image.substr(0, patched.original_bytes));
  for (const auto& piece : patched.overwritten) {
    if (piece.file_offset > original.size() ||
        piece.bytes.size() > original.size() - piece.file_offset) {
      return Error{"the record of the patch is damaged: it refers to bytes beyond the original"};
    }
    original.replace(piece.file_offset, piece.bytes.size(), piece.bytes);
  }
  if (sha256_hex(original) != patched.original_hash) {
    return Error{
        "the program was changed after it was patched (stripped, signed or edited), so that "
        "the original cannot be restored; install the original again"};
  }
  return original;
}

} // namespace harness::patch
