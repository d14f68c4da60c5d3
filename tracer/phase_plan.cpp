// SPDX-License-Identifier: Apache-2.0
#include "tracer/phase_plan.hpp"

#include "core/model/kernel_names.hpp"
#include "core/model/syscall_table.hpp"

#include <fmt/format.h>

namespace harness::tracer {

namespace {

struct Sort {
  PhasePlan& plan;
  PhaseIndex phase;

  Result<> operator()(const LaunchTrigger& /*t*/) const { return Done{}; }
  Result<> operator()(const SymbolTrigger& t) const {
    plan.points.push_back({phase, t.module, t});
    return Done{};
  }
  Result<> operator()(const OffsetTrigger& t) const {
    plan.points.push_back({phase, t.module, t});
    return Done{};
  }
  Result<> operator()(const CallTrigger& t) const {
    CallRequest request{phase, {}, t.nth, t.on == CallTrigger::On::exit};
    for (const auto arch : {AuditArch::x86_64, AuditArch::i386}) {
      if (const auto id = find_syscall(t.name, arch)) {
        request.calls.push_back(*id);
      }
    }
    if (request.calls.empty()) {
      return Error{fmt::format("no system call is called '{}'", t.name)};
    }
    plan.calls.push_back(std::move(request));
    return Done{};
  }
  Result<> operator()(const SignalTrigger& t) const {
    const auto signal = signal_number(t.name);
    if (!signal) {
      return Error{fmt::format("no signal is called '{}'", t.name)};
    }
    plan.signals.push_back({phase, *signal});
    return Done{};
  }
  Result<> operator()(const OutputTrigger& t) const {
    plan.outputs.push_back({phase, t.text, t.path});
    return Done{};
  }
  Result<> operator()(const TimeTrigger& t) const {
    plan.times.push_back({phase, t.after});
    return Done{};
  }
  Result<> operator()(const MarkerTrigger& t) const {
    plan.markers.push_back({phase, t.name});
    return Done{};
  }
  Result<> operator()(const SpawnTrigger& t) const {
    plan.spawns.push_back({phase, t.by, t.executable});
    return Done{};
  }
  Result<> operator()(const AutoTrigger& /*t*/) const {
    return Error{"an auto trigger is resolved by calibration runs before a run"};
  }
};

} // namespace

Result<PhasePlan> PhasePlan::make(std::span<const Phase> phases) {
  PhasePlan plan;
  for (std::size_t i = 1; i < phases.size(); ++i) {
    auto sorted = std::visit(Sort{plan, static_cast<PhaseIndex>(i)}, phases[i].trigger);
    if (!sorted) {
      return std::move(sorted).error().within("phase " + phases[i].name);
    }
    plan.last = static_cast<PhaseIndex>(i);
  }
  for (const auto& point : plan.points) {
    plan.has_modules_ = plan.has_modules_ || !point.module.empty();
  }
  return plan;
}

} // namespace harness::tracer
