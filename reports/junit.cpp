// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"

#include "reports/escape.hpp"
#include "reports/view.hpp"

#include <fmt/format.h>

namespace harness::reports {

namespace {

struct Case {
  std::string xml;
  bool failed = false;
  bool skipped = false;
};

std::string open_case(std::string_view kind, std::string_view name) {
  return fmt::format("  <testcase classname=\"harness.{}\" name=\"{}\"", kind, markup(name));
}

/// A phase fails when it was never reached, or when it shows a call outside the baseline.
Case phase_case(const View& view, const PhaseView& phase) {
  std::string body;
  std::string message;
  if (phase.runs == 0) {
    message = "no run reached this phase";
  }
  std::size_t gained = 0;
  for (const auto* change : view.gained) {
    if (change->pair.phase == phase.name) {
      ++gained;
      body += fmt::format("{} by {}: {}\n", qualified_name(change->pair.call),
                          markup(change->pair.executable),
                          markup(replay_command(view.summary, change->input)));
    }
  }
  if (gained > 0) {
    message = fmt::format("{} call{} outside the baseline", gained, gained == 1 ? "" : "s");
  }
  Case result{open_case("phase", phase.name), !message.empty()};
  result.xml += message.empty()
                    ? fmt::format(">\n    <system-out>{} system calls in {} runs</system-out>\n",
                                  phase.calls_seen, phase.runs)
                    : fmt::format(">\n    <failure message=\"{}\">{}</failure>\n", message, body);
  result.xml += "  </testcase>\n";
  return result;
}

Case gate_case(const Gate& gate) {
  Case result{open_case("gate", gate.name), !gate.passed, !gate.applies};
  if (!gate.passed) {
    result.xml +=
        fmt::format(">\n    <failure message=\"{}\"/>\n  </testcase>\n", markup(gate.text));
  } else if (!gate.applies) {
    result.xml +=
        fmt::format(">\n    <skipped message=\"{}\"/>\n  </testcase>\n", markup(gate.text));
  } else {
    result.xml += "/>\n";
  }
  return result;
}

} // namespace

std::string to_junit(const CampaignSummary& summary) {
  const View view(summary);
  std::string cases;
  std::size_t count = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  const auto add = [&](const Case& one) {
    cases += one.xml;
    ++count;
    failed += one.failed ? 1 : 0;
    skipped += one.skipped ? 1 : 0;
  };
  for (const auto& phase : view.phases) {
    add(phase_case(view, phase));
  }
  for (const auto& gate : view.gates) {
    add(gate_case(gate));
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<testsuites>\n"
                     "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" "
                     "skipped=\"{}\" time=\"{:.3f}\">\n"
                     "{}"
                     "  <system-out>{}</system-out>\n"
                     "</testsuite>\n"
                     "</testsuites>\n",
                     markup(summary.plan.name), count, failed, skipped, summary.elapsed_s, cases,
                     markup(view.verdict()));
}

} // namespace harness::reports
