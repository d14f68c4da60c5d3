// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/runner.hpp"

#include "tracer/find_phases.hpp"
#include "tracer/tracer.hpp"

#include <algorithm>

namespace harness::engine {

Runner::Runner(const CampaignPlan& plan, Options options)
    : plan_(plan), options_(std::move(options)), workload_(workloads::make(plan_)) {}

Mode Runner::mode_for(const Input& input) const {
  const bool output = std::any_of(plan_.phases.begin(), plan_.phases.end(),
                                  [](const Phase& phase) { return needs_output(phase.trigger); });
  return output || !input.faults.empty() ? Mode::count : plan_.explore.mode;
}

TraceOptions Runner::options_for(const Input& input, const Watch& watch) const {
  return {.phases = plan_.phases,
          .mode = watch.compare ? Mode::count : mode_for(input),
          .known = watch.free,
          .known_sites = watch.all_sites ? SyscallSet{} : watch.known_sites,
          .observe = {.sites = true,
                      .edges = watch.guide && plan_.explore.edges,
                      .arguments = watch.guide && plan_.explore.arguments,
                      .strings = watch.guide,
                      .all_errno = watch.compare || (watch.guide && plan_.explore.errnos)},
          .filters = options_.filters,
          .report_violations = options_.report_violations};
}

/// The kernel counts all that guides the search but dictionary words: one run in so many shows
/// those.
tracer::KernelMemory* Runner::kernel_for(const Watch& watch) {
  constexpr std::uint64_t runs_per_word_run = 16;
  if (options_.kernel == nullptr || watch.compare || watch.all_sites) {
    return nullptr;
  }
  return watch.guide && guided_runs_++ % runs_per_word_run == 0 ? nullptr : options_.kernel;
}

Shown Runner::run(const Input& input, const Watch& watch, tracer::StopFlag& stop) {
  auto prepared = workload_->prepare(
      input, {.directory = options_.directory +
                           "/run", // the same for every worker, because paths appear in inputs
              .hidden_directory = options_.hidden,
              .isolated = options_.isolated});
  if (!prepared) {
    Shown failed;
    failed.result.end = TracerFailed{std::move(prepared).error().within("preparing a run")};
    return failed;
  }
  Shown shown{.result = tracer::run(prepared->spec, options_for(input, watch), stop, watch.waits,
                                    kernel_for(watch))};
  const auto* ended = std::get_if<Exited>(&shown.result.end);
  if (ended == nullptr || watch.output) {
    shown.output_tail = prepared->output_tail(output_tail_bytes);
  }
  if (watch.compare) {
    shown.printed = printed_of(prepared->output_tail(compared_bytes) + prepared->replies());
  }
  return shown;
}

Result<std::vector<Phase>> Runner::find_phases(const Input& input, tracer::StopFlag& stop) const {
  const auto run_with = [&](const std::vector<Phase>& phases, tracer::WaitLog* waits) {
    CampaignPlan plan = plan_;
    plan.phases = phases;
    return Runner(plan, options_).run(input, {.guide = false, .waits = waits}, stop).result;
  };
  return tracer::find_phases(plan_.phases, plan_.target.executable, run_with);
}

} // namespace harness::engine
