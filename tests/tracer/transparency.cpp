// Transparency: every fixture ends, prints and is signaled the same traced and untraced, time and
// again, with one stop a call and with two. HARNESS_REPEAT sets how often (the slow suite: 200).
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <sys/resource.h>

using namespace harness;
using test::Shown;
using test::Target;

namespace {

using Words = std::vector<std::string>;

Shown traced(const Words& words, bool two_stops) {
  Target target(words);
  target.options.observe.sites = false;
  // With filters that come later (here: none ever), the tracer uses PTRACE_SYSCALL.
  target.options.report_violations = two_stops;
  const auto result = target.run();
  Shown shown;
  shown.output = target.output();
  if (const auto* exited = std::get_if<Exited>(&result.end)) {
    shown.status = exited->status;
  } else if (const auto* signaled = std::get_if<Signaled>(&result.end)) {
    shown.status = 128 + signaled->signal;
    shown.core_dumped = signaled->core_dumped;
  } else {
    FAIL(describe(result.end));
  }
  return shown;
}

const std::vector<Words>& programs() {
  static const std::vector<Words> list = {
      {"abort_itself"},
      {"at_exit_order"},
      {"broken_pipe"},
      {"busy_loop", "200"},
      {"cancel_thread"},
      {"children_counted"},
      {"children_ignored"},
      {"clone3_with_descriptor"},
      {"clone_shares_memory"},
      {"clone_without_signal"},
      {"dies_with_parent"},
      {"divide_by_zero"},
      {"epoll_events"},
      {"exec_chain"},
      {"exec_from_thread"},
      {"exec_missing"},
      {"exec_with_threads"},
      {"exit_from_thread"},
      {"exit_with", "11"},
      {"fork_from_thread"},
      {"fork_many"},
      {"fork_tree"},
      {"futex_times_out"},
      {"generated_code"},
      {"illegal_instruction"},
      {"interrupt_0x80"},
      {"keeps_registers"},
      {"kill_itself"},
      {"large_output"},
      {"leader_exits_first"},
      {"limits_descriptors"},
      {"load_library"},
      {"many_threads", "64"},
      {"map_fault"},
      {"names_itself"},
      {"no_core_dump"},
      {"odd_numbers"},
      {"orphan_reparented"},
      {"own_breakpoint"},
      {"own_filter"},
      {"passes_descriptor"},
      {"pipeline"},
      {"process_descriptor"},
      {"protect_fault"},
      {"read_restarted"},
      {"read_to_end"},
      {"report_answers"},
      {"robust_mutex"},
      {"segfault"},
      {"sessions"},
      {"shared_counter"},
      {"signal_alternate_stack"},
      {"signal_descriptor"},
      {"signal_handler"},
      {"signal_jump"},
      {"signal_mask"},
      {"signal_nested"},
      {"signal_queue"},
      {"signal_suspend"},
      {"signal_thread"},
      {"signal_wait"},
      {"sleep_interrupted"},
      {"sleep_stopped"},
      {"stop_by_terminal_signal"},
      {"stop_itself"},
      {"stop_threads"},
      {"take_signals"},
      {"terminate_itself"},
      {"timer_descriptor"},
      {"timer_signals"},
      {"two_stages"},
      {"two_stages", "fork"},
      {"two_stages", "threads"},
      {"two_stages", "vfork"},
      {"unhandled_breakpoint"},
      {"untraced_child"},
      {"vfork_exec"},
      {"vfork_exits"},
      {"wait_without_reaping"},
      {"write_thrice"},
  };
  return list;
}

int repeats() {
  const char* wish = std::getenv("HARNESS_REPEAT");
  return wish != nullptr ? std::atoi(wish) : 1;
}

} // namespace

TEST_CASE("every fixture behaves the same traced and untraced") {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none); // no core files in the tree
  REQUIRE(programs().size() >= 60);
  const int times = repeats();
  for (Words words : programs()) {
    words[0] = test::fixture(words[0]);
    const Shown expected = test::run_untraced(words);
    for (int i = 0; i < times; ++i) {
      for (const bool two_stops : {false, true}) {
        const Shown shown = traced(words, two_stops);
        const std::string stops = two_stops ? ", two stops" : ", one stop";
        INFO(words[0] << " repetition " << i << stops);
        INFO(shown.output);
        CHECK(shown.status == expected.status);
        CHECK(shown.core_dumped == expected.core_dumped);
        CHECK(shown.output == expected.output);
      }
    }
  }
}
