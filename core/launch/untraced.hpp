// UntracedProcess: a process of a run that nobody traces: a sidecar or a probe. It enters the run
// through the same ChildPlan as the target. One thread starts and ends it: the kernel ends it with
// that thread.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/model/run_spec.hpp"

#include <sys/types.h>

namespace harness::launch {

class UntracedProcess {
public:
  /// Returns once the program of `spec` runs, or with the reason why it does not. `arguments`,
  /// `environment` and descriptors of the spec are needed until then only.
  static Result<UntracedProcess> start(const RunSpec& spec);

  UntracedProcess(UntracedProcess&& other) noexcept;
  UntracedProcess& operator=(UntracedProcess&& other) noexcept;
  ~UntracedProcess(); // kills it, and with isolation everything that it started

  pid_t id() const { return id_; }

private:
  UntracedProcess(pid_t id, pid_t init) : id_(id), init_(init) {}
  void end() noexcept;

  pid_t id_ = 0;
  pid_t init_ = 0; // pid 1 of its PID namespace; 0 without isolation
};

} // namespace harness::launch
