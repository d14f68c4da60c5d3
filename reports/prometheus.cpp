// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"

#include "reports/escape.hpp"
#include "reports/view.hpp"

#include <fmt/format.h>

namespace harness::reports {

namespace {

/// Metrics of one family must stand together, after its HELP and TYPE (exposition format 0.0.4).
class Writer {
public:
  explicit Writer(std::string_view campaign) : campaign_(prometheus_label(campaign)) {}

  void family(std::string_view name, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP harness_{} {}\n# TYPE harness_{} gauge\n", name, help, name);
  }
  void value(double number) { line("", number); }
  void value(std::string_view label, std::string_view of, double number) {
    line(fmt::format(",{}=\"{}\"", label, prometheus_label(of)), number);
  }
  void one(std::string_view name, std::string_view help, double number) {
    family(name, help);
    value(number);
  }
  std::string text() && { return std::move(text_); }

private:
  void line(const std::string& labels, double number) {
    text_ += fmt::format("harness_{}{{campaign=\"{}\"{}}} {}\n", name_, campaign_, labels, number);
  }

  std::string campaign_;
  std::string name_;
  std::string text_;
};

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

} // namespace

std::string to_prometheus(const CampaignSummary& summary) {
  const View view(summary);
  Writer out(summary.plan.name);
  out.one("runs", "Runs of the target.", number(summary.runs));
  out.one("runs_per_second", "Runs per second, over the whole campaign.", view.runs_per_s);
  out.one("elapsed_seconds", "Time the campaign took.", summary.elapsed_s);
  out.one("converged", "1 if the plan's stopping rule was met.", summary.converged ? 1 : 0);
  out.one("exit_status", "Exit status of the campaign.", summary.exit_status);
  out.one("calls", "Different system calls, without those seen only under faults.",
          number(view.union_names.size()));
  out.one("fault_only_calls", "Different system calls seen only under faults.",
          number(view.fault_only.size()));
  out.family("phase_calls", "Different system calls of a phase.");
  for (const auto& phase : view.phases) {
    out.value("phase", phase.name, number(phase.calls_seen));
  }
  out.family("phase_runs", "Runs that reached a phase.");
  for (const auto& phase : view.phases) {
    out.value("phase", phase.name, number(phase.runs));
  }
  out.one("corpus_inputs", "Inputs in the corpus.", number(summary.corpus));
  out.one("crashes", "Runs that crashed.", number(summary.crashes));
  out.one("time_outs", "Runs that hit their time limit.", number(summary.time_outs));
  out.one("incomplete_runs", "Incomplete runs, of which the tracer may have missed calls.",
          number(summary.incomplete_runs));
  out.one("flaky_pairs", "Pairs that only some repetitions show.", number(view.flaky_pairs));
  out.one("validation_attempts", "Validation attempts.", number(summary.attempts.size()));
  if (view.bounding != nullptr && view.bounding->bound) {
    out.one("residual_risk_bound",
            "Upper bound of the share of further runs that would show another call.",
            *view.bounding->bound);
  }
  if (summary.baseline) {
    out.one("calls_gained", "Pairs outside the baseline.", number(view.gained.size()));
    out.one("calls_lost", "Pairs of the baseline that were not seen.", number(view.lost.size()));
  }
  out.family("gate_passed", "1 if the gate passed.");
  for (const auto& gate : view.gates) {
    out.value("gate", gate.name, gate.passed ? 1 : 0);
  }
  return std::move(out).text();
}

} // namespace harness::reports
