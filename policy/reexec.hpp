// Re-exec: a program that carries its filters and executes itself again does so under the filters
// that are already installed, and then installs them again. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/policy.hpp"

namespace harness::policy {

/// A copy of `policy` that also allows what an installer calls, seccomp and
/// prctl(PR_SET_NO_NEW_PRIVS), wherever it allows to execute; with the rule `launcher`. What is
/// denied by hand stays denied. One filter more only tightens.
Policy with_reexec(Policy policy);

} // namespace harness::policy
