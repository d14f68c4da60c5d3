// SPDX-License-Identifier: Apache-2.0
#include "workloads/waiting.hpp"

#include "core/base/fd.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <sys/syscall.h>

namespace harness::workloads {

namespace {

/// Calls of the kernel's own table for this machine.
constexpr std::array waiting_calls = {
    SYS_read,         SYS_readv,   SYS_recvfrom,        SYS_recvmsg,       SYS_recvmmsg,
    SYS_accept,       SYS_accept4, SYS_pselect6,        SYS_ppoll,         SYS_epoll_pwait,
    SYS_epoll_pwait2, SYS_futex,   SYS_mq_timedreceive, SYS_rt_sigsuspend, SYS_rt_sigtimedwait,
#ifdef SYS_poll // older calls that newer architectures never had
    SYS_poll,         SYS_select,  SYS_epoll_wait,      SYS_pause,
#endif
};

/// The state letter stands behind the name, which may hold anything, in parentheses.
bool sleeps(const std::string& thread) {
  const auto stat = read_file(thread + "/stat");
  const auto end = stat ? stat->rfind(") ") : std::string::npos;
  return end != std::string::npos && end + 2 < stat->size() && (*stat)[end + 2] == 'S';
}

bool is_in_waiting_call(const std::string& thread) {
  const auto call = read_file(thread + "/syscall"); // "running", "-1 ..." or "NUMBER ..."
  long number = -1;
  if (!call ||
      std::from_chars(call->data(), call->data() + call->size(), number).ec != std::errc()) {
    return false;
  }
  return std::ranges::find(waiting_calls, number) != waiting_calls.end();
}

} // namespace

bool waits_for_others(pid_t process) {
  std::error_code failure;
  std::filesystem::directory_iterator threads(fmt::format("/proc/{}/task", process), failure);
  bool any = false;
  for (; !failure && threads != std::filesystem::directory_iterator(); threads.increment(failure)) {
    const auto& thread = threads->path().native();
    if (!sleeps(thread) || !is_in_waiting_call(thread)) {
      return false;
    }
    any = true;
  }
  return any && !failure;
}

} // namespace harness::workloads
