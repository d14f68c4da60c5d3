// SPDX-License-Identifier: Apache-2.0
#include "tracer/report_queue.hpp"

#include <algorithm>
#include <sched.h>
#include <variant>

namespace harness::tracer {

namespace {

/// Below this number a wait for any child is as cheap as one for a single thread.
constexpr std::size_t many_tracees = 64;
/// A thread that is always ready first must not keep the others waiting.
constexpr unsigned max_in_row = 16;
/// Asking for one thread costs about as much as the kernel's look at this many others.
constexpr std::size_t tracees_per_question = 4;
constexpr std::size_t max_questions = 200;

bool is_about_a_tracee(const Report& report) {
  return std::holds_alternative<StopReport>(report) || std::holds_alternative<Ended>(report);
}

} // namespace

Report ReportQueue::take() {
  Report report = std::move(waiting_.front());
  waiting_.pop_front();
  const auto* stop = std::get_if<StopReport>(&report);
  const pid_t served = stop != nullptr ? stop->tracee.id() : 0;
  if (served != last_served_) {
    served_in_row_ = 0;
  }
  last_served_ = served;
  return report;
}

void ReportQueue::collect() {
  for (;;) {
    Report report = wait_for_report(false);
    if (!is_about_a_tracee(report)) {
      return;
    }
    waiting_.push_back(std::move(report));
  }
}

bool ReportQueue::collect_last(std::size_t tracees) {
  if (last_served_ == 0 || tracees < many_tracees || served_in_row_ >= max_in_row) {
    served_in_row_ = 0;
    return false;
  }
  ++served_in_row_;
  const std::size_t questions = std::min(tracees / tracees_per_question, max_questions);
  for (std::size_t i = 0; i < questions; ++i) {
    Report report = wait_for_report_of(last_served_);
    if (std::holds_alternative<NothingLeft>(report)) { // it has ended, and been told of
      last_served_ = 0;
      return false;
    }
    if (is_about_a_tracee(report)) {
      waiting_.push_back(std::move(report));
      return true;
    }
    ::sched_yield(); // it may share this processor with us
  }
  return false;
}

Report ReportQueue::next(std::size_t tracees) {
  if (waiting_.empty() && !collect_last(tracees)) {
    Report report = wait_for_report();
    if (!is_about_a_tracee(report)) {
      return report;
    }
    waiting_.push_back(std::move(report));
    if (tracees > 1) {
      collect();
    }
  }
  return take();
}

Report ReportQueue::next_at_once() {
  if (waiting_.empty()) {
    Report report = wait_for_report(false);
    if (!is_about_a_tracee(report)) {
      return report;
    }
    waiting_.push_back(std::move(report));
  }
  return take();
}

} // namespace harness::tracer
