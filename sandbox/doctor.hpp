// Doctor: what this machine supports, and for each thing that it does not, how to fix it.
// Looks only; changes nothing. Must not depend on a campaign, so that it can explain why none runs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace harness::sandbox {

/// One thing that `harness` needs or likes to have.
struct Finding {
  enum class State {
    good,
    limited, // works, with what `found` says out of reach
    bad,     // campaigns do not run
  };
  std::string name;
  State state = State::good;
  std::string found;  // one line for a person
  std::string remedy; // a command to type, or what to do; empty when good
};

/// All findings, in the order in which a person would mend them.
std::vector<Finding> examine_machine();

} // namespace harness::sandbox
