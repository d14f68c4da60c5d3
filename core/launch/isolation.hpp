// Isolation of one run, the launcher's part: checks what the spec asks for, makes mount points, and
// fills the stub's plan. The stub's part is child_setup_isolation.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launch/child_setup.hpp"
#include "core/launch/machine.hpp"
#include "core/model/run_spec.hpp"

#include <list>
#include <string>
#include <vector>

namespace harness::launch {

/// Keeps what the plan's pointers point at.
struct IsolationStorage {
  std::list<std::string> texts;
  std::vector<ChildSetupBind> binds;
  std::vector<ChildSetupFileSystem> file_systems;
};

/// Fails if the machine does not allow isolation, or the spec asks for what is never given.
Result<> prepare_isolation(const RunSpec& spec, const Machine& machine, IsolationStorage& storage,
                           ChildSetup& plan);

} // namespace harness::launch
