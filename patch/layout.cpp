// SPDX-License-Identifier: Apache-2.0
#include "patch/layout.hpp"

#include "patch/embedded.h"

#include <algorithm>
#include <cstring>

namespace harness::patch {

namespace {

constexpr std::uint64_t page_bytes = 0x1000;
constexpr std::uint64_t state_alignment = 16;
constexpr std::uint64_t longest_file = std::uint64_t{1} << 30;

std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

std::uint64_t end_of(const Elf64_Phdr& segment) {
  return segment.p_vaddr + segment.p_memsz;
}

/// A segment of added bytes: in the file at `address - base`.
Elf64_Phdr added_segment(std::uint64_t address, std::uint64_t base, std::uint64_t size,
                         Elf64_Word flags) {
  Elf64_Phdr segment{};
  segment.p_type = PT_LOAD;
  segment.p_flags = flags;
  segment.p_offset = address - base;
  segment.p_vaddr = segment.p_paddr = address;
  segment.p_filesz = segment.p_memsz = size;
  segment.p_align = page_bytes;
  return segment;
}

/// Loaded segments stand in ascending order of their addresses, and ours come last.
void add_last(std::vector<Elf64_Phdr>& segments, const Elf64_Phdr& added) {
  const auto last_load = std::find_if(segments.rbegin(), segments.rend(),
                                      [](const Elf64_Phdr& s) { return s.p_type == PT_LOAD; });
  segments.insert(last_load.base(), added);
}

/// Linkers name .note.gnu.property twice: as PT_GNU_PROPERTY, which kernel and loader ask first,
/// and as the PT_NOTE of older loaders.
void drop_repeated_note(std::vector<Elf64_Phdr>& segments) {
  const auto property = std::find_if(segments.begin(), segments.end(), [](const Elf64_Phdr& s) {
    return s.p_type == PT_GNU_PROPERTY;
  });
  if (property == segments.end()) {
    return;
  }
  const auto repeated = std::find_if(segments.begin(), segments.end(), [&](const Elf64_Phdr& s) {
    return s.p_type == PT_NOTE && s.p_offset == property->p_offset &&
           s.p_filesz == property->p_filesz;
  });
  if (repeated != segments.end()) {
    segments.erase(repeated);
  }
}

} // namespace

Layout::Layout(const ElfView& elf, std::string_view program)
    : elf_(elf), program_(program), segments_(elf.segments()) {
  const auto first = std::find_if(segments_.begin(), segments_.end(),
                                  [](const Elf64_Phdr& s) { return s.p_type == PT_LOAD; });
  base_ = first->p_vaddr - first->p_offset;
  drop_repeated_note(segments_);
  place_state();
  content_.resize((segments_.size() + 1) * sizeof(Elf64_Phdr));
}

/// Behind the zeroed data of the program, if that is writable and lies highest; else on a page of
/// its own. Never in what the loader write-protects (RELRO, which may be longer than its segment).
void Layout::place_state() {
  Elf64_Phdr* highest = nullptr;
  std::uint64_t end = 0;
  for (auto& s : segments_) {
    if (s.p_type == PT_LOAD && (highest == nullptr || end_of(s) > end_of(*highest))) {
      highest = &s;
    }
    if (s.p_type == PT_LOAD || s.p_type == PT_GNU_RELRO) {
      end = std::max(end, end_of(s));
    }
  }
  if ((highest->p_flags & PF_W) != 0) {
    state_ = round_up(end, state_alignment);
    highest->p_memsz = state_ + sizeof(embedded_state) - highest->p_vaddr;
    code_ = round_up(std::max(end_of(*highest), base_ + program_.size()), page_bytes);
  } else {
    state_ = round_up(std::max(end, base_ + program_.size()), page_bytes);
    code_ = state_ + page_bytes;
    add_last(segments_, added_segment(state_, base_, page_bytes, PF_R | PF_W));
  }
}

bool Layout::within_reach() const {
  return offset(code_) >= program_.size() && offset(code_) <= longest_file;
}

std::uint64_t Layout::next_address(std::size_t alignment) const {
  return round_up(code_ + content_.size(), alignment);
}

std::uint64_t Layout::append(std::string_view bytes, std::size_t alignment) {
  const std::uint64_t address = reserve(bytes.size(), alignment);
  overwrite(address, bytes);
  return address;
}

std::uint64_t Layout::reserve(std::size_t size, std::size_t alignment) {
  const std::uint64_t address = next_address(alignment);
  content_.resize(address - code_ + size);
  return address;
}

void Layout::overwrite(std::uint64_t address, std::string_view bytes) {
  content_.replace(address - code_, bytes.size(), bytes);
}

std::string Layout::program_headers() const {
  std::vector<Elf64_Phdr> all = segments_;
  add_last(all, added_segment(code_, base_, content_.size(), PF_R | PF_X));
  for (auto& s : all) {
    if (s.p_type == PT_PHDR) {
      s.p_offset = offset(code_);
      s.p_vaddr = s.p_paddr = code_;
      s.p_filesz = s.p_memsz = all.size() * sizeof(Elf64_Phdr);
    }
  }
  return {reinterpret_cast<const char*>(all.data()), all.size() * sizeof(Elf64_Phdr)};
}

std::string Layout::finish(std::uint64_t entry,
                           const std::vector<std::pair<std::uint64_t, std::string>>& jumps,
                           PatchRecord record) const {
  std::string file(program_);
  const auto write = [&](std::uint64_t at, std::string_view bytes) {
    record.overwritten.push_back({at, std::string(program_.substr(at, bytes.size()))});
    file.replace(at, bytes.size(), bytes);
  };
  Elf64_Ehdr header = elf_.header();
  header.e_entry = entry;
  header.e_phoff = offset(code_);
  header.e_phnum = static_cast<Elf64_Half>(segments_.size() + 1);
  write(0, {reinterpret_cast<const char*>(&header), sizeof header});
  for (const auto& [address, bytes] : jumps) {
    write(*elf_.offset_of(address), bytes);
  }
  file.resize(offset(code_), '\0');
  const std::string headers = program_headers();
  file += headers;
  file += content_.substr(headers.size());
  file += serialize_record(record);
  return file;
}

} // namespace harness::patch
