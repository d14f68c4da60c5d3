// SPDX-License-Identifier: Apache-2.0
#include "tracer/backtrace.hpp"

#include "core/base/fd.hpp"
#include "tracer/dwarf_expression.hpp"
#include "tracer/elf_image.hpp"
#include "tracer/lru_cache.hpp"
#include "tracer/module_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <elfutils/libdw.h>
#include <fmt/format.h>
#include <mutex>

namespace harness::tracer {

namespace {

constexpr std::size_t register_count = 17;
constexpr int stack_register = 7;
constexpr int return_register = 16;
using Registers = std::array<std::optional<std::uint64_t>, register_count>;

struct EndElf {
  void operator()(Elf* elf) const { ::elf_end(elf); }
};
struct EndFrames {
  void operator()(Dwarf_CFI* frames) const { ::dwarf_cfi_end(frames); }
};

/// Each holds a descriptor and what libdw has read of the file.
constexpr std::size_t max_modules = 48;

/// A file's call-frame information; the ones used last are kept. Each member points into the one
/// before it; the image is held, so that no other one gets its address.
struct Module {
  std::shared_ptr<const ElfImage> image;
  Fd file;
  std::unique_ptr<Elf, EndElf> elf;
  std::unique_ptr<Dwarf_CFI, EndFrames> frames;
};

/// libdw's caches are not for several threads at a time.
std::mutex& module_mutex() {
  static std::mutex mutex;
  return mutex;
}

std::shared_ptr<const Module> module_of(pid_t process, const Mapping& mapping) {
  static LruCache<const ElfImage*, std::shared_ptr<const Module>> modules(max_modules);
  auto file = open_mapped_file(process, mapping);
  if (!file) {
    return nullptr;
  }
  auto image = ElfImage::open(*file, mapping.path);
  if (!image) {
    return nullptr;
  }
  if (const auto* known = modules.find(image->get())) {
    return *known;
  }
  auto module = std::make_shared<Module>();
  module->image = *image;
  module->file = std::move(*file);
  ::elf_version(EV_CURRENT);
  module->elf.reset(::elf_begin(module->file.get(), ELF_C_READ, nullptr));
  module->frames.reset(module->elf != nullptr ? ::dwarf_getcfi_elf(module->elf.get()) : nullptr);
  return modules.put(image->get(), std::move(module));
}

Registers registers_of(const user_regs_struct& raw) {
  return {raw.rax, raw.rdx, raw.rcx, raw.rbx, raw.rsi, raw.rdi, raw.rbp, raw.rsp, raw.r8,
          raw.r9,  raw.r10, raw.r11, raw.r12, raw.r13, raw.r14, raw.r15, raw.rip};
}

std::optional<std::uint64_t> read_word(pid_t id, std::uint64_t address) {
  std::uint64_t word = 0;
  const auto got = read_memory(id, address, std::as_writable_bytes(std::span(&word, 1)));
  return got == sizeof word ? std::optional(word) : std::nullopt;
}

std::optional<std::uint64_t> caller_register(Dwarf_Frame* row, int number,
                                             const DwarfFrame& frame) {
  std::array<Dwarf_Op, 3> memory;
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  if (::dwarf_frame_register(row, number, memory.data(), &operations, &count) != 0) {
    return std::nullopt;
  }
  if (count == 0) { // undefined, or the same value as in the callee
    return operations == nullptr ? frame.registers[static_cast<std::size_t>(number)] : std::nullopt;
  }
  const auto result = evaluate({operations, count}, frame);
  if (!result || result->is_value) {
    return result ? std::optional(result->value) : std::nullopt;
  }
  return frame.read(result->value);
}

/// The caller's registers; nothing at the outermost frame. `address` is link-time.
std::optional<Registers> step(pid_t id, Dwarf_CFI* frames, std::uint64_t address,
                              const Registers& registers, std::uint64_t& cfa) {
  Dwarf_Frame* raw = nullptr;
  if (frames == nullptr || ::dwarf_cfi_addrframe(frames, address, &raw) != 0) {
    return std::nullopt;
  }
  const std::unique_ptr<Dwarf_Frame, decltype(&std::free)> row(raw, &std::free);
  DwarfFrame frame{registers, std::nullopt,
                   [id](std::uint64_t place) { return read_word(id, place); }};
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  if (::dwarf_frame_cfa(row.get(), &operations, &count) != 0) {
    return std::nullopt;
  }
  const auto found = evaluate({operations, count}, frame);
  if (!found) {
    return std::nullopt;
  }
  frame.cfa = found->value;
  cfa = found->value;
  Registers caller;
  for (std::size_t i = 0; i < register_count; ++i) {
    caller[i] = caller_register(row.get(), static_cast<int>(i), frame);
  }
  caller[stack_register] = cfa;
  return caller[return_register].value_or(0) != 0 ? std::optional(caller) : std::nullopt;
}

} // namespace

const Mapping* MapsCache::find(pid_t id, std::uint64_t address) {
  for (const bool fresh : {false, true}) {
    auto& maps = maps_[id];
    if (fresh || maps.empty()) {
      maps = maps_of(id);
    }
    const auto place = std::find_if(maps.begin(), maps.end(), [&](const Mapping& mapping) {
      return mapping.code && address >= mapping.begin && address < mapping.end;
    });
    if (place != maps.end()) {
      return &*place;
    }
  }
  return nullptr;
}

std::vector<Frame> backtrace(pid_t process, const StoppedTracee& thread, MapsCache& maps,
                             std::size_t most) {
  std::vector<Frame> frames;
  const auto raw = thread.registers();
  std::optional<Registers> registers = raw ? std::optional(registers_of(*raw)) : std::nullopt;
  const std::lock_guard lock(module_mutex());
  while (registers && frames.size() < most) {
    const std::uint64_t here = *(*registers)[return_register];
    // A return address may lie just behind its function: look at the call before it.
    const std::uint64_t inside = frames.empty() ? here : here - 1;
    const Mapping* mapping = maps.find(process, inside);
    if (mapping == nullptr) {
      break;
    }
    const std::uint64_t file_offset = here - mapping->begin + mapping->file_offset;
    Frame frame{{mapping->path, file_offset, ""}, 0};
    const auto module = module_of(process, *mapping);
    const auto base = module ? module->image->address_of(mapping->file_offset) : std::nullopt;
    std::optional<Registers> caller;
    if (base) {
      const std::uint64_t bias = mapping->begin - *base;
      frame.location.symbol = module->image->describe(inside - bias);
      caller =
          step(thread.id(), module->frames.get(), inside - bias, *registers, frame.stack_address);
    }
    // The stack only shrinks towards callers; anything else is damaged or hostile.
    const bool sane = frames.empty() || frame.stack_address > frames.back().stack_address;
    frames.push_back(std::move(frame));
    if (!sane) {
      break;
    }
    registers = caller;
  }
  return frames;
}

} // namespace harness::tracer
