// SPDX-License-Identifier: Apache-2.0
#include "workloads/acl.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace harness::workloads {

namespace {

// linux/posix_acl.h and linux/posix_acl_xattr.h
enum Tag : std::uint16_t {
  user_owner = 0x01,
  user_named = 0x02,
  group_owner = 0x04,
  group_named = 0x08,
  mask = 0x10,
  other = 0x20,
};
constexpr std::uint32_t version = 2;
constexpr std::uint32_t no_id = 0xffffffff;

struct Entry {
  std::uint16_t tag = 0;
  std::uint16_t permissions = 0;
  std::uint32_t id = no_id;
};

std::optional<std::uint16_t> permissions_of(std::string_view text) {
  constexpr std::string_view letters = "rwx";
  if (text.size() != letters.size()) {
    return std::nullopt;
  }
  std::uint16_t bits = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (text[i] == letters[i]) {
      bits = static_cast<std::uint16_t>(bits | (4U >> i));
    } else if (text[i] != '-') {
      return std::nullopt;
    }
  }
  return bits;
}

std::optional<Entry> entry_of(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3 || parts[0].empty()) {
    return std::nullopt;
  }
  Entry entry;
  const auto is = [&](std::string_view word) { return word.starts_with(parts[0]); };
  const bool named = !parts[1].empty();
  if (is("user")) {
    entry.tag = named ? user_named : user_owner;
  } else if (is("group")) {
    entry.tag = named ? group_named : group_owner;
  } else if (is("mask") && !named) {
    entry.tag = mask;
  } else if (is("other") && !named) {
    entry.tag = other;
  } else {
    return std::nullopt;
  }
  if (named) {
    const auto id = parse_integer(parts[1]);
    if (!id || *id < 0 || *id >= no_id) {
      return std::nullopt;
    }
    entry.id = static_cast<std::uint32_t>(*id);
  }
  const auto permissions = permissions_of(parts[2]);
  if (!permissions) {
    return std::nullopt;
  }
  entry.permissions = *permissions;
  return entry;
}

void put(std::string& bytes, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) {
    bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xff)); // little endian in the format
  }
}

} // namespace

std::optional<std::string> acl_bytes(std::string_view text) {
  std::vector<Entry> entries;
  for (const auto& part : split(text, ',')) {
    const auto entry = entry_of(trim(part));
    if (!entry) {
      return std::nullopt;
    }
    entries.push_back(*entry);
  }
  std::ranges::stable_sort(entries, [](const Entry& a, const Entry& b) {
    return std::pair(a.tag, a.id) < std::pair(b.tag, b.id);
  });
  std::string bytes;
  put(bytes, version, 4);
  for (const auto& entry : entries) {
    put(bytes, entry.tag, 2);
    put(bytes, entry.permissions, 2);
    put(bytes, entry.id, 4);
  }
  return bytes;
}

} // namespace harness::workloads
