// audit: the same policy in audit mode: every refusal becomes a line of the kernel's log. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/policy.hpp"

namespace harness::policy {

/// What `policy` denies, or allows only for some arguments, is let through and logged
/// (SECCOMP_RET_LOG); so are other architectures.
Policy audit(Policy policy);

} // namespace harness::policy
