#include "tracer/phase_filters.hpp"

#include "core/bpf/evaluate.hpp"

#include <algorithm>
#include <cstring>
#include <linux/seccomp.h>
#include <sys/syscall.h>

namespace harness::tracer {

Injection::Call install_call(const FilterProgram& program, const SyscallInfo& own) {
  // struct sock_fprog, then the program itself.
  const std::size_t size = sizeof(sock_fprog) + program.size() * sizeof(sock_filter);
  Injection::Call call;
  call.number = SYS_seccomp;
  call.args = {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, 0, 0, 0, 0};
  call.block_argument = 2;
  call.block.resize(size);
  sock_fprog header{};
  header.len = static_cast<unsigned short>(program.size());
  header.filter =
      reinterpret_cast<sock_filter*>(Injection::block_address(own, size) + sizeof header);
  std::memcpy(call.block.data(), &header, sizeof header);
  std::memcpy(call.block.data() + sizeof header, program.data(),
              program.size() * sizeof(sock_filter));
  return call;
}

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
