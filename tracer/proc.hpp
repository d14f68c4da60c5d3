// What /proc says about a process. Only for rare moments: each look costs several system calls.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace harness::tracer {

/// The file that process `id` executes, by the path with which it was called where that leads
/// there.
std::optional<std::string> executable_of(pid_t id);

/// What descriptor `fd` of process `id` is open on, as the kernel names it; "" if it is not open.
std::string file_of(pid_t id, int fd);

/// True if process `id` executes a file with the set-uid or set-gid bit.
bool executes_set_id(pid_t id);

/// The threads of process `id`; empty if it is gone.
std::vector<pid_t> threads_of(pid_t id);

/// The value of a line of /proc/ID/status ("Seccomp_filters"), without the blanks before it;
/// nothing if the thread is gone or the kernel has no such line.
std::optional<std::string> status_line(pid_t id, std::string_view key);

/// True if a signal that thread `id` has a handler for is about to be delivered to it.
bool handles_pending_signal(pid_t id);

/// Whose thread `id` is: its process and that one's parent.
struct Kin {
  pid_t group = 0;
  pid_t parent = 0;
};
std::optional<Kin> kin_of(pid_t id);

} // namespace harness::tracer
