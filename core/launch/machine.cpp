// SPDX-License-Identifier: Apache-2.0
#include "core/launch/machine.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"

#include <charconv>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>

namespace harness::launch {

namespace {

std::string read_or_nothing(const std::string& path) {
  auto text = read_file(path);
  return text ? std::move(*text) : std::string();
}

/// The hexadecimal value of line `key` in /proc/self/status.
std::uint64_t status_bits(const std::string& status, const std::string& key) {
  const auto place = status.find("\n" + key + ":\t");
  std::uint64_t bits = 0;
  if (place != std::string::npos) {
    const char* begin = status.data() + place + key.size() + 3;
    std::from_chars(begin, status.data() + status.size(), bits, 16);
  }
  return bits;
}

bool maps_other_users() {
  // Rootless sandboxes map exactly one uid: the last column of the only line is 1.
  const auto words = split_words(trim(read_or_nothing("/proc/self/uid_map")));
  return words && (words->size() > 3 || (words->size() == 3 && words->back() != "1"));
}

bool some_mount_is_shared() {
  return read_or_nothing("/proc/self/mountinfo").find(" shared:") != std::string::npos;
}

struct SignalsAtStart {
  std::uint64_t ignored = 0;
  std::uint64_t blocked = 0;
  SignalsAtStart() {
    const std::string status = read_or_nothing("/proc/self/status");
    ignored = status_bits(status, "SigIgn");
    blocked = status_bits(status, "SigBlk");
  }
};

// Before main: what the shell gave us is what a target started from the same shell would get.
const SignalsAtStart signals_at_start;

Machine look() {
  const std::string status = read_or_nothing("/proc/self/status");
  const std::uint64_t capabilities = status_bits(status, "CapEff");
  const auto has = [&](int capability) { return ((capabilities >> capability) & 1) != 0; };
  Machine machine;
  machine.sys_admin = has(CAP_SYS_ADMIN);
  machine.sys_ptrace = has(CAP_SYS_PTRACE);
  machine.set_identity = has(CAP_SETUID) && has(CAP_SETGID) && maps_other_users();
  machine.no_new_privs = status_bits(status, "NoNewPrivs") != 0;
  machine.shared_mounts = some_mount_is_shared();
  machine.has_var_tmp = open_file("/var/tmp", O_RDONLY | O_DIRECTORY).ok();
  auto own = open_file("/proc/self/ns/pid", O_RDONLY);
  machine.pid_namespace = own ? own->release() : -1; // lives as long as the process
  machine.may_return = ::setns(machine.pid_namespace, CLONE_NEWPID) == 0; // where we are already
  machine.ignored_signals = signals_at_start.ignored;
  machine.blocked_signals = signals_at_start.blocked;
  return machine;
}

} // namespace

const Machine& machine() {
  static const Machine found = look();
  return found;
}

} // namespace harness::launch
