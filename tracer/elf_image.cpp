// SPDX-License-Identifier: Apache-2.0
#include "tracer/elf_image.hpp"

#include "tracer/lru_cache.hpp"
#include "tracer/module_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <mutex>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace harness::tracer {

namespace {

struct CloseElf {
  void operator()(Elf* elf) const { ::elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, CloseElf>;

/// Symbols beyond these are ignored: no program that a person wrote has more.
constexpr std::size_t max_symbols = std::size_t{1} << 20;
constexpr std::uint64_t max_section_bytes = std::uint64_t{128} << 20;
constexpr std::size_t max_images = 64;

ElfHandle begin(int fd) {
  ::elf_version(EV_CURRENT);
  // Not ELF_C_READ_MMAP: a target that truncates the file would end us by SIGBUS.
  return ElfHandle(::elf_begin(fd, ELF_C_READ, nullptr));
}

/// The content of a section; null if it is missing or larger than it may be.
Elf_Data* data_of(Elf_Scn* section, const GElf_Shdr& header) {
  return header.sh_size <= max_section_bytes ? ::elf_getdata(section, nullptr) : nullptr;
}

std::string read_build_id(Elf* elf) {
  for (Elf_Scn* section = nullptr; (section = ::elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (::gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_NOTE) {
      continue;
    }
    Elf_Data* data = data_of(section, header);
    GElf_Nhdr note;
    std::size_t name = 0;
    std::size_t content = 0;
    std::size_t at = 0;
    while (data != nullptr && (at = ::gelf_getnote(data, at, &note, &name, &content)) > 0) {
      const auto* bytes = static_cast<const unsigned char*>(data->d_buf);
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
          std::memcmp(bytes + name, "GNU", 4) == 0) {
        std::string id;
        for (std::size_t i = 0; i < note.n_descsz; ++i) {
          id += fmt::format("{:02x}", bytes[content + i]);
        }
        return id;
      }
    }
  }
  return "";
}

/// The first argument of __libc_start_main as `_start` loads it into rdi: relative to the program
/// counter in position-independent programs, as a constant in others.
std::optional<std::uint64_t> first_argument(const unsigned char* code, std::size_t size,
                                            std::uint64_t address) {
  for (std::size_t i = 0; i + 7 <= size; ++i) {
    std::int32_t value = 0;
    std::memcpy(&value, code + i + 3, sizeof value);
    if (code[i] == 0x48 && code[i + 1] == 0x8d && code[i + 2] == 0x3d) { // lea rdi, [rip+value]
      return address + i + 7 + static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
    }
    if (code[i] == 0x48 && code[i + 1] == 0xc7 && code[i + 2] == 0xc7) { // mov rdi, value
      return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
    }
    if (code[i] == 0xff && code[i + 1] == 0x15) { // call [rip+…]: the arguments are complete
      break;
    }
  }
  return std::nullopt;
}

using FileKey = std::tuple<dev_t, ino_t, off_t, long, long, long, long>;

} // namespace

Result<std::shared_ptr<const ElfImage>> ElfImage::open(const std::string& path,
                                                       const std::string& shown) {
  const std::string& name = shown.empty() ? path : shown;
  auto file = open_module_file(path, name);
  if (!file) {
    return std::move(file).error();
  }
  return open(*file, name);
}

Result<std::shared_ptr<const ElfImage>> ElfImage::open(const Fd& file, const std::string& shown) {
  static std::mutex mutex;
  static LruCache<FileKey, std::shared_ptr<const ElfImage>> known(max_images);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) {
    return Error::from_errno(shown, errno);
  }
  const FileKey key{info.st_dev,         info.st_ino,          info.st_size,
                    info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ctim.tv_sec,
                    info.st_ctim.tv_nsec};
  const std::lock_guard lock(mutex);
  if (const auto* image = known.find(key)) {
    return *image;
  }
  auto image = std::make_shared<ElfImage>();
  if (auto done = image->read(file.get(), true); !done) {
    return std::move(done).error().within(shown);
  }
  known.put(key, image);
  return std::shared_ptr<const ElfImage>(image);
}

Result<> ElfImage::read(int fd, bool with_debug_file) {
  const ElfHandle elf = begin(fd);
  GElf_Ehdr header;
  if (elf == nullptr || ::gelf_getehdr(elf.get(), &header) == nullptr) {
    return Error{"not an ELF file"};
  }
  entry_ = header.e_entry;
  std::size_t count = 0;
  ::elf_getphdrnum(elf.get(), &count);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (::gelf_getphdr(elf.get(), static_cast<int>(i), &segment) != nullptr &&
        segment.p_type == PT_LOAD) {
      segments_.push_back(
          {segment.p_offset, segment.p_vaddr, segment.p_filesz, (segment.p_flags & PF_X) != 0});
    }
  }
  build_id_ = read_build_id(elf.get());
  if (auto symbols = read_symbols(fd); !symbols) {
    return symbols;
  }
  if (with_debug_file && build_id_.size() > 2) {
    const std::string path = fmt::format("/usr/lib/debug/.build-id/{}/{}.debug",
                                         build_id_.substr(0, 2), build_id_.substr(2));
    if (auto debug = open_module_file(path, path)) {
      if (auto more = read_symbols(debug->get()); !more) {
        return more; // the same build, and yet no ELF file: worth saying
      }
    }
  }
  for (const auto& [name, symbol] : symbols_) {
    by_address_.emplace(symbol.address, name);
  }
  find_main(fd);
  return Done{};
}

Result<> ElfImage::read_symbols(int fd) {
  const ElfHandle elf = begin(fd);
  if (elf == nullptr) {
    return Error{"not an ELF file"};
  }
  for (Elf_Scn* section = nullptr; (section = ::elf_nextscn(elf.get(), section)) != nullptr;) {
    GElf_Shdr header;
    if (::gelf_getshdr(section, &header) == nullptr || header.sh_entsize == 0 ||
        (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM)) {
      continue;
    }
    Elf_Data* data = data_of(section, header);
    const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
    for (int i = 0; data != nullptr && i < count && symbols_.size() < max_symbols; ++i) {
      GElf_Sym symbol;
      if (::gelf_getsym(data, i, &symbol) == nullptr || symbol.st_shndx == SHN_UNDEF ||
          symbol.st_value == 0 || !is_code(symbol.st_value)) {
        continue;
      }
      const char* name = ::elf_strptr(elf.get(), header.sh_link, symbol.st_name);
      if (name == nullptr || *name == 0) {
        continue;
      }
      const bool global = GELF_ST_BIND(symbol.st_info) != STB_LOCAL;
      auto& known = symbols_[name];
      if (known.address == 0 || (global && !known.global)) {
        known = {symbol.st_value, symbol.st_size, global};
      }
    }
  }
  return Done{};
}

void ElfImage::find_main(int fd) {
  if (const auto named = symbol("main")) {
    main_ = named;
    return;
  }
  std::array<unsigned char, 96> code;
  const auto offset = file_offset_of(entry_);
  if (!offset) {
    return;
  }
  const auto got = ::pread(fd, code.data(), code.size(), static_cast<off_t>(*offset));
  if (got > 0) {
    const auto found = first_argument(code.data(), static_cast<std::size_t>(got), entry_);
    if (found && is_code(*found)) {
      main_ = found;
    }
  }
}

std::optional<std::uint64_t> ElfImage::symbol(const std::string& name) const {
  const auto place = symbols_.find(name);
  return place == symbols_.end() ? std::nullopt : std::optional(place->second.address);
}

std::optional<std::uint64_t> ElfImage::main() const {
  return main_;
}

std::optional<std::uint64_t> ElfImage::address_of(std::uint64_t file_offset) const {
  for (const Segment& segment : segments_) {
    if (file_offset >= segment.offset && file_offset - segment.offset < segment.size) {
      return segment.address + (file_offset - segment.offset);
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ElfImage::file_offset_of(std::uint64_t address) const {
  for (const Segment& segment : segments_) {
    if (address >= segment.address && address - segment.address < segment.size) {
      return segment.offset + (address - segment.address);
    }
  }
  return std::nullopt;
}

bool ElfImage::is_code(std::uint64_t address) const {
  for (const Segment& segment : segments_) {
    if (segment.code && address >= segment.address && address - segment.address < segment.size) {
      return true;
    }
  }
  return false;
}

std::string ElfImage::describe(std::uint64_t address) const {
  auto place = by_address_.upper_bound(address);
  if (place == by_address_.begin()) {
    return "";
  }
  --place;
  const auto& symbol = symbols_.at(place->second);
  // A symbol without a size reaches to the next; one with a size ends there.
  if (symbol.size != 0 && address - symbol.address >= symbol.size) {
    return "";
  }
  const auto distance = address - symbol.address;
  return distance == 0 ? place->second : fmt::format("{}+{:#x}", place->second, distance);
}

std::vector<std::string> ElfImage::symbol_names() const {
  std::vector<std::string> names;
  names.reserve(symbols_.size());
  for (const auto& [name, symbol] : symbols_) {
    names.push_back(name);
  }
  return names;
}

} // namespace harness::tracer
