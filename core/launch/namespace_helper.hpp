// The go-between: a short-lived process that makes the run's PID namespace and has pid 1 and the
// target's process spawned into it as its siblings, children of the launcher. For launchers that
// could not come back from a fresh PID namespace: in a user namespace below the one that owns
// theirs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launch/child_setup.hpp"

#include <linux/sched.h>

namespace harness::launch {

/// Plain data in memory that both share; see child_setup.hpp.
struct NamespaceHelper {
  clone_args init{}; // both with CLONE_PARENT
  clone_args stub{};
  ChildSetup* plan = nullptr;
  // ---- its answer ------------------------------------------------------------------------------
  bool no_namespace = false; // what failed: unshare, not clone3
  int failed_code = 0;       // errno; 0: both are there
  long init_id = 0;          // in the launcher's PID namespace
  long stub_id = 0;
};

/// Entry of the go-between; `errand` is a NamespaceHelper.
void namespace_helper_main(void* errand);

} // namespace harness::launch
