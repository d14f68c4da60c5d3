// SPDX-License-Identifier: Apache-2.0
#include "core/model/argument_text.hpp"

#include "core/model/kernel_names.hpp"
#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <asm/prctl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sched.h>
#include <span>
#include <string_view>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace harness {

namespace {

struct ValueName {
  std::uint64_t value;
  std::string_view name;
};
using Names = std::span<const ValueName>;

#define NAME(constant)                                                                             \
  ValueName {                                                                                      \
    static_cast<std::uint64_t>(constant), #constant                                                \
  }

// Kernel values: glibc hides O_LARGEFILE on 64-bit machines, and O_SYNC and O_TMPFILE are several
// bits, so they come before their parts.
constexpr ValueName open_flags[] = {
    NAME(O_TMPFILE),   NAME(O_SYNC),     NAME(O_WRONLY),
    NAME(O_RDWR),      NAME(O_CREAT),    NAME(O_EXCL),
    NAME(O_NOCTTY),    NAME(O_TRUNC),    NAME(O_APPEND),
    NAME(O_NONBLOCK),  NAME(O_DSYNC),    NAME(O_DIRECT),
    NAME(O_DIRECTORY), NAME(O_NOFOLLOW), NAME(O_NOATIME),
    NAME(O_CLOEXEC),   NAME(O_PATH),     {0100000, "O_LARGEFILE"},
};
constexpr ValueName access_modes[] = {NAME(R_OK), NAME(W_OK), NAME(X_OK)};
constexpr ValueName at_flags[] = {NAME(AT_SYMLINK_NOFOLLOW), NAME(AT_REMOVEDIR),
                                  NAME(AT_SYMLINK_FOLLOW), NAME(AT_NO_AUTOMOUNT),
                                  NAME(AT_EMPTY_PATH)};
constexpr ValueName fcntl_commands[] = {
    NAME(F_DUPFD),         NAME(F_GETFD),      NAME(F_SETFD),      NAME(F_GETFL),
    NAME(F_SETFL),         NAME(F_GETLK),      NAME(F_SETLK),      NAME(F_SETLKW),
    NAME(F_SETOWN),        NAME(F_GETOWN),     NAME(F_SETSIG),     NAME(F_GETSIG),
    NAME(F_DUPFD_CLOEXEC), NAME(F_SETPIPE_SZ), NAME(F_GETPIPE_SZ), NAME(F_OFD_GETLK),
    NAME(F_OFD_SETLK),     NAME(F_OFD_SETLKW), NAME(F_ADD_SEALS),  NAME(F_GET_SEALS),
};
constexpr ValueName ioctl_requests[] = {NAME(TCGETS),    NAME(TCSETS),     NAME(TCSETSW),
                                        NAME(TCSETSF),   NAME(TIOCGWINSZ), NAME(TIOCSWINSZ),
                                        NAME(TIOCGPGRP), NAME(TIOCSPGRP),  NAME(TIOCSCTTY),
                                        NAME(FIONREAD),  NAME(FIONBIO)};
constexpr ValueName seek_origins[] = {NAME(SEEK_SET), NAME(SEEK_CUR), NAME(SEEK_END),
                                      NAME(SEEK_DATA), NAME(SEEK_HOLE)};
constexpr ValueName families[] = {NAME(AF_UNSPEC), NAME(AF_UNIX),    NAME(AF_INET),
                                  NAME(AF_INET6),  NAME(AF_NETLINK), NAME(AF_PACKET)};
constexpr ValueName socket_types[] = {NAME(SOCK_STREAM), NAME(SOCK_DGRAM), NAME(SOCK_RAW),
                                      NAME(SOCK_SEQPACKET)};
constexpr ValueName shutdown_ways[] = {NAME(SHUT_RD), NAME(SHUT_WR), NAME(SHUT_RDWR)};
constexpr ValueName socket_flags[] = {NAME(SOCK_NONBLOCK), NAME(SOCK_CLOEXEC)};
constexpr ValueName message_flags[] = {
    NAME(MSG_OOB),     NAME(MSG_PEEK),     NAME(MSG_TRUNC), NAME(MSG_DONTWAIT),
    NAME(MSG_WAITALL), NAME(MSG_NOSIGNAL), NAME(MSG_MORE),  NAME(MSG_CMSG_CLOEXEC)};
constexpr ValueName protections[] = {NAME(PROT_READ), NAME(PROT_WRITE), NAME(PROT_EXEC)};
constexpr ValueName mapping_flags[] = {
    NAME(MAP_SHARED_VALIDATE), NAME(MAP_SHARED),    NAME(MAP_PRIVATE), NAME(MAP_FIXED),
    NAME(MAP_ANONYMOUS),       NAME(MAP_GROWSDOWN), NAME(MAP_LOCKED),  NAME(MAP_NORESERVE),
    NAME(MAP_POPULATE),        NAME(MAP_STACK),     NAME(MAP_HUGETLB), NAME(MAP_FIXED_NOREPLACE),
    {0x800, "MAP_DENYWRITE"}};
constexpr ValueName advices[] = {NAME(MADV_NORMAL),   NAME(MADV_RANDOM),     NAME(MADV_SEQUENTIAL),
                                 NAME(MADV_WILLNEED), NAME(MADV_DONTNEED),   NAME(MADV_FREE),
                                 NAME(MADV_HUGEPAGE), NAME(MADV_NOHUGEPAGE), NAME(MADV_DONTFORK),
                                 NAME(MADV_DODUMP),   NAME(MADV_DONTDUMP)};
constexpr ValueName remap_flags[] = {NAME(MREMAP_MAYMOVE), NAME(MREMAP_FIXED)};
constexpr ValueName futex_commands[] = {
    NAME(FUTEX_WAIT),        NAME(FUTEX_WAKE),        NAME(FUTEX_REQUEUE),
    NAME(FUTEX_CMP_REQUEUE), NAME(FUTEX_WAKE_OP),     NAME(FUTEX_LOCK_PI),
    NAME(FUTEX_UNLOCK_PI),   NAME(FUTEX_WAIT_BITSET), NAME(FUTEX_WAKE_BITSET)};
constexpr ValueName clone_flags[] = {
    NAME(CLONE_VM),      NAME(CLONE_FS),     NAME(CLONE_FILES),         NAME(CLONE_SIGHAND),
    NAME(CLONE_VFORK),   NAME(CLONE_PARENT), NAME(CLONE_THREAD),        NAME(CLONE_NEWNS),
    NAME(CLONE_SYSVSEM), NAME(CLONE_SETTLS), NAME(CLONE_PARENT_SETTID), NAME(CLONE_CHILD_CLEARTID),
    NAME(CLONE_NEWUTS),  NAME(CLONE_NEWIPC), NAME(CLONE_CHILD_SETTID),  NAME(CLONE_NEWUSER),
    NAME(CLONE_NEWPID),  NAME(CLONE_NEWNET), NAME(CLONE_NEWCGROUP)};
constexpr ValueName wait_options[] = {NAME(WNOHANG), NAME(WUNTRACED), NAME(WEXITED),
                                      NAME(WCONTINUED), NAME(WNOWAIT)};
constexpr ValueName mask_ways[] = {NAME(SIG_BLOCK), NAME(SIG_UNBLOCK), NAME(SIG_SETMASK)};
constexpr ValueName epoll_commands[] = {NAME(EPOLL_CTL_ADD), NAME(EPOLL_CTL_DEL),
                                        NAME(EPOLL_CTL_MOD)};
constexpr ValueName close_on_exec[] = {NAME(O_CLOEXEC), NAME(O_NONBLOCK), NAME(O_DIRECT)};
constexpr ValueName clocks[] = {NAME(CLOCK_REALTIME),           NAME(CLOCK_MONOTONIC),
                                NAME(CLOCK_PROCESS_CPUTIME_ID), NAME(CLOCK_THREAD_CPUTIME_ID),
                                NAME(CLOCK_MONOTONIC_RAW),      NAME(CLOCK_REALTIME_COARSE),
                                NAME(CLOCK_MONOTONIC_COARSE),   NAME(CLOCK_BOOTTIME)};
constexpr ValueName resources[] = {NAME(RLIMIT_CPU),   NAME(RLIMIT_FSIZE),  NAME(RLIMIT_DATA),
                                   NAME(RLIMIT_STACK), NAME(RLIMIT_CORE),   NAME(RLIMIT_RSS),
                                   NAME(RLIMIT_NPROC), NAME(RLIMIT_NOFILE), NAME(RLIMIT_MEMLOCK),
                                   NAME(RLIMIT_AS),    NAME(RLIMIT_LOCKS),  NAME(RLIMIT_MSGQUEUE)};
constexpr ValueName process_options[] = {
    NAME(PR_SET_PDEATHSIG),   NAME(PR_GET_DUMPABLE),     NAME(PR_SET_DUMPABLE),
    NAME(PR_SET_NAME),        NAME(PR_GET_NAME),         NAME(PR_SET_SECCOMP),
    NAME(PR_GET_SECCOMP),     NAME(PR_CAPBSET_READ),     NAME(PR_CAPBSET_DROP),
    NAME(PR_SET_KEEPCAPS),    NAME(PR_SET_NO_NEW_PRIVS), NAME(PR_GET_NO_NEW_PRIVS),
    NAME(PR_SET_THP_DISABLE), NAME(PR_GET_THP_DISABLE),  NAME(PR_SET_VMA)};
constexpr ValueName arch_options[] = {NAME(ARCH_SET_FS),
                                      NAME(ARCH_GET_FS),
                                      NAME(ARCH_SET_GS),
                                      NAME(ARCH_GET_GS),
                                      {0x3001, "ARCH_CET_STATUS"}};
constexpr ValueName random_flags[] = {NAME(GRND_NONBLOCK), NAME(GRND_RANDOM)};
constexpr ValueName lock_ways[] = {NAME(LOCK_SH), NAME(LOCK_EX), NAME(LOCK_NB), NAME(LOCK_UN)};

#undef NAME

enum class Kind {
  one,    // a value out of a list
  bits,   // or-ed together
  open,   // bits with an access mode below
  signal, // a signal's number
};

struct TextRule {
  std::string_view call;
  unsigned argument;
  std::string_view name;
  Kind kind;
  Names values;
};

// Sorted by call, then argument.
constexpr TextRule rules[] = {
    {"accept4", 3, "flags", Kind::bits, socket_flags},
    {"access", 1, "mode", Kind::bits, access_modes},
    {"arch_prctl", 0, "option", Kind::one, arch_options},
    {"clock_gettime", 0, "clock", Kind::one, clocks},
    {"clock_nanosleep", 0, "clock", Kind::one, clocks},
    {"clone", 0, "flags", Kind::bits, clone_flags},
    {"dup3", 2, "flags", Kind::bits, close_on_exec},
    {"epoll_create1", 0, "flags", Kind::bits, close_on_exec},
    {"epoll_ctl", 1, "op", Kind::one, epoll_commands},
    {"eventfd2", 1, "flags", Kind::bits, close_on_exec},
    {"faccessat", 2, "mode", Kind::bits, access_modes},
    {"faccessat2", 3, "flags", Kind::bits, at_flags},
    {"fcntl", 1, "cmd", Kind::one, fcntl_commands},
    {"flock", 1, "operation", Kind::bits, lock_ways},
    {"futex", 1, "op", Kind::one, futex_commands},
    {"getrandom", 2, "flags", Kind::bits, random_flags},
    {"getrlimit", 0, "resource", Kind::one, resources},
    {"ioctl", 1, "request", Kind::one, ioctl_requests},
    {"kill", 1, "signal", Kind::signal, {}},
    {"linkat", 4, "flags", Kind::bits, at_flags},
    {"lseek", 2, "whence", Kind::one, seek_origins},
    {"madvise", 2, "advice", Kind::one, advices},
    {"mmap", 2, "prot", Kind::bits, protections},
    {"mmap", 3, "flags", Kind::bits, mapping_flags},
    {"mprotect", 2, "prot", Kind::bits, protections},
    {"mremap", 3, "flags", Kind::bits, remap_flags},
    {"newfstatat", 3, "flags", Kind::bits, at_flags},
    {"open", 1, "flags", Kind::open, open_flags},
    {"openat", 2, "flags", Kind::open, open_flags},
    {"pipe2", 1, "flags", Kind::bits, close_on_exec},
    {"prctl", 0, "option", Kind::one, process_options},
    {"prlimit64", 1, "resource", Kind::one, resources},
    {"recvfrom", 3, "flags", Kind::bits, message_flags},
    {"recvmsg", 2, "flags", Kind::bits, message_flags},
    {"rt_sigaction", 0, "signal", Kind::signal, {}},
    {"rt_sigprocmask", 0, "how", Kind::one, mask_ways},
    {"sendmsg", 2, "flags", Kind::bits, message_flags},
    {"sendto", 3, "flags", Kind::bits, message_flags},
    {"setrlimit", 0, "resource", Kind::one, resources},
    {"shutdown", 1, "how", Kind::one, shutdown_ways},
    {"socket", 0, "family", Kind::one, families},
    {"socket", 1, "type", Kind::one, socket_types},
    {"socketpair", 0, "family", Kind::one, families},
    {"socketpair", 1, "type", Kind::one, socket_types},
    {"statx", 2, "flags", Kind::bits, at_flags},
    {"tgkill", 2, "signal", Kind::signal, {}},
    {"timerfd_create", 0, "clock", Kind::one, clocks},
    {"unlinkat", 2, "flags", Kind::bits, at_flags},
    {"unshare", 0, "flags", Kind::bits, clone_flags},
    {"wait4", 2, "options", Kind::bits, wait_options},
};
constexpr bool before(const TextRule& a, const TextRule& b) {
  return a.call != b.call ? a.call < b.call : a.argument < b.argument;
}
static_assert(std::is_sorted(std::begin(rules), std::end(rules), before));

std::string one_of(Names names, std::uint64_t value) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const ValueName& name) { return name.value == value; });
  return found == names.end() ? fmt::format("{:#x}", value) : std::string(found->name);
}

std::string all_of(Names names, std::uint64_t value, std::string text) {
  for (const ValueName& name : names) {
    if (name.value != 0 && (value & name.value) == name.value) {
      text += (text.empty() ? "" : "|") + std::string(name.name);
      value &= ~name.value;
    }
  }
  if (value != 0) {
    text += fmt::format("{}{:#x}", text.empty() ? "" : "|", value);
  }
  return text.empty() ? "0" : text;
}

} // namespace

std::string argument_text(SyscallId call, unsigned argument, std::uint64_t value) {
  const std::string name = syscall_name(call);
  const TextRule wanted{name, argument, "", Kind::one, {}};
  const auto rule = std::lower_bound(std::begin(rules), std::end(rules), wanted, before);
  if (rule == std::end(rules) || before(wanted, *rule)) {
    return fmt::format("argument {}={:#x}", argument + 1, value);
  }
  std::string text;
  switch (rule->kind) {
  case Kind::one:
    text = one_of(rule->values, value);
    break;
  case Kind::bits:
    text = all_of(rule->values, value, "");
    break;
  case Kind::open:
    text = all_of(rule->values, value, (value & O_ACCMODE) == O_RDONLY ? "O_RDONLY" : "");
    break;
  case Kind::signal:
    text = signal_name(static_cast<int>(value));
    break;
  }
  return fmt::format("{}={}", rule->name, text);
}

} // namespace harness
