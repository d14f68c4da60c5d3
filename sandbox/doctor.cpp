// SPDX-License-Identifier: Apache-2.0
#include "sandbox/doctor.hpp"

#include "core/base/fd.hpp"
#include "core/base/interrupt_0x80.hpp"
#include "core/base/text.hpp"
#include "sandbox/find_program.hpp"
#include "sandbox/sandbox.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <linux/seccomp.h>
#include <optional>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace harness::sandbox {

namespace {

using State = Finding::State;

std::optional<std::int64_t> number_in(const std::string& path) {
  const auto text = read_file(path, 64);
  return text ? parse_integer(trim(*text)) : std::nullopt;
}

Finding kernel() {
  utsname about{};
  ::uname(&about);
  int major = 0;
  int minor = 0;
  std::sscanf(about.release, "%d.%d", &major, &minor);
  Finding finding{"kernel", State::good, fmt::format("{} {}", about.sysname, about.release), ""};
  if (major < 5 || (major == 5 && minor < 3)) {
    finding.state = State::bad;
    finding.remedy = "needs Linux 5.3 or newer (pidfd_open, PTRACE_GET_SYSCALL_INFO)";
  }
  return finding;
}

Finding ptrace_scope() {
  const auto scope = number_in("/proc/sys/kernel/yama/ptrace_scope").value_or(0);
  if (scope <= 1) {
    return {"ptrace", State::good, "children may be traced", ""};
  }
  if (scope == 2 && ::geteuid() == 0) {
    return {"ptrace", State::good, "restricted to administrators, and we are one", ""};
  }
  return {"ptrace", State::bad, fmt::format("yama ptrace_scope is {}", scope),
          scope >= 3 ? "reboot without kernel.yama.ptrace_scope=3 (it can't be lowered again)"
                     : "sysctl -w kernel.yama.ptrace_scope=1"};
}

Finding seccomp() {
  const std::uint32_t action = SECCOMP_RET_TRACE;
  if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) {
    return {"seccomp", State::good, "filters with RET_TRACE", ""};
  }
  return {"seccomp", State::limited, "no seccomp filters: two ptrace stops for every call",
          "boot a kernel with CONFIG_SECCOMP_FILTER=y"};
}

Finding descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max >= 1024) {
    return {"descriptors", State::good, fmt::format("up to {} open files", limit.rlim_max), ""};
  }
  return {"descriptors", State::limited, fmt::format("at most {} open files", limit.rlim_max),
          "ulimit -Hn 4096 (as root, before starting)"};
}

Finding sandbox() {
  if (const auto problem = sandbox_problem()) {
    return {"isolation", State::bad, problem->reason, problem->remedy};
  }
  const auto limits = sandbox_limits();
  if (!limits.empty()) {
    return {"isolation", State::limited, limits.front(), "run as root"};
  }
  return {"isolation", State::good, "Bubblewrap and namespaces, as root", ""};
}

/// A crash that is piped to a handler takes longer than hundreds of runs.
Finding core_pattern() {
  const auto pattern = read_file("/proc/sys/kernel/core_pattern", 256);
  if (!pattern || !pattern->starts_with("|")) {
    return {"core dumps", State::good, "no handler that slows crashes down", ""};
  }
  return {"core dumps", State::limited,
          fmt::format("every crash starts {}", printable(trim(*pattern).substr(1))),
          "sysctl -w kernel.core_pattern=core (as root)"};
}

Finding scratch_space() {
  constexpr std::uintmax_t wanted_bytes = std::uintmax_t{1} << 30;
  std::error_code problem;
  const auto place = std::filesystem::temp_directory_path(problem);
  const auto space = std::filesystem::space(place, problem);
  const auto found = fmt::format("{} MB free in {}", space.available >> 20, place.string());
  if (problem || space.available < wanted_bytes) {
    return {"scratch", State::limited, found, "set TMPDIR to a directory with 1 GB free"};
  }
  return {"scratch", State::good, found, ""};
}

Finding processes() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NPROC, &limit);
  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= 2048) {
    return {"processes", State::good, "enough for targets that start many", ""};
  }
  return {"processes", State::limited, fmt::format("at most {}", limit.rlim_cur), "ulimit -u 4096"};
}

/// Programs that commands of ours start or explore, by the Debian package that has them.
Finding packages() {
  std::string missing;
  for (const auto& [program, package] : {std::pair{"bwrap", "bubblewrap"},
                                         {"man", "man-db"},
                                         {"sqlite3", "sqlite3"},
                                         {"redis-server", "redis-server"}}) {
    if (!find_program(program)) {
      missing += fmt::format(" {}", package);
    }
  }
  if (missing.empty()) {
    return {"packages", State::good, "for isolation, init, and the included plans", ""};
  }
  return {"packages", State::limited, "not installed:" + missing,
          "apt-get install -y --no-install-recommends" + missing};
}

/// i386 calls of 64-bit programs: some tests and targets make them.
Finding other_architecture() {
  if (runs_interrupt_0x80()) {
    return {"int 0x80", State::good, "i386 calls run", ""};
  }
  return {"int 0x80", State::limited, "programs that use it end with SIGSEGV here",
          "use another hypervisor, or a kernel with CONFIG_IA32_EMULATION=y"};
}

} // namespace

std::vector<Finding> examine_machine() {
  return {kernel(),        ptrace_scope(), seccomp(),      sandbox(),
          descriptors(),   processes(),    core_pattern(), other_architecture(),
          scratch_space(), packages()};
}

} // namespace harness::sandbox
