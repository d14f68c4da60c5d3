// Module files: opens files that a target names, as those in /proc/PID/maps, so that the target can
// neither block nor crash us with them: no fifo or device is opened, no link leads out of the
// target's root, and the size is bounded. What is opened is read with pread(2), never mapped: the
// target may truncate it at any time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "tracer/maps.hpp"

#include <string>
#include <sys/types.h>

namespace harness::tracer {

/// Larger files are refused.
constexpr std::uint64_t max_module_bytes = std::uint64_t{512} << 20;

/// The regular file `path`, read-only. Never blocks. An error names `shown`.
Result<Fd> open_module_file(const std::string& path, const std::string& shown);

/// The file that `mapping` of process `id` maps: by /proc/PID/map_files where we may follow that,
/// else by its name below the process's root, if the file there has the inode of the mapping.
Result<Fd> open_mapped_file(pid_t id, const Mapping& mapping);

} // namespace harness::tracer
