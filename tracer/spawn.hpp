// Birth: clones the target's process, which begins as a stub in our memory, and where the run is
// isolated pid 1 of a PID namespace of its own. Knows nothing of what the stub does then.
#pragma once

#include "core/base/result.hpp"
#include "tracer/child_setup.hpp"

#include <sys/types.h>

namespace harness::tracer {

struct Spawned {
  pid_t id = 0;   // the target's process
  pid_t init = 0; // pid 1 of the run's namespace; 0 without isolation
};

/// Both are children of this thread. After an error the caller must still wait for what is not 0.
Result<> clone_target(ChildSetup& plan, Spawned& spawned);

} // namespace harness::tracer
