// ElfImage: what a phase point needs to know of an ELF file: where symbols, file offsets, the entry
// and main are. The file may be hostile: it is read, never mapped, and everything taken from it is
// bounded. Uses libelf; needs no process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness::tracer {

/// Addresses are link-time ones: add the load bias of a process.
class ElfImage {
public:
  /// Reads the file `path`. The images used last are kept, by device, inode, size and times, so
  /// that a second call costs no more than opening. An error names `shown` (or the path).
  static Result<std::shared_ptr<const ElfImage>> open(const std::string& path,
                                                      const std::string& shown = "");
  /// The same of an open file (see module_file.hpp).
  static Result<std::shared_ptr<const ElfImage>> open(const Fd& file, const std::string& shown);

  std::uint64_t entry() const { return entry_; }
  /// The function called `name`: .symtab, .dynsym, and the separate debug file of the same build.
  std::optional<std::uint64_t> symbol(const std::string& name) const;
  /// `symbol("main")` or, in a stripped program, the first argument of __libc_start_main.
  std::optional<std::uint64_t> main() const;
  std::optional<std::uint64_t> address_of(std::uint64_t file_offset) const;
  std::optional<std::uint64_t> file_offset_of(std::uint64_t address) const;
  /// True if `address` lies in a segment of code.
  bool is_code(std::uint64_t address) const;
  /// The symbol that `address` lies in, as NAME+0xN, or empty.
  std::string describe(std::uint64_t address) const;
  std::vector<std::string> symbol_names() const;
  const std::string& build_id() const { return build_id_; }

private:
  struct Segment {
    std::uint64_t offset = 0;
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    bool code = false;
  };
  struct Symbol {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    bool global = false;
  };
  Result<> read(int fd, bool with_debug_file);
  Result<> read_symbols(int fd);
  void find_main(int fd);

  std::uint64_t entry_ = 0;
  std::optional<std::uint64_t> main_;
  std::string build_id_;
  std::vector<Segment> segments_;
  std::map<std::string, Symbol, std::less<>> symbols_;
  std::map<std::uint64_t, std::string> by_address_;
};

} // namespace harness::tracer
