// SPDX-License-Identifier: Apache-2.0
#include "tracer/argument_rules.hpp"

#include <algorithm>
#include <array>
#include <sys/syscall.h>

namespace harness::tracer {

namespace {

constexpr std::uint64_t socket_type = 0xf;           // without SOCK_NONBLOCK and SOCK_CLOEXEC
constexpr std::uint64_t futex_command = 0x7f;        // without FUTEX_PRIVATE_FLAG and the clock
constexpr std::uint64_t clone_bits = 0xffffffffff00; // without the exit signal

template <std::size_t Size> constexpr auto sorted(std::array<ArgumentRule, Size> rules) {
  std::sort(rules.begin(), rules.end(), [](const ArgumentRule& a, const ArgumentRule& b) {
    return a.number != b.number ? a.number < b.number : a.argument < b.argument;
  });
  return rules;
}

constexpr auto classes = sorted(std::to_array<ArgumentRule>({
    {SYS_open, 1},
    {SYS_openat, 2},
    {SYS_fcntl, 1},
    {SYS_ioctl, 1},
    {SYS_lseek, 2},
    {SYS_socket, 0},
    {SYS_socket, 1, socket_type},
    {SYS_socket, 2},
    {SYS_socketpair, 0},
    {SYS_socketpair, 1, socket_type},
    {SYS_setsockopt, 1},
    {SYS_setsockopt, 2},
    {SYS_getsockopt, 1},
    {SYS_getsockopt, 2},
    {SYS_shutdown, 1},
    {SYS_sendto, 3},
    {SYS_recvfrom, 3},
    {SYS_sendmsg, 2},
    {SYS_recvmsg, 2},
    {SYS_accept4, 3},
    {SYS_pipe2, 1},
    {SYS_dup3, 2},
    {SYS_flock, 1},
    {SYS_fallocate, 1},
    {SYS_unlinkat, 2},
    {SYS_renameat2, 4},
    {SYS_linkat, 4},
    {SYS_faccessat2, 3},
    {SYS_access, 1},
    {SYS_faccessat, 2},
    {SYS_newfstatat, 3},
    {SYS_statx, 2},
    {SYS_mmap, 2},
    {SYS_mmap, 3},
    {SYS_mprotect, 2},
    {SYS_madvise, 2},
    {SYS_mremap, 3},
    {SYS_msync, 2},
    {SYS_mlockall, 0},
    {SYS_memfd_create, 1},
    {SYS_futex, 1, futex_command},
    {SYS_clone, 0, clone_bits},
    {SYS_unshare, 0},
    {SYS_setns, 1},
    {SYS_wait4, 2},
    {SYS_waitid, 0},
    {SYS_waitid, 3},
    {SYS_kill, 1},
    {SYS_tgkill, 2},
    {SYS_rt_sigaction, 0},
    {SYS_rt_sigprocmask, 0},
    {SYS_signalfd4, 3},
    {SYS_eventfd2, 1},
    {SYS_epoll_ctl, 1},
    {SYS_epoll_create1, 0},
    {SYS_timerfd_create, 0},
    {SYS_timerfd_create, 1},
    {SYS_timerfd_settime, 1},
    {SYS_clock_gettime, 0},
    {SYS_clock_nanosleep, 0},
    {SYS_clock_nanosleep, 1},
    {SYS_timer_create, 0},
    {SYS_setitimer, 0},
    {SYS_getrlimit, 0},
    {SYS_setrlimit, 0},
    {SYS_prlimit64, 1},
    {SYS_getrusage, 0},
    {SYS_getpriority, 0},
    {SYS_setpriority, 0},
    {SYS_sched_setscheduler, 1},
    {SYS_ioprio_set, 0},
    {SYS_prctl, 0},
    {SYS_arch_prctl, 0},
    {SYS_personality, 0},
    {SYS_seccomp, 0},
    {SYS_seccomp, 1},
    {SYS_ptrace, 0},
    {SYS_bpf, 0},
    {SYS_keyctl, 0},
    {SYS_syslog, 0},
    {SYS_getrandom, 2},
    {SYS_mount, 3},
    {SYS_umount2, 1},
    {SYS_quotactl, 0},
    {SYS_reboot, 2},
    {SYS_shmget, 2},
    {SYS_shmctl, 1},
    {SYS_semctl, 2},
    {SYS_msgctl, 1},
    {SYS_inotify_init1, 0},
    {SYS_inotify_add_watch, 2},
    {SYS_fanotify_init, 0},
    {SYS_fadvise64, 3},
    {SYS_sync_file_range, 3},
    {SYS_splice, 5},
    {SYS_preadv2, 5},
    {SYS_pwritev2, 5},
    {SYS_membarrier, 0},
    {SYS_userfaultfd, 0},
    {SYS_perf_event_open, 4},
    {SYS_io_uring_setup, 0},
    {SYS_io_uring_register, 1},
}));

constexpr auto texts = sorted(std::to_array<ArgumentRule>({
    {SYS_open, 0},        {SYS_openat, 1},      {SYS_creat, 0},        {SYS_stat, 0},
    {SYS_lstat, 0},       {SYS_newfstatat, 1},  {SYS_statx, 1},        {SYS_access, 0},
    {SYS_faccessat, 1},   {SYS_faccessat2, 1},  {SYS_readlink, 0},     {SYS_readlinkat, 1},
    {SYS_execve, 0},      {SYS_execveat, 1},    {SYS_chdir, 0},        {SYS_mkdir, 0},
    {SYS_mkdirat, 1},     {SYS_rmdir, 0},       {SYS_unlink, 0},       {SYS_unlinkat, 1},
    {SYS_rename, 0},      {SYS_rename, 1},      {SYS_renameat, 1},     {SYS_renameat, 3},
    {SYS_renameat2, 1},   {SYS_renameat2, 3},   {SYS_link, 0},         {SYS_link, 1},
    {SYS_linkat, 1},      {SYS_linkat, 3},      {SYS_symlink, 0},      {SYS_symlink, 1},
    {SYS_symlinkat, 0},   {SYS_symlinkat, 2},   {SYS_chmod, 0},        {SYS_fchmodat, 1},
    {SYS_chown, 0},       {SYS_lchown, 0},      {SYS_fchownat, 1},     {SYS_truncate, 0},
    {SYS_statfs, 0},      {SYS_utimensat, 1},   {SYS_mknod, 0},        {SYS_mknodat, 1},
    {SYS_getxattr, 0},    {SYS_getxattr, 1},    {SYS_lgetxattr, 0},    {SYS_lgetxattr, 1},
    {SYS_setxattr, 0},    {SYS_setxattr, 1},    {SYS_listxattr, 0},    {SYS_llistxattr, 0},
    {SYS_removexattr, 0}, {SYS_removexattr, 1}, {SYS_memfd_create, 0}, {SYS_inotify_add_watch, 1},
    {SYS_chroot, 0},      {SYS_mq_open, 0},     {SYS_mq_unlink, 0},    {SYS_sethostname, 0},
    {SYS_openat2, 1},
}));

template <std::size_t Size>
std::span<const ArgumentRule> find(const std::array<ArgumentRule, Size>& rules,
                                   std::int32_t number) {
  const auto [first, last] = std::equal_range(
      rules.begin(), rules.end(), ArgumentRule{number},
      [](const ArgumentRule& a, const ArgumentRule& b) { return a.number < b.number; });
  return {first, last};
}

} // namespace

std::span<const ArgumentRule> classed_arguments(std::int32_t number) {
  return find(classes, number);
}

std::span<const ArgumentRule> text_arguments(std::int32_t number) {
  return find(texts, number);
}

} // namespace harness::tracer
