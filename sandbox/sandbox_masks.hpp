// What a sandbox hides although it lies below a directory that it shows: secrets and sockets.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace harness::sandbox {

struct Mask {
  std::string path;
  bool directory = false; // hide what is in it; else hide the file's content
};

/// Everything below `directory` that not everybody may read, and every socket and fifo (a read-only
/// mount still lets one talk to them). After `limit` entries, directories are hidden unseen; so is
/// what can't be looked at.
std::vector<Mask> masks_below(const std::string& directory, std::size_t limit = 20'000);

/// Paths of the Unix sockets in `proc_net_unix` (the text of /proc/net/unix) below any of `shown`.
std::vector<std::string> sockets_below(std::string_view proc_net_unix,
                                       const std::vector<std::string>& shown);

/// True if `path` is `directory` or lies below it.
bool is_below(std::string_view path, std::string_view directory);

} // namespace harness::sandbox
