// systemd drop-in: NAME.service.d/seccomp.conf. systemd allows its group @default whatever is said.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/format.hpp"
#include "policy/text_lines.hpp"

#include <fmt/format.h>

namespace harness::policy {

namespace {

constexpr Action systemd_defaults[] = {Action::enosys, Action::eperm, Action::kill_process};

// `systemd-analyze syscall-filter @default` of systemd 252, and the write by which a service of
// Type=exec tells that its program is about to start.
constexpr std::string_view always_allowed[] = {"arch_prctl",
                                               "brk",
                                               "clock_getres",
                                               "clock_getres_time64",
                                               "clock_gettime",
                                               "clock_gettime64",
                                               "clock_nanosleep",
                                               "clock_nanosleep_time64",
                                               "execve",
                                               "exit",
                                               "exit_group",
                                               "futex",
                                               "futex_time64",
                                               "futex_waitv",
                                               "get_robust_list",
                                               "get_thread_area",
                                               "getegid",
                                               "getegid32",
                                               "geteuid",
                                               "geteuid32",
                                               "getgid",
                                               "getgid32",
                                               "getgroups",
                                               "getgroups32",
                                               "getpgid",
                                               "getpgrp",
                                               "getpid",
                                               "getppid",
                                               "getrandom",
                                               "getresgid",
                                               "getresgid32",
                                               "getresuid",
                                               "getresuid32",
                                               "getrlimit",
                                               "getsid",
                                               "gettid",
                                               "gettimeofday",
                                               "getuid",
                                               "getuid32",
                                               "membarrier",
                                               "mmap",
                                               "mmap2",
                                               "mprotect",
                                               "munmap",
                                               "nanosleep",
                                               "pause",
                                               "prlimit64",
                                               "restart_syscall",
                                               "rseq",
                                               "rt_sigreturn",
                                               "sched_getaffinity",
                                               "sched_yield",
                                               "set_robust_list",
                                               "set_thread_area",
                                               "set_tid_address",
                                               "sigreturn",
                                               "time",
                                               "ugetrlimit",
                                               "uretprobe",
                                               "write"};

Result<std::string> write_systemd(const Policy& policy, std::size_t phase) {
  auto text = header_comment(policy, phase, "# ") + "#\n" + reasons_comment(policy, phase, "# ");
  text += "[Service]\nNoNewPrivileges=yes\nSystemCallArchitectures=native\n";
  if (const auto error = errno_name(policy.default_action); !error.empty()) {
    text += fmt::format("SystemCallErrorNumber={}\n", error);
  }
  text += "# An empty assignment takes back what the unit and earlier drop-ins allow.\n"
          "SystemCallFilter=\n";
  std::vector<std::string> names; // but those that are always allowed: an old table may lack one
  for (const auto& [call, entry] : policy.phases.at(phase).entries) {
    const auto name = native_name(policy, call);
    if (runs(entry) && (entry.rule != Rule::launcher || name == "write")) {
      names.push_back(name);
    }
  }
  text += wrapped(names, "SystemCallFilter=", " ");
  for (const auto& [call, entry] : policy.phases.at(phase).entries) {
    if (!runs(entry) && entry.action != policy.default_action) {
      const auto error = errno_name(entry.action);
      text += fmt::format("SystemCallFilter={}:{}\n", native_name(policy, call),
                          error.empty() ? "kill" : error);
    }
  }
  return text;
}

/// One word of SystemCallFilter=: NAME or NAME:ERRNO.
Result<> add_word(bpf::ArchTable& table, const std::string& word) {
  const auto colon = word.find(':');
  const auto call = find_syscall(word.substr(0, colon));
  if (!call) {
    return Error{fmt::format("{} is not a system call", word)};
  }
  auto verdict = std::optional(bpf::allow_verdict);
  if (colon != word.npos) {
    const auto action = word.substr(colon + 1);
    verdict = action == "kill" ? bpf::kill_process_verdict : verdict_of_errno(action);
  }
  if (!verdict) {
    return Error{fmt::format("{} is not an error name", word)};
  }
  table.calls.insert_or_assign(call->number, bpf::Decision{*verdict, {}, 0});
  return Done{};
}

Result<bpf::FilterSpec> read_systemd(std::string_view text) {
  // Without SystemCallErrorNumber= the process is killed; a foreign architecture's call too.
  auto spec = native_spec(AuditArch::x86_64, bpf::kill_process_verdict, bpf::kill_process_verdict);
  auto& table = spec.archs.begin()->second;
  bool native_only = false;
  for (const auto& line : meaningful_lines(text, "#")) {
    const auto equals = std::min(line.find('='), line.size());
    const auto key = line.substr(0, equals);
    const auto value = line.substr(std::min(equals + 1, line.size()));
    if (key == "SystemCallErrorNumber") {
      const auto verdict = verdict_of_errno(value);
      if (!verdict) {
        return Error{fmt::format("{} is not an error name", line)};
      }
      table.otherwise = *verdict;
    } else if (key == "SystemCallArchitectures") {
      native_only = value == "native";
    } else if (key == "SystemCallFilter" && value.empty()) {
      table.calls.clear();
    } else if (key == "SystemCallFilter") {
      for (const auto& word : split(value, ' ')) {
        if (auto added = add_word(table, word); !added) {
          return std::move(added).error();
        }
      }
    } else if (key != "[Service]" && line != "NoNewPrivileges=yes") {
      return Error{fmt::format("{} is not a line of such a drop-in", line)};
    }
  }
  if (!native_only) {
    return Error{"SystemCallArchitectures=native is missing: int 0x80 would bypass the filter"};
  }
  for (const auto name : always_allowed) {
    if (const auto call = find_syscall(name); call && name != "write") {
      table.calls.try_emplace(call->number, bpf::Decision{bpf::allow_verdict, {}, 0});
    }
  }
  return spec;
}

} // namespace

const Format systemd_format = {
    .name = "systemd",
    .summary = "systemd drop-in for a service",
    .file = "systemd.conf",
    .write = write_systemd,
    .read = read_systemd,
    .refusals = true,
    .defaults = systemd_defaults,
    .use = "/etc/systemd/system/NAME.service.d/seccomp.conf, then systemctl daemon-reload",
    .launcher = "systemd, which always allows @default",
    .launcher_calls = always_allowed,
};

} // namespace harness::policy
