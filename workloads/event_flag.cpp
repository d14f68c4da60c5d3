// SPDX-License-Identifier: Apache-2.0
#include "workloads/event_flag.hpp"

#include <csignal>

namespace harness::workloads {

void block_signals_here() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

} // namespace harness::workloads
