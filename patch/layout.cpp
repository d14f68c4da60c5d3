#include "patch/layout.hpp"

#include <algorithm>
#include <cstring>

namespace harness::patch {

namespace {

constexpr std::uint64_t page_bytes = 0x1000;
constexpr std::size_t added_segments = 2;

std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

} // namespace

Layout::Layout(const ElfView& elf, std::string_view program) : elf_(elf), program_(program) {
  std::uint64_t end = 0;
  bool first = true;
  for (const auto& s : elf.segments()) {
    if (s.p_type == PT_LOAD) {
      if (first) {
        base_ = s.p_vaddr - s.p_offset;
        first = false;
      }
      end = std::max(end, s.p_vaddr + s.p_memsz);
    }
  }
  state_ = round_up(std::max(end, base_ + program.size()), page_bytes);
  code_ = state_ + page_bytes;
  content_.resize((elf.segments().size() + added_segments) * sizeof(Elf64_Phdr));
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
  std::vector<Elf64_Phdr> all = elf_.segments();
  const std::uint64_t table_bytes = (all.size() + added_segments) * sizeof(Elf64_Phdr);
  for (auto& s : all) {
    if (s.p_type == PT_PHDR) {
      s.p_offset = offset(code_);
      s.p_vaddr = s.p_paddr = code_;
      s.p_filesz = s.p_memsz = table_bytes;
    }
  }
  Elf64_Phdr state{};
  state.p_type = PT_LOAD;
  state.p_flags = PF_R | PF_W;
  state.p_offset = offset(state_);
  state.p_vaddr = state.p_paddr = state_;
  state.p_filesz = state.p_memsz = page_bytes;
  state.p_align = page_bytes;
  Elf64_Phdr code = state;
  code.p_flags = PF_R | PF_X;
  code.p_offset = offset(code_);
  code.p_vaddr = code.p_paddr = code_;
  code.p_filesz = code.p_memsz = content_.size();
  // Loaded segments stand in ascending order of their addresses, and ours come last.
  const auto last_load = std::find_if(all.rbegin(), all.rend(),
                                      [](const Elf64_Phdr& s) { return s.p_type == PT_LOAD; });
  all.insert(last_load.base(), {state, code});
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
  header.e_phnum = static_cast<Elf64_Half>(elf_.segments().size() + added_segments);
  write(0, {reinterpret_cast<const char*>(&header), sizeof header});
  for (const auto& [address, bytes] : jumps) {
    write(*elf_.offset_of(address), bytes);
  }
  file.resize(offset(code_), '\0');
  const std::string headers = program_headers();
  file += headers;
  file += content_.substr(headers.size());
  file += serialise_record(record);
  return file;
}

} // namespace harness::patch
