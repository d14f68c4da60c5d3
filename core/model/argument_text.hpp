// The text of an argument class: "flags=O_RDONLY|O_CLOEXEC", "cmd=F_GETFL". Pure; what is not known
// by name is written as a number.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/syscall_id.hpp"

#include <cstdint>
#include <string>

namespace harness {

/// `argument` counts from 0. Bits without a name are added in hexadecimal.
std::string argument_text(SyscallId call, unsigned argument, std::uint64_t value);

} // namespace harness
