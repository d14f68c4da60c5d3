// SPDX-License-Identifier: Apache-2.0
#include "core/launch/namespace_helper.hpp"

#include "core/launch/raw_syscall.hpp"

#include <sys/syscall.h>

namespace harness::launch {

namespace {

/// True if the sibling is there; else the errno is in `errand`.
HARNESS_RAW_CODE bool spawned(NamespaceHelper& errand, long id) {
  if (id < 0) {
    errand.failed_code = static_cast<int>(-id);
  }
  return id >= 0;
}

HARNESS_RAW_CODE void run(NamespaceHelper& errand) {
  const long fresh = raw_syscall(SYS_unshare, CLONE_NEWPID);
  if (fresh < 0) {
    errand.no_namespace = true;
    errand.failed_code = static_cast<int>(-fresh);
    return;
  }
  errand.init_id = raw_clone(&errand.init, sizeof errand.init, init_main, nullptr);
  if (spawned(errand, errand.init_id)) {
    errand.stub_id = raw_clone(&errand.stub, sizeof errand.stub, child_setup_main, errand.plan);
    spawned(errand, errand.stub_id);
  }
}

} // namespace

HARNESS_RAW_CODE void namespace_helper_main(void* errand) {
  run(*static_cast<NamespaceHelper*>(errand));
  raw_syscall(SYS_exit_group, 0);
  __builtin_trap();
}

} // namespace harness::launch
