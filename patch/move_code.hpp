// Moves the few instructions that a jump will overwrite to another place, where they do the same.
// Refuses instructions for which this cannot be guaranteed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "patch/elf_view.hpp"

#include <cstdint>
#include <string>

namespace harness::patch {

/// A near jump: E9 and four bytes.
constexpr std::size_t jump_bytes = 5;

/// Instructions that give way to a jump.
struct MovableCode {
  std::uint64_t address = 0; // of the first one; behind an endbr64 at the point itself
  std::size_t length = 0;    // at least jump_bytes, whole instructions
  /// One call, which gives way to a call: the return address stays what it was, and unwinders find
  /// their way back. A server's wait, where its serving begins, is such a point.
  bool is_call = false;
};

/// What must move for a jump at `point`. Refuses a point inside an instruction, an instruction that
/// can't be moved (a call that is not at the point, for one), the end of the code before there is
/// room, and other code that jumps into the middle.
Result<MovableCode> find_movable_code(const ElfView& elf, std::uint64_t point);

/// The machine code that does at `new_address` what `code` does where it is, without the jump back;
/// of a call, what comes after the return address was pushed.
Result<std::string> move_code(const ElfView& elf, const MovableCode& code,
                              std::uint64_t new_address);

} // namespace harness::patch
