// Isolation of one run, the launcher's part: checks what the spec asks for, makes mount points, and
// fills the stub's plan. The stub's part is stub_isolation.hpp.
#pragma once

#include "core/model/run_spec.hpp"
#include "tracer/machine.hpp"
#include "tracer/stub.hpp"

#include <list>
#include <string>
#include <vector>

namespace harness::tracer {

/// Keeps what the plan's pointers point at.
struct IsolationStorage {
  std::list<std::string> texts;
  std::vector<StubBind> binds;
  std::vector<StubFileSystem> file_systems;
};

/// Fails if the machine does not allow isolation, or the spec asks for what is never given.
Result<> prepare_isolation(const RunSpec& spec, const Machine& machine, IsolationStorage& storage,
                           StubPlan& plan);

} // namespace harness::tracer
