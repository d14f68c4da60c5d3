// Patch: an x86-64 program and the filters of a policy → a copy of the program that installs them
// itself. Pure: bytes in, bytes out.
//
// One segment is added behind all others: a copy of the program headers, the descriptor, the
// filters, the installer and the trampolines (read and execute), and one page of state (read and
// write). Nothing of the original moves, so that symbols, relocations, RELRO, notes and debug
// information stay valid. Only the ELF header and the instructions at the transition points change.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/filter_program.hpp"
#include "core/model/phase.hpp"
#include "patch/record.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace harness::patch {

/// Where the first filter is installed.
enum class At {
  load, // at the very first instruction: static programs only, the loader runs before dynamic ones
  init, // at the program's entry: the loader has finished, constructors have not run
  main, // at main
};

struct PatchPhase {
  std::string name;
  Trigger trigger; // of all but the first
  FilterProgram enforce;
  FilterProgram audit; // the same, but everything denied is logged; empty with --no-override
};

struct PatchRequest {
  std::string_view program; // the whole file
  std::vector<PatchPhase> phases;
  At at = At::init;
  std::string policy; // the policy's own text, embedded for --inspect
};

/// The patched program. Errors say which phase or point was refused, why, and what to do instead.
Result<std::string> patch_program(const PatchRequest& request);

} // namespace harness::patch
