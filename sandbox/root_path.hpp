// Paths below another root: where a file lies for us that a process with that root calls `path`.
// Looks only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace harness::sandbox {

/// The file on the host, links followed as below `root` (an absolute one begins there again, none
/// leads out); nothing if there is none. Without a root ("") `path` itself.
std::optional<std::string> path_in_root(const std::string& root, const std::string& path);

} // namespace harness::sandbox
