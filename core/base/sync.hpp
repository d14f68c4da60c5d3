// Makes names durable: a file that was renamed or created survives a power loss only once its
// directory has been synced.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

#include <string>

namespace harness {

/// fsync(2) of a directory. Done as well where that can't be asked for: a directory that we may
/// write but not read, a file system that syncs no directories.
Result<> sync_directory(const std::string& path);

} // namespace harness
