// SPDX-License-Identifier: Apache-2.0
#include "tracer/phase_filters.hpp"

#include "core/bpf/evaluate.hpp"

#include <algorithm>
#include <cstring>
#include <linux/seccomp.h>
#include <sys/syscall.h>

namespace harness::tracer {

SyscallSet always_seen() {
  SyscallSet set;
  for (const int number : {SYS_clone, SYS_clone3, SYS_execve, SYS_execveat, SYS_listen, SYS_prctl,
                           SYS_ptrace, SYS_seccomp}) {
    set.insert({AuditArch::x86_64, number});
  }
  return set;
}

bool ViolationBook::check(const Process& process, const SyscallInfo& info) {
  if (process.phase >= options_.filters.size() || options_.filters[process.phase].empty()) {
    return true;
  }
  seccomp_data data{};
  data.nr = info.call.number;
  data.arch = static_cast<std::uint32_t>(info.call.arch);
  data.instruction_pointer = info.instruction_pointer;
  std::copy(info.args.begin(), info.args.end(), std::begin(data.args));
  const auto verdict = bpf::evaluate(options_.filters[process.phase], data);
  if (verdict && bpf::lets_run(*verdict)) {
    return true;
  }
  ++refused_[{process.phase, info.call, process.index}];
  return false;
}

void ViolationBook::report(RunResult& result) const {
  for (const auto& [key, times] : refused_) {
    result.violations.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), times});
  }
}

} // namespace harness::tracer
