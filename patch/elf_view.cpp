// SPDX-License-Identifier: Apache-2.0
#include "patch/elf_view.hpp"

#include <algorithm>
#include <cstring>
#include <gelf.h>
#include <libelf.h>
#include <memory>

#include <Zydis/Zydis.h>

namespace harness::patch {

namespace {

/// A copy of the T at `offset`, if it lies within `image`.
template <typename T> std::optional<T> read_at(std::string_view image, std::uint64_t offset) {
  if (offset > image.size() || image.size() - offset < sizeof(T)) {
    return std::nullopt;
  }
  T value;
  std::memcpy(&value, image.data() + offset, sizeof value);
  return value;
}

struct EndElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};

} // namespace

Result<ElfView> ElfView::open(std::string_view image) {
  ElfView view(image);
  const auto header = read_at<Elf64_Ehdr>(image, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    return Error{"not an ELF file; name the program itself, not a script that starts it"};
  }
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_X86_64) {
    return Error{"an ELF file of another architecture; only x86-64 programs can be patched"};
  }
  if ((header->e_type != ET_EXEC && header->e_type != ET_DYN) || header->e_entry == 0) {
    return Error{"not an executable ELF file (an object file or a library)"};
  }
  if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
      header->e_phnum >= PN_XNUM) {
    return Error{"a damaged ELF file: its program headers are invalid"};
  }
  view.header_ = *header;
  for (unsigned i = 0; i < header->e_phnum; ++i) {
    const auto segment = read_at<Elf64_Phdr>(image, header->e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) {
      return Error{"a damaged ELF file: its program headers lie beyond its end"};
    }
    const bool inside =
        segment->p_offset <= image.size() && segment->p_filesz <= image.size() - segment->p_offset;
    const bool sane = segment->p_vaddr + segment->p_memsz >= segment->p_vaddr;
    if (segment->p_type == PT_LOAD && (!inside || !sane)) {
      return Error{"a damaged ELF file: a segment lies beyond its end"};
    }
    view.segments_.push_back(*segment);
  }
  if (!view.executable_at(header->e_entry)) {
    return Error{"a damaged ELF file: its entry point is not in an executable segment"};
  }
  return view;
}

bool ElfView::has_interpreter() const {
  return std::any_of(segments_.begin(), segments_.end(),
                     [](const Elf64_Phdr& s) { return s.p_type == PT_INTERP; });
}

std::optional<std::uint64_t> ElfView::offset_of(std::uint64_t address) const {
  for (const auto& s : segments_) {
    if (s.p_type == PT_LOAD && address >= s.p_vaddr && address - s.p_vaddr < s.p_filesz) {
      return s.p_offset + (address - s.p_vaddr);
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ElfView::address_of(std::uint64_t file_offset) const {
  for (const auto& s : segments_) {
    if (s.p_type == PT_LOAD && file_offset >= s.p_offset && file_offset - s.p_offset < s.p_filesz) {
      return s.p_vaddr + (file_offset - s.p_offset);
    }
  }
  return std::nullopt;
}

std::string_view ElfView::bytes_at(std::uint64_t address) const {
  for (const auto& s : segments_) {
    if (s.p_type == PT_LOAD && address >= s.p_vaddr && address - s.p_vaddr < s.p_filesz) {
      const std::uint64_t skipped = address - s.p_vaddr;
      return image_.substr(s.p_offset + skipped, s.p_filesz - skipped);
    }
  }
  return {};
}

bool ElfView::executable_at(std::uint64_t address) const {
  return std::any_of(segments_.begin(), segments_.end(), [&](const Elf64_Phdr& s) {
    return s.p_type == PT_LOAD && (s.p_flags & PF_X) != 0 && address >= s.p_vaddr &&
           address - s.p_vaddr < s.p_filesz;
  });
}

std::vector<ElfView::Symbol> ElfView::function_symbols() const {
  std::vector<Symbol> found;
  elf_version(EV_CURRENT);
  // libelf only reads in this mode; its interface is older than const.
  const std::unique_ptr<Elf, EndElf> elf(
      elf_memory(const_cast<char*>(image_.data()), image_.size()));
  if (!elf) {
    return found;
  }
  // .symtab first: where both tables have a name, the fuller one is asked first.
  for (const unsigned wanted : {SHT_SYMTAB, SHT_DYNSYM}) {
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section)) != nullptr;) {
      GElf_Shdr header;
      if (gelf_getshdr(section, &header) == nullptr || header.sh_type != wanted) {
        continue;
      }
      Elf_Data* data = elf_getdata(section, nullptr);
      GElf_Sym symbol;
      for (int i = 0; data != nullptr && gelf_getsym(data, i, &symbol) != nullptr; ++i) {
        const char* name = elf_strptr(elf.get(), header.sh_link, symbol.st_name);
        if (name != nullptr && symbol.st_shndx != SHN_UNDEF && executable_at(symbol.st_value) &&
            GELF_ST_TYPE(symbol.st_info) != STT_GNU_IFUNC) {
          found.push_back({name, symbol.st_value});
        }
      }
    }
  }
  return found;
}

std::optional<std::uint64_t> ElfView::symbol(const std::string& name) const {
  for (const auto& symbol : function_symbols()) {
    if (symbol.name == name) {
      return symbol.address;
    }
  }
  return std::nullopt;
}

std::vector<std::string> ElfView::function_names() const {
  std::vector<std::string> names;
  for (auto& symbol : function_symbols()) {
    names.push_back(std::move(symbol.name));
  }
  return names;
}

/// .eh_frame_hdr: a sorted table of (function start, unwind entry), both relative to the section
/// (Linux Standard Base, "Exception Frames"). Only the encoding that every linker writes is read.
void ElfView::add_unwind_starts(std::vector<std::uint64_t>& starts) const {
  for (const auto& s : segments_) {
    if (s.p_type != PT_GNU_EH_FRAME) {
      continue;
    }
    const auto head = read_at<std::uint32_t>(image_, s.p_offset);
    const auto count = read_at<std::uint32_t>(image_, s.p_offset + 8);
    constexpr std::uint32_t usual_encoding = 0x3b031b01; // version 1, pcrel, udata4, datarel sdata4
    if (!head || *head != usual_encoding || !count) {
      continue;
    }
    for (std::uint64_t i = 0; i < *count; ++i) {
      const auto start = read_at<std::int32_t>(image_, s.p_offset + 12 + i * 8);
      if (!start) {
        break;
      }
      starts.push_back(s.p_vaddr + static_cast<std::uint64_t>(std::int64_t{*start}));
    }
  }
}

std::vector<std::uint64_t> ElfView::function_starts() const {
  std::vector<std::uint64_t> starts;
  add_unwind_starts(starts);
  for (const auto& symbol : function_symbols()) {
    starts.push_back(symbol.address);
  }
  starts.push_back(header_.e_entry);
  std::erase_if(starts, [&](std::uint64_t start) { return !executable_at(start); });
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  return starts;
}

std::optional<std::uint64_t> ElfView::find_main() const {
  if (const auto named = symbol("main")) {
    return named;
  }
  // crt1's _start loads main into rdi and calls __libc_start_main; nothing else comes in between.
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  std::string_view code = bytes_at(header_.e_entry).substr(0, 64);
  std::uint64_t address = header_.e_entry;
  std::optional<std::uint64_t> candidate;
  ZydisDecodedInstruction instruction;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  while (ZYAN_SUCCESS(
      ZydisDecoderDecodeFull(&decoder, code.data(), code.size(), &instruction, operands))) {
    const bool to_rdi = instruction.operand_count >= 2 &&
                        operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                        (operands[0].reg.value == ZYDIS_REGISTER_RDI ||
                         operands[0].reg.value == ZYDIS_REGISTER_EDI);
    ZyanU64 target = 0;
    if (to_rdi && instruction.mnemonic == ZYDIS_MNEMONIC_LEA &&
        ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&instruction, &operands[1], address, &target))) {
      candidate = target;
    } else if (to_rdi && instruction.mnemonic == ZYDIS_MNEMONIC_MOV &&
               operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
      candidate = operands[1].imm.value.u;
    }
    if (instruction.meta.category == ZYDIS_CATEGORY_CALL) {
      break;
    }
    code.remove_prefix(instruction.length);
    address += instruction.length;
  }
  return candidate && executable_at(*candidate) ? candidate : std::nullopt;
}

} // namespace harness::patch
