// The fields of model types that the protocol sends, in their order on the wire. Included only by
// protocol.cpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "core/model/run_spec.hpp"
#include "harness/engine/codec.hpp"

namespace harness::engine {

// Any architecture may turn up: the kernel names it with every event.
template <> inline constexpr std::uint64_t last_enumerator<AuditArch> = UINT32_MAX;
template <>
inline constexpr auto
    last_enumerator<Incomplete> = static_cast<std::uint64_t>(Incomplete::observer_missed);
template <>
inline constexpr auto last_enumerator<LimitReached::Limit> =
    static_cast<std::uint64_t>(LimitReached::Limit::processes);

void fields(auto& a, Is<sock_filter> auto& v) {
  a(v.code, v.jt, v.jf, v.k);
}
void fields(auto& a, Is<SyscallId> auto& v) {
  a(v.arch, v.number);
}
void fields(auto& a, Is<CodeLocation> auto& v) {
  a(v.module, v.offset_bytes, v.symbol);
}
void fields(auto& a, Is<Error> auto& v) {
  a(v.message, v.code);
}

void fields(auto& a, Is<Exited> auto& v) {
  a(v.status);
}
void fields(auto& a, Is<Signaled> auto& v) {
  a(v.signal, v.core_dumped, v.requested);
}
void fields(auto& a, Is<LimitReached> auto& v) {
  a(v.limit);
}
void fields(auto&, Is<Stopped> auto&) {}
void fields(auto& a, Is<LaunchFailed> auto& v) {
  a(v.error);
}
void fields(auto& a, Is<TracerFailed> auto& v) {
  a(v.error);
}
void fields(auto&, Is<Interrupted> auto&) {}
void fields(auto&, Is<Detached> auto&) {}

namespace detail {
/// Makes `end` hold its `kind`-th alternative; false if there is none.
template <std::size_t I = 0> bool emplace_kind(RunEnd& end, std::uint8_t kind) {
  if constexpr (I < std::variant_size_v<RunEnd>) {
    if (kind == I) {
      end.emplace<I>();
      return true;
    }
    return emplace_kind<I + 1>(end, kind);
  }
  return false;
}
} // namespace detail

inline void fields(Encoder& a, const RunEnd& v) {
  a(static_cast<std::uint8_t>(v.index()));
  std::visit([&](const auto& end) { fields(a, end); }, v);
}
inline void fields(Decoder& a, RunEnd& v) {
  std::uint8_t kind = 0;
  a(kind);
  if (!detail::emplace_kind(v, kind)) {
    a.fail();
    return;
  }
  std::visit([&](auto& end) { fields(a, end); }, v);
}

void fields(auto& a, Is<Sighting> auto& v) {
  a(v.phase, v.call, v.executable, v.calls, v.only_faulted, v.backtrace);
}
void fields(auto& a, Is<Edge> auto& v) {
  a(v.phase, v.from, v.to, v.times);
}
void fields(auto& a, Is<ArgumentClass> auto& v) {
  a(v.phase, v.call, v.argument, v.value, v.times);
}
void fields(auto& a, Is<ErrnoSeen> auto& v) {
  a(v.phase, v.call, v.code, v.times);
}
void fields(auto& a, Is<Violation> auto& v) {
  a(v.phase, v.call, v.process, v.times);
}
void fields(auto& a, Is<ThreadRecord> auto& v) {
  a(v.id, v.name, v.calls);
}
void fields(auto& a, Is<ProcessRecord> auto& v) {
  a(v.id, v.parent, v.executable, v.name, v.phase, v.end, v.threads);
}
void fields(auto& a, Is<PhaseEntry> auto& v) {
  a(v.phase, v.process, v.calls_before, v.after);
}
void fields(auto& a, Is<RunResult> auto& v) {
  a(v.end, v.incomplete, v.executables, v.sightings, v.processes, v.entries, v.edges, v.arguments,
    v.errnos, v.strings, v.violations, v.last_calls, v.calls, v.stops, v.wall, v.faulted,
    v.observed_in_kernel);
}

} // namespace harness::engine
