// SPDX-License-Identifier: Apache-2.0
#include "core/model/pair.hpp"

#include "core/model/run_result.hpp"

#include <doctest/doctest.h>
#include <vector>

using namespace harness;

namespace {

constexpr SyscallId read_call{AuditArch::x86_64, 0};
const std::vector<std::string> phases = {"startup", "serving"};

} // namespace

TEST_CASE("a sighting's pair names the phase and the executable's file name") {
  RunResult result;
  result.executables = {"/usr/bin/ls", "relative"};
  const auto pair = [&](PhaseIndex phase, std::uint32_t executable) {
    return pair_of({.phase = phase, .call = read_call, .executable = executable}, result, phases);
  };
  CHECK(pair(1, 0) == PairKey{"serving", read_call, "ls"});
  CHECK(pair(0, 1) == PairKey{"startup", read_call, "relative"});
}

TEST_CASE("a phase or an executable that nobody listed has no name") {
  const RunResult result;
  CHECK(pair_of({.phase = 2, .call = read_call, .executable = 7}, result, phases) ==
        PairKey{"", read_call, ""});
}

TEST_CASE("the projection of a pair drops the executable alone") {
  CHECK(PairKey{"serving", read_call, "a"}.phase_call() ==
        PairKey{"serving", read_call, "b"}.phase_call());
  CHECK(PairKey{"serving", read_call, "a"}.phase_call() == PhaseCall{"serving", read_call});
}
