// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"

#include "reports/escape.hpp"
#include "reports/view.hpp"

#include <fmt/format.h>

namespace harness::reports {

std::string curve_csv(std::span<const CurvePoint> curve) {
  std::string text = "runs,after_s,corpus,phase,pairs\n";
  for (const auto& point : curve) {
    for (const auto& [phase, pairs] : point.pairs) {
      text += fmt::format("{},{:.3f},{},{},{}\n", point.runs, point.after_s, point.corpus,
                          csv_field(phase), pairs);
    }
  }
  return text;
}

std::string matrix_csv(const CampaignSummary& summary) {
  std::string text = "phase,call,arch,number,category,risk,executable,calls,runs,first_run,"
                     "first_input,shown,tried,fault_only\n";
  const View view(summary);
  for (const auto& phase : view.phases) {
    const bool last = &phase == &view.phases.back();
    const bool free = last && summary.plan.explore.mode == Mode::discover;
    // A line each executable, which rows join: straight from the profile, in its order.
    for (const auto& [key, record] : summary.profile.pairs) {
      if (key.phase != phase.name) {
        continue;
      }
      const std::string name = syscall_name(key.call);
      const auto& note = note_of(name);
      text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(key.phase),
                          csv_field(name), arch_name(key.call.arch), key.call.number,
                          to_string(note.category), to_string(note.risk), csv_field(key.executable),
                          free ? std::string() : fmt::format("{}", record.calls()), record.runs(),
                          record.first.run, csv_field(record.first.input), record.stability.shown,
                          record.stability.tried, record.only_faulted ? 1 : 0);
    }
  }
  return text;
}

} // namespace harness::reports
