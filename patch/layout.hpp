// Layout: where the added parts lie in the file and in memory, and the writing of the patched file.
// The added segment's file offset equals its address minus the base of the first segment: kernels
// before 5.18 find the program headers only then (they add e_phoff to the load address).
//
// The program headers become no more than they were, wherever the program allows that: the kernel
// counts what it reads of them as reading of the process (rchar in /proc/PID/io), which some
// programs print. The state lies behind the program's own zeroed data, and the segment of code
// takes the place of a note that is there twice.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "patch/elf_view.hpp"
#include "patch/record.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harness::patch {

class Layout {
public:
  Layout(const ElfView& elf, std::string_view program);

  /// False if what is added would lie so far behind the program that the file became absurdly long.
  bool within_reach() const;

  /// Where the `embedded_state` is: zeroed, writable, and nobody else's.
  std::uint64_t state_address() const { return state_; }

  std::uint64_t next_address(std::size_t alignment) const;
  /// Both return the virtual address of what was added.
  std::uint64_t append(std::string_view bytes, std::size_t alignment);
  std::uint64_t reserve(std::size_t size, std::size_t alignment);
  void overwrite(std::uint64_t address, std::string_view bytes);

  /// The whole patched file: `jumps` (address, bytes) written into the original code, the entry
  /// moved to `entry`, the record completed and put at the end.
  std::string finish(std::uint64_t entry,
                     const std::vector<std::pair<std::uint64_t, std::string>>& jumps,
                     PatchRecord record) const;

private:
  std::uint64_t offset(std::uint64_t address) const { return address - base_; }
  void place_state();
  std::string program_headers() const;

  const ElfView& elf_;
  std::string_view program_;
  std::vector<Elf64_Phdr> segments_; // of the patched program, but for that of `content_`
  std::uint64_t base_ = 0;           // address of file offset 0
  std::uint64_t state_ = 0;
  std::uint64_t code_ = 0; // address of `content_`
  std::string content_;    // begins with the program headers
};

} // namespace harness::patch
