// Both observers show the same: what the kernel counts without stopping a target equals what ptrace
// counts at its stops, process by process and thread by thread.
// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/evaluate.hpp"
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"
#include "tracer/argument_rules.hpp"
#include "tracer/bpf/observe.h"
#include "tracer/kernel_filter.hpp"
#include "tracer/kernel_observer.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <linux/seccomp.h>
#include <map>
#include <set>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <tuple>

using namespace harness;
using test::Target;

namespace {

/// Loaded once for all tests; null, with the reason printed, where this machine can't.
tracer::KernelMemory* kernel_memory() {
  static std::unique_ptr<tracer::KernelObserver> observer;
  static std::unique_ptr<tracer::KernelMemory> memory;
  static bool tried = false;
  if (!tried) {
    tried = true;
    auto loaded = tracer::KernelObserver::load({.workers = 1, .errors = true});
    if (!loaded) {
      MESSAGE("skipped: " << loaded.error().message);
      return nullptr;
    }
    observer = std::move(*loaded);
    auto mapped = tracer::KernelMemory::map(observer->share(0));
    REQUIRE_MESSAGE(mapped.ok(), mapped.error().message);
    memory = std::move(*mapped);
  }
  return memory.get();
}

TraceOptions everything() {
  TraceOptions options;
  options.observe = {.sites = false, .edges = true, .arguments = true, .all_errno = true};
  return options;
}

RunResult run_by(tracer::KernelMemory* kernel, const std::vector<std::string>& words,
                 const TraceOptions& options) {
  Target target(words);
  tracer::StopFlag stop;
  return tracer::run(target.spec, options, stop, nullptr, kernel);
}

/// What is to be equal, without what two runs of one program never share (ids, times).
struct Seen {
  std::map<std::string, std::uint64_t> lines;
};

void add_calls(Seen& seen, const std::string& where, const RunResult& result,
               const std::vector<Sighting>& calls) {
  for (const auto& call : calls) {
    const auto key = where + " phase " + std::to_string(call.phase) + " " +
                     result.executables[call.executable] + " " +
                     std::to_string(static_cast<std::uint32_t>(call.call.arch)) + ":" +
                     std::to_string(call.call.number);
    seen.lines[key] += call.calls.value_or(0);
  }
}

std::string text_of(PhaseIndex phase, const SyscallId& call) {
  return std::to_string(phase) + "/" + std::to_string(static_cast<std::uint32_t>(call.arch)) + ":" +
         std::to_string(call.number);
}

Seen seen_in(const RunResult& result) {
  Seen seen;
  add_calls(seen, "run", result, result.sightings);
  for (std::size_t p = 0; p < result.processes.size(); ++p) {
    const auto& threads = result.processes[p].threads;
    seen.lines["process " + std::to_string(p) + " threads"] = threads.size();
    for (const auto& thread : threads) {
      add_calls(seen, "process " + std::to_string(p), result, thread.calls);
    }
  }
  for (const auto& edge : result.edges) {
    seen.lines["edge " + text_of(edge.phase, edge.from) + " " + text_of(edge.phase, edge.to)] +=
        edge.times;
  }
  for (const auto& one : result.arguments) {
    seen.lines["argument " + text_of(one.phase, one.call) + " " + std::to_string(one.argument) +
               "=" + std::to_string(one.value)] += one.times;
  }
  for (const auto& one : result.errnos) {
    seen.lines["error " + text_of(one.phase, one.call) + " " + std::to_string(one.code)] +=
        one.times;
  }
  for (const auto& entry : result.entries) {
    seen.lines["entry " + std::to_string(entry.phase) + " of process " +
               std::to_string(entry.process)] = entry.calls_before;
  }
  for (std::size_t i = 0; i < result.last_calls.size(); ++i) {
    seen.lines["last " + std::to_string(i) + " " + text_of(0, result.last_calls[i])] = 1;
  }
  seen.lines["end " + describe(result.end)] = 1;
  for (const auto reason : result.incomplete) {
    seen.lines["incomplete " + std::string(to_string(reason))] = 1;
  }
  return seen;
}

std::string differences(const Seen& by_ptrace, const Seen& by_kernel) {
  std::string text;
  std::set<std::string> keys;
  for (const auto& [key, times] : by_ptrace.lines) {
    keys.insert(key);
  }
  for (const auto& [key, times] : by_kernel.lines) {
    keys.insert(key);
  }
  const auto times = [](const Seen& seen, const std::string& key) {
    const auto place = seen.lines.find(key);
    return place == seen.lines.end() ? std::string("-") : std::to_string(place->second);
  };
  for (const auto& key : keys) {
    if (times(by_ptrace, key) != times(by_kernel, key)) {
      text +=
          key + ": ptrace " + times(by_ptrace, key) + ", kernel " + times(by_kernel, key) + "\n";
    }
  }
  return text;
}

/// Where memory lies differs from run to run and with it, now and then, a brk: some tries.
void check_equal(tracer::KernelMemory& kernel, const std::vector<std::string>& words,
                 const TraceOptions& options) {
  INFO(words[0]);
  std::string text;
  for (int attempt = 0; attempt < 6; ++attempt) {
    const RunResult by_ptrace = run_by(nullptr, words, options);
    const RunResult by_kernel = run_by(&kernel, words, options);
    CHECK_FALSE(by_ptrace.observed_in_kernel);
    CHECK(by_kernel.observed_in_kernel);
    text = differences(seen_in(by_ptrace), seen_in(by_kernel));
    if (text.empty()) {
      CHECK(by_kernel.stops < by_ptrace.stops);
      return;
    }
  }
  FAIL_CHECK(words[0] << "\n" << text);
}

void check_same_calls(tracer::KernelMemory& kernel, const std::vector<std::string>& words) {
  INFO(words[0]);
  const auto names = [](const RunResult& result) {
    std::set<std::string> set;
    for (const auto& call : result.sightings) {
      set.insert(text_of(call.phase, call.call));
    }
    return set;
  };
  std::set<std::string> by_ptrace;
  std::set<std::string> by_kernel;
  for (int attempt = 0; attempt < 20; ++attempt) {
    // Some of them race with themselves: what counts is what several runs show.
    by_ptrace.merge(names(run_by(nullptr, words, everything())));
    by_kernel.merge(names(run_by(&kernel, words, everything())));
    if (by_ptrace == by_kernel) {
      return;
    }
  }
  std::string text;
  for (const auto& name : by_ptrace) {
    text += by_kernel.contains(name) ? "" : "only ptrace " + name + "\n";
  }
  for (const auto& name : by_kernel) {
    text += by_ptrace.contains(name) ? "" : "only kernel " + name + "\n";
  }
  FAIL_CHECK(words[0] << "\n" << text);
}

} // namespace

TEST_CASE("both observers give the same counts for deterministic programs") {
  auto* kernel = kernel_memory();
  if (kernel == nullptr) {
    return;
  }
  const std::vector<std::vector<std::string>> programs = {
      {"/usr/bin/true"},
      {"/usr/bin/ls", "-l", "/usr"},
      {"/usr/bin/cat", "/etc/passwd", "/nonexistent"},
      {"/usr/bin/env", "env", "id"},
      {test::fixture("abort_itself")},
      {test::fixture("busy_loop"), "500"},
      {test::fixture("clone_shares_memory")},
      {test::fixture("double_fork_daemon")},
      {test::fixture("exec_chain")},
      {test::fixture("exec_missing")},
      {test::fixture("exit_with"), "7"},
      {test::fixture("fork_tree")},
      {test::fixture("large_output")},
      {test::fixture("load_library")},
      {test::fixture("odd_numbers")},
      {test::fixture("own_filter")},
      {test::fixture("segfault")},
      {test::fixture("signal_handler")},
      {test::fixture("signal_nested")},
      {test::fixture("untraced_child")},
      {test::fixture("vfork_exec")},
      {test::fixture("vfork_exits")},
      {test::fixture("write_thrice")},
  };
  for (const auto& words : programs) {
    check_equal(*kernel, words, everything());
  }
}

TEST_CASE("both observers show the same calls of programs whose counts depend on time") {
  auto* kernel = kernel_memory();
  if (kernel == nullptr) {
    return;
  }
  for (const char* name : {"at_exit_order",        "broken_pipe",
                           "cancel_thread",        "children_counted",
                           "children_ignored",     "clone3_with_descriptor",
                           "clone_without_signal", "epoll_events",
                           "exec_with_threads",    "exit_from_thread",
                           "fork_from_thread",     "fork_many",
                           "futex_times_out",      "leader_exits_first",
                           "many_threads",         "names_itself",
                           "orphan_reparented",    "pipeline",
                           "process_descriptor",   "read_restarted",
                           "robust_mutex",         "sessions",
                           "shared_counter",       "signal_jump",
                           "signal_queue",         "signal_suspend",
                           "signal_thread",        "signal_wait",
                           "sleep_interrupted",    "stop_itself",
                           "stop_threads",         "timer_descriptor",
                           "timer_signals",        "traces_itself",
                           "two_stages",           "wait_without_reaping"}) {
    check_same_calls(*kernel, {test::fixture(name)});
  }
}

TEST_CASE("both observers begin phases at the same call") {
  auto* kernel = kernel_memory();
  if (kernel == nullptr) {
    return;
  }
  const auto with = [](const char* trigger) {
    TraceOptions options = everything();
    auto phase = parse_phase(std::string("next=") + trigger);
    REQUIRE(phase.ok());
    options.phases = {{"launch", LaunchTrigger{}}, *phase};
    return options;
  };
  check_equal(*kernel, {test::fixture("write_thrice")}, with("call:write#2"));
  check_equal(*kernel, {test::fixture("write_thrice")}, with("call:write#2@exit"));
  check_equal(*kernel, {test::fixture("write_thrice")}, with("output:two"));
  check_equal(*kernel, {test::fixture("write_thrice")}, with("symbol:main"));
  check_equal(*kernel, {test::fixture("fork_tree")}, with("spawn:fork"));
  check_equal(*kernel, {test::fixture("exec_chain")}, with("spawn:exec"));
}

TEST_CASE("a run that needs stops has them, though the kernel could count") {
  auto* kernel = kernel_memory();
  if (kernel == nullptr) {
    return;
  }
  Target target({test::fixture("write_thrice")});
  target.spec.faults = {{.call = "write", .nth = 2, .error = "ENOSPC"}};
  tracer::StopFlag stop;
  const auto result = tracer::run(target.spec, everything(), stop, nullptr, kernel);
  CHECK_FALSE(result.observed_in_kernel);
  CHECK(result.faulted);
}

TEST_CASE("more processes than the kernel has slots are still counted, one after another") {
  auto* kernel = kernel_memory();
  if (kernel == nullptr) {
    return;
  }
  const auto result =
      run_by(kernel, {"/bin/sh", "-c", "i=0; while [ $i -lt 1200 ]; do (exit 0); i=$((i+1)); done"},
             everything());
  CHECK(result.observed_in_kernel);
  CHECK(result.incomplete.empty());
  CHECK(result.processes.size() == 1201);
  CHECK(test::counts(result).at("exit_group") == 1201);
}

TEST_CASE("nothing is left of a run in the memory that the next one uses") {
  auto* kernel = kernel_memory();
  if (kernel == nullptr) {
    return;
  }
  const auto first = seen_in(run_by(kernel, {test::fixture("write_thrice")}, everything()));
  static_cast<void>(run_by(kernel, {"/usr/bin/ls", "-l", "/usr"}, everything()));
  const auto again = seen_in(run_by(kernel, {test::fixture("write_thrice")}, everything()));
  CHECK(differences(first, again) == "");
}

TEST_CASE("the filter of a target that the kernel counts stops it only where the tracer must act") {
  const auto program = tracer::structure_filter({}, true);
  const auto answer = [&](AuditArch arch, int number, std::uint64_t first, std::uint64_t ip = 0) {
    seccomp_data data{};
    data.nr = number;
    data.arch = static_cast<std::uint32_t>(arch);
    data.instruction_pointer = ip;
    data.args[0] = first;
    const auto verdict = bpf::evaluate(program, data);
    REQUIRE(verdict);
    return *verdict;
  };
  const auto native = AuditArch::x86_64;
  CHECK(answer(native, SYS_read, 0) == SECCOMP_RET_ALLOW);
  CHECK(answer(native, -1, 0) == SECCOMP_RET_ALLOW);
  CHECK(answer(native, SYS_clone, 0) == SECCOMP_RET_TRACE);
  CHECK(answer(native, SYS_vfork, 0) == SECCOMP_RET_TRACE);
  CHECK(answer(native, SYS_clone | 0x40000000, 0) == SECCOMP_RET_TRACE); // x32
  CHECK(answer(native, SYS_clone3, 0) == SECCOMP_RET_TRACE);
  CHECK(answer(native, SYS_prctl, PR_SET_NAME) == SECCOMP_RET_ALLOW);
  CHECK(answer(native, SYS_prctl, PR_SET_SECCOMP) == SECCOMP_RET_TRACE);
  CHECK(answer(native, SYS_prctl, PR_GET_SECCOMP) == SECCOMP_RET_TRACE);
  CHECK(answer(native, SYS_seccomp, SECCOMP_SET_MODE_FILTER) == SECCOMP_RET_TRACE);
  CHECK(answer(native, SYS_listen, 3) == SECCOMP_RET_TRACE);
  CHECK(answer(native, SYS_time, 0, 0x7f0000001000) == SECCOMP_RET_ALLOW);
  CHECK(answer(native, SYS_time, 0, 0xffffffffff600400) == SECCOMP_RET_TRACE);
  CHECK(answer(AuditArch::i386, 120, 0) == SECCOMP_RET_TRACE);
  CHECK(answer(AuditArch::i386, SYS_seccomp, 1) == SECCOMP_RET_ALLOW); // another call there
  CHECK(answer(AuditArch::i386, 354, 1) == SECCOMP_RET_TRACE);
}

TEST_CASE("the program in the kernel has room for all rules of every call") {
  for (std::int32_t number = 0; number < 4096; ++number) {
    const auto rules = tracer::classed_arguments(number);
    CHECK(rules.size() <= OBSERVE_RULE_ARGUMENTS);
    CHECK((rules.empty() || static_cast<std::uint32_t>(number) < OBSERVE_RULES));
  }
}
