// ObserverChoice: by what the calls of a run are to be observed, as a plan or a command line asks
// for it. Pure value.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace harness {

enum class ObserverChoice {
  automatic, // in the kernel where it can be done and the run allows it, else by ptrace
  ptrace,    // a stop of the target for each call
  kernel,    // a program in the kernel counts; the target is not stopped for its calls
};

} // namespace harness
