// The code that calls the installer and returns: one piece at the entry point of the program, one
// at each transition point. Pure: addresses in, machine code out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace harness::patch {

/// Where things lie in the patched program, as virtual addresses.
struct InstallerPlaces {
  std::uint64_t installer = 0; // `arrive`
  std::uint64_t descriptor = 0;
  std::uint64_t state = 0; // struct embedded_state
};

/// Runs at the entry with the stack as the kernel left it, installs phase `phase` (-1: none), then
/// goes on to `original_entry`. Keeps rdx (the loader's exit function) and rsp.
std::string entry_trampoline(const InstallerPlaces& places, std::uint64_t address,
                             std::int32_t phase, std::uint64_t original_entry);

/// Installs phase `phase` unless it is in force, keeps every register, the flags and the red zone,
/// then does `moved` (already made for its place, see moved_code_offset) and jumps to `resume`.
std::string point_trampoline(const InstallerPlaces& places, std::uint64_t address,
                             std::int32_t phase, const std::string& moved, std::uint64_t resume);

/// Where in a point's trampoline the moved code begins.
std::size_t moved_code_offset();

/// `jmp target` for `address`, filled up with nops to `length` bytes.
std::string jump_over(std::uint64_t address, std::uint64_t target, std::size_t length);

/// `call target` for `address`, with nops before it: it ends where those `length` bytes end.
std::string call_over(std::uint64_t address, std::uint64_t target, std::size_t length);

} // namespace harness::patch
