// KernelObserver: the program in the kernel that counts calls without stopping anybody, loaded once
// and used by any number of tracers, each with a share of its memory. Needs CAP_BPF and CAP_PERFMON
// (or root); whoever uses a share needs nothing.
//
//   auto observer = KernelObserver::load({.workers = 2});
//   auto memory = KernelMemory::map((*observer)->share(0)); // here or in a process below
//   run(spec, stop, nullptr, memory->get());
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "tracer/kernel_memory.hpp"

#include <memory>
#include <optional>
#include <string>

namespace harness::tracer {

class KernelObserver {
public:
  struct Options {
    std::uint32_t workers = 1;
    bool errors = false; // returns of calls are to be observed, which costs as much again
  };
  /// Loads and attaches it. The error says what is missing; kernel_observer_remedy what to do.
  static Result<std::unique_ptr<KernelObserver>> load(const Options& options);
  ~KernelObserver(); // nothing of it stays in the kernel once no share is mapped any more
  KernelObserver(const KernelObserver&) = delete;
  KernelObserver& operator=(const KernelObserver&) = delete;

  /// Of tracer `worker`, counted from 0. Its descriptors are close-on-exec and belong to us.
  KernelShare share(std::uint32_t worker) const;

private:
  struct State;
  explicit KernelObserver(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Why calls can't be observed in the kernel here, found without loading anything, and what would
/// make it possible; nothing where only a try can tell.
struct KernelObserverProblem {
  std::string reason;
  std::string remedy;
};
std::optional<KernelObserverProblem> kernel_observer_problem();

} // namespace harness::tracer
