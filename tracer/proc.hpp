// What /proc says about a process. Only for rare moments: each look costs several system calls.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

namespace harness::tracer {

/// The file that process `id` executes, by the path with which it was called where that leads
/// there.
std::optional<std::string> executable_of(pid_t id);

/// What descriptor `fd` of process `id` is open on, as the kernel names it; "" if it is not open.
std::string file_of(pid_t id, int fd);

/// Whose thread `id` is: its process and that one's parent.
struct Kin {
  pid_t group = 0;
  pid_t parent = 0;
};
std::optional<Kin> kin_of(pid_t id);

} // namespace harness::tracer
