// ElfView: a bounds-checked view of the bytes of an x86-64 ELF file: segments, symbols, starts of
// functions. Borrows the bytes. Uses libelf; independent of policies.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <elf.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness::patch {

class ElfView {
public:
  /// Refuses what is not a 64-bit little-endian x86-64 executable (ET_EXEC or ET_DYN with an
  /// entry), with a reason for the user.
  static Result<ElfView> open(std::string_view image);

  const Elf64_Ehdr& header() const { return header_; }
  const std::vector<Elf64_Phdr>& segments() const { return segments_; }
  bool has_interpreter() const;

  /// Virtual address ↔ offset in the file, within loaded file content.
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const;
  std::optional<std::uint64_t> address_of(std::uint64_t file_offset) const;

  /// The bytes at a virtual address up to the end of its segment's file content; empty if unmapped.
  std::string_view bytes_at(std::uint64_t address) const;
  bool executable_at(std::uint64_t address) const;

  /// Address of a defined symbol (symtab, then dynsym).
  std::optional<std::uint64_t> symbol(const std::string& name) const;
  /// Names of all defined functions, for "did you mean".
  std::vector<std::string> function_names() const;
  /// Starts of functions in ascending order, from .eh_frame_hdr (there in stripped files too) and
  /// symbols.
  std::vector<std::uint64_t> function_starts() const;
  /// The address of `main`: by symbol, else what the entry code hands to __libc_start_main in rdi.
  std::optional<std::uint64_t> find_main() const;

private:
  explicit ElfView(std::string_view image) : image_(image) {}
  struct Symbol {
    std::string name;
    std::uint64_t address;
  };
  std::vector<Symbol> function_symbols() const;
  void add_unwind_starts(std::vector<std::uint64_t>& starts) const;

  std::string_view image_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> segments_;
};

} // namespace harness::patch
