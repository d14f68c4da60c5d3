// SPDX-License-Identifier: Apache-2.0
#include "tracer/phase_watch.hpp"

#include "tracer/proc.hpp"

#include <algorithm>
#include <cstring>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

namespace harness::tracer {

namespace {

constexpr std::size_t max_bytes = std::size_t{64} * 1024;

std::string read_bytes(pid_t id, std::uint64_t address, std::uint64_t size) {
  std::string bytes(std::min<std::uint64_t>(size, max_bytes), '\0');
  bytes.resize(read_memory(id, address, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

std::string read_vector(pid_t id, std::uint64_t address, std::uint64_t count) {
  std::vector<iovec> parts(std::min<std::uint64_t>(count, 64));
  const auto got = read_memory(id, address, std::as_writable_bytes(std::span(parts)));
  parts.resize(got / sizeof(iovec));
  std::string bytes;
  for (const iovec& part : parts) {
    if (bytes.size() >= max_bytes) {
      break;
    }
    bytes += read_bytes(id, reinterpret_cast<std::uint64_t>(part.iov_base), part.iov_len);
  }
  return bytes;
}

} // namespace

std::optional<Written> written_by(pid_t id, const SyscallInfo& info) {
  if (info.call.arch != AuditArch::x86_64) {
    return std::nullopt;
  }
  const auto fd = static_cast<int>(info.args[0]);
  switch (info.call.number) {
  case SYS_write:
  case SYS_pwrite64:
  case SYS_sendto:
    return Written{fd, read_bytes(id, info.args[1], info.args[2])};
  case SYS_writev:
  case SYS_pwritev:
  case SYS_pwritev2:
    return Written{fd, read_vector(id, info.args[1], info.args[2])};
  case SYS_sendmsg: {
    msghdr message{};
    read_memory(id, info.args[1], std::as_writable_bytes(std::span(&message, 1)));
    return Written{
        fd, read_vector(id, reinterpret_cast<std::uint64_t>(message.msg_iov), message.msg_iovlen)};
  }
  default:
    return std::nullopt;
  }
}

PhaseWatch::AtEntry PhaseWatch::at_entry(Process& process, const SyscallInfo& info) const {
  AtEntry answer;
  for (std::size_t i = 0; i < plan_.calls.size(); ++i) {
    const CallRequest& request = plan_.calls[i];
    if (std::find(request.calls.begin(), request.calls.end(), info.call) == request.calls.end()) {
      continue;
    }
    process.progress.calls.resize(plan_.calls.size());
    if (++process.progress.calls[i] == request.nth) {
      auto& when = request.at_exit ? answer.at_exit : answer.now;
      when = std::max(when.value_or(0), request.phase);
    }
  }
  answer.wants_exit = answer.at_exit.has_value() || maps_code(info);
  return answer;
}

bool PhaseWatch::maps_code(const SyscallInfo& info) const {
  return plan_.has_modules() && info.call == SyscallId{AuditArch::x86_64, SYS_mmap} &&
         (info.args[2] & PROT_EXEC) != 0 && static_cast<int>(info.args[4]) >= 0;
}

std::optional<PhaseIndex> PhaseWatch::at_output(Process& process, pid_t id,
                                                const SyscallInfo& info) const {
  if (plan_.outputs.empty() || plan_.outputs.back().phase <= process.phase) {
    return std::nullopt;
  }
  const auto written = written_by(id, info);
  if (!written) {
    return std::nullopt;
  }
  auto& tails = process.progress.tails;
  auto tail = std::find_if(tails.begin(), tails.end(),
                           [&](const auto& known) { return known.fd == written->fd; });
  if (tail == tails.end()) {
    tail = tails.insert(tails.end(), {written->fd, ""});
  }
  const std::string text = tail->text + written->bytes;
  std::optional<PhaseIndex> found;
  std::size_t longest = 1;
  for (const OutputRequest& request : plan_.outputs) {
    longest = std::max(longest, request.text.size());
    const bool here = request.path.empty() ? written->fd == 1 || written->fd == 2
                                           : file_of(id, written->fd) == request.path;
    if (here && text.find(request.text) != std::string::npos) {
      found = std::max(found.value_or(0), request.phase);
    }
  }
  tail->text = text.substr(text.size() - std::min(text.size(), longest - 1));
  return found;
}

std::optional<PhaseIndex> PhaseWatch::at_signal(int signal) const {
  for (const auto& request : plan_.signals) {
    if (request.signal == signal) {
      return request.phase;
    }
  }
  return std::nullopt;
}

std::optional<PhaseIndex> PhaseWatch::at_time(Duration since_launch) const {
  std::optional<PhaseIndex> found;
  for (const auto& request : plan_.times) {
    if (since_launch >= request.after) {
      found = std::max(found.value_or(0), request.phase);
    }
  }
  return found;
}

std::optional<PhaseIndex> PhaseWatch::at_marker(std::string_view name) const {
  for (const auto& request : plan_.markers) {
    if (request.name == name) {
      return request.phase;
    }
  }
  return std::nullopt;
}

std::optional<PhaseIndex> PhaseWatch::at_spawn(SpawnTrigger::By by,
                                               std::string_view executable) const {
  std::optional<PhaseIndex> found;
  const auto base = executable.substr(executable.rfind('/') + 1);
  for (const auto& request : plan_.spawns) {
    if (request.by == by && (request.executable.empty() || request.executable == executable ||
                             request.executable == base)) {
      found = std::max(found.value_or(0), request.phase);
    }
  }
  return found;
}

} // namespace harness::tracer
