// Spawn: clones a process of a run, which begins with its setup in our memory, and where the run is
// isolated pid 1 of a PID namespace of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/launch/child_plan.hpp"

#include <sys/types.h>

namespace harness::launch {

struct Spawned {
  pid_t id = 0;   // the process that will execute the program
  pid_t init = 0; // pid 1 of the run's namespace; 0 without isolation
};

/// Both are children of this thread. After an error the caller must still wait for what is not 0.
Result<> clone_child(ChildPlan& plan, Spawned& spawned);

} // namespace harness::launch
