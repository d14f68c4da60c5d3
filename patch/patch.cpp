// SPDX-License-Identifier: Apache-2.0
#include "patch/patch.hpp"

#include "core/base/text.hpp"
#include "core/model/digest.hpp"
#include "patch/elf_view.hpp"
#include "patch/embedded.h"
#include "patch/installer_image.hpp"
#include "patch/layout.hpp"
#include "patch/move_code.hpp"
#include "patch/trampoline.hpp"

#include <cstring>
#include <fmt/format.h>

namespace harness::patch {

namespace {

Result<std::uint64_t> symbol_address(const ElfView& elf, const SymbolTrigger& trigger) {
  if (const auto address = elf.symbol(trigger.name)) {
    return *address + trigger.offset_bytes;
  }
  if (trigger.name == "main") {
    if (const auto address = elf.find_main()) {
      return *address + trigger.offset_bytes;
    }
  }
  const auto near = nearest_word(trigger.name, elf.function_names());
  return Error{fmt::format("the program has no function '{}'{}", printable(trigger.name),
                           near ? fmt::format("; did you mean '{}'?", printable(*near))
                                : "; write the point as offset:0xN")};
}

/// A transition point as a virtual address; refuses triggers that are no place in the program's
/// code.
Result<std::uint64_t> point_address(const ElfView& elf, const Trigger& trigger) {
  if (const auto* symbol = std::get_if<SymbolTrigger>(&trigger)) {
    if (symbol->module.empty()) {
      return symbol_address(elf, *symbol);
    }
  } else if (const auto* offset = std::get_if<OffsetTrigger>(&trigger)) {
    if (offset->module.empty()) {
      if (const auto address = elf.address_of(offset->file_offset_bytes)) {
        return *address;
      }
      return Error{fmt::format("{:#x} is not the offset of loaded code in this file",
                               offset->file_offset_bytes)};
    }
  } else {
    return Error{
        fmt::format("'{}' is not a place in the code and cannot be patched; create the policy "
                    "with a symbol: or offset: trigger, or use harness enforce, which supports "
                    "this trigger",
                    trigger_text(trigger))};
  }
  return Error{fmt::format("'{}' is in a library, but only the program itself is patched; choose a "
                           "point in the program",
                           trigger_text(trigger))};
}

struct Point {
  std::int32_t phase = 0;
  MovableCode code;
};

/// Where each filter but the one at the entry goes in.
Result<std::vector<Point>> find_points(const ElfView& elf, const PatchRequest& request,
                                       PatchRecord& record) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < request.phases.size(); ++i) {
    const auto& phase = request.phases[i];
    if (i == 0 && request.at != At::main) {
      record.points.push_back({phase.name, "entry", elf.header().e_entry});
      continue;
    }
    const Trigger trigger = i == 0 ? Trigger(SymbolTrigger{"main", 0, ""}) : phase.trigger;
    const auto address = point_address(elf, trigger);
    if (!address) {
      return Error(address.error()).within(fmt::format("phase '{}'", phase.name));
    }
    auto code = find_movable_code(elf, *address);
    if (!code) {
      return std::move(code).error().within(fmt::format("phase '{}'", phase.name));
    }
    for (const auto& other : points) {
      if (code->address < other.code.address + other.code.length &&
          other.code.address < code->address + code->length) {
        return Error{
            fmt::format("phase '{}': its point overlaps that of phase '{}'; remove one phase",
                        phase.name, request.phases[static_cast<std::size_t>(other.phase)].name)};
      }
    }
    record.points.push_back({phase.name, trigger_text(trigger), *address});
    points.push_back({static_cast<std::int32_t>(i), *code});
  }
  return points;
}

/// Appends the descriptor and everything that it points to.
std::uint64_t append_descriptor(Layout& layout, const PatchRequest& request) {
  std::vector<embedded_phase> phases;
  const std::uint64_t descriptor = layout.reserve(sizeof(embedded_descriptor), 16);
  const auto from_descriptor = [&](std::uint64_t address) {
    return static_cast<std::int32_t>(address - descriptor);
  };
  const auto append_filter = [&](const FilterProgram& filter) {
    return from_descriptor(layout.append(
        {reinterpret_cast<const char*>(filter.data()), filter.size() * sizeof(sock_filter)}, 8));
  };
  for (const auto& phase : request.phases) {
    phases.push_back({append_filter(phase.enforce),
                      static_cast<std::uint32_t>(phase.enforce.size()), append_filter(phase.audit),
                      static_cast<std::uint32_t>(phase.audit.size())});
  }
  const std::uint64_t table = layout.append(
      {reinterpret_cast<const char*>(phases.data()), phases.size() * sizeof(embedded_phase)}, 8);
  embedded_descriptor content{};
  std::memcpy(content.magic, EMBEDDED_MAGIC, EMBEDDED_MAGIC_BYTES);
  content.phases = static_cast<std::uint32_t>(phases.size());
  content.phases_offset = from_descriptor(table);
  content.state_offset = static_cast<std::int64_t>(layout.state_address() - descriptor);
  layout.overwrite(descriptor, {reinterpret_cast<const char*>(&content), sizeof content});
  return descriptor;
}

Result<> check(const PatchRequest& request, const ElfView& elf) {
  if (request.phases.empty()) {
    return Error{"the policy has no phases"};
  }
  for (const auto& phase : request.phases) {
    if (phase.enforce.empty() || phase.enforce.size() > BPF_MAXINSNS ||
        phase.audit.size() > BPF_MAXINSNS) {
      return Error{
          fmt::format("phase '{}': its filter has {} instructions, but the kernel accepts 1 to {}",
                      phase.name, phase.enforce.size(), BPF_MAXINSNS)};
    }
  }
  if (request.at == At::load && elf.has_interpreter()) {
    return Error{
        "--at load: this program is dynamically linked, and its loader runs before any code "
        "of the program; use --at init, or harness enforce to filter the loader too"};
  }
  const auto patched = read_record(request.program);
  if (!patched || patched->has_value()) {
    return Error{"the program already carries a policy; remove it first with --remove"};
  }
  return Done{};
}

} // namespace

Result<std::string> patch_program(const PatchRequest& request) {
  auto elf = ElfView::open(request.program);
  if (!elf) {
    return std::move(elf).error();
  }
  if (auto checked = check(request, *elf); !checked) {
    return std::move(checked).error();
  }
  PatchRecord record{.policy = request.policy,
                     .original_hash = sha256_hex(request.program),
                     .original_bytes = request.program.size(),
                     .override_possible = !request.phases.front().audit.empty()};
  auto points = find_points(*elf, request, record);
  if (!points) {
    return std::move(points).error();
  }

  Layout layout(*elf, request.program);
  if (!layout.within_reach()) {
    return Error{
        "the program is too large in memory: the policy is added behind its data and at the same "
        "offset of the file, which is limited to 1 GiB; use harness enforce"};
  }
  InstallerPlaces places;
  places.state = layout.state_address();
  places.descriptor = append_descriptor(layout, request);
  places.installer = layout.append(installer_image(), 16);

  const std::int32_t at_entry = request.at == At::main ? -1 : 0;
  const std::uint64_t entry = layout.next_address(16);
  layout.append(entry_trampoline(places, entry, at_entry, elf->header().e_entry), 16);
  std::vector<std::pair<std::uint64_t, std::string>> jumps;
  for (const auto& point : *points) {
    const std::uint64_t place = layout.next_address(16);
    auto moved = move_code(*elf, point.code, place + moved_code_offset());
    if (!moved) {
      return std::move(moved).error();
    }
    const std::uint64_t resume = point.code.address + point.code.length;
    layout.append(point_trampoline(places, place, point.phase, *moved, resume), 16);
    const auto lead_away = point.code.is_call ? call_over : jump_over;
    jumps.emplace_back(point.code.address, lead_away(point.code.address, place, point.code.length));
  }
  return layout.finish(entry, jumps, std::move(record));
}

} // namespace harness::patch
