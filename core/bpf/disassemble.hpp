// disassemble: a filter as text that a person can read. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/filter_program.hpp"

#include <string>

namespace harness::bpf {

/// One instruction a line: its position, what it does, and where it goes on. Comparisons of the
/// number carry the call's name where the architecture is certain. Any program gives a text; codes
/// that seccomp does not take are shown as such.
std::string disassemble(const FilterProgram& program);

} // namespace harness::bpf
