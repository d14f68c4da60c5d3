// SPDX-License-Identifier: Apache-2.0
#include "patch/move_code.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <Zydis/Zydis.h>

namespace harness::patch {

namespace {

class Decoder {
public:
  Decoder() { ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64); }
  /// Nothing if the bytes are no instruction.
  std::optional<ZydisDecodedInstruction> decode(std::string_view bytes) const {
    ZydisDecodedInstruction instruction;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder_, nullptr, bytes.data(), bytes.size(),
                                                    &instruction))) {
      return std::nullopt;
    }
    return instruction;
  }

private:
  ZydisDecoder decoder_;
};

bool is_relative_branch(const ZydisDecodedInstruction& i) {
  return i.raw.imm[0].is_relative != 0;
}

std::uint64_t branch_target(const ZydisDecodedInstruction& i, std::uint64_t address) {
  return address + i.length + static_cast<std::uint64_t>(i.raw.imm[0].value.s);
}

/// RIP-relative memory operand: mod 0, rm 5.
bool is_rip_relative(const ZydisDecodedInstruction& i) {
  return (i.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0 && i.raw.modrm.mod == 0 &&
         i.raw.modrm.rm == 5;
}

/// `call TARGET` or `call [rip + N]`, plain: both have a jump of the same length.
bool is_plain_call(std::string_view code, const ZydisDecodedInstruction& i) {
  return (code.starts_with('\xe8') && i.length == jump_bytes) || code.starts_with("\xff\x15");
}

bool ends_flow(const ZydisDecodedInstruction& i) {
  return i.meta.category == ZYDIS_CATEGORY_RET || i.meta.category == ZYDIS_CATEGORY_UNCOND_BR ||
         i.mnemonic == ZYDIS_MNEMONIC_INT3 || i.mnemonic == ZYDIS_MNEMONIC_UD2 ||
         i.mnemonic == ZYDIS_MNEMONIC_HLT;
}

bool is_padding(const ZydisDecodedInstruction& i) {
  return i.mnemonic == ZYDIS_MNEMONIC_NOP || i.mnemonic == ZYDIS_MNEMONIC_INT3;
}

Error refusal(std::uint64_t address, std::string_view reason) {
  return Error{fmt::format("cannot place a policy point at {:#x}: {}; choose another symbol or "
                           "offset, preferably the start of a function",
                           address, reason)};
}

/// Walks all code, function by function (each start puts a disturbed decoding right again), and
/// hands every instruction to `visit(address, instruction)` until it returns false.
template <typename Visit>
void walk_code(const ElfView& elf, const std::vector<std::uint64_t>& starts, Visit visit) {
  const Decoder decoder;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    std::string_view code = elf.bytes_at(starts[i]);
    if (i + 1 < starts.size()) {
      code = code.substr(0, starts[i + 1] - starts[i]);
    }
    for (std::uint64_t address = starts[i]; !code.empty();) {
      const auto instruction = decoder.decode(code);
      const std::size_t length = instruction ? instruction->length : 1;
      if (instruction && !visit(address, *instruction)) {
        return;
      }
      code.remove_prefix(length);
      address += length;
    }
  }
}

/// Why a jump over [first, end) would harm other code; empty if it would not.
std::string conflict(const ElfView& elf, std::uint64_t first, std::uint64_t end) {
  const auto starts = elf.function_starts();
  std::string reason;
  if (std::any_of(starts.begin(), starts.end(),
                  [&](std::uint64_t start) { return start > first && start < end; })) {
    return "the next function begins too soon after it";
  }
  bool boundary = starts.empty();
  walk_code(elf, starts, [&](std::uint64_t address, const ZydisDecodedInstruction& i) {
    boundary = boundary || address == first;
    if (is_relative_branch(i)) {
      const std::uint64_t target = branch_target(i, address);
      if (target > first && target < end) {
        reason =
            fmt::format("the code at {:#x} jumps into the instructions that would move", address);
      }
    }
    return reason.empty();
  });
  if (reason.empty() && !boundary) {
    reason = "it lies inside an instruction";
  }
  return reason;
}

/// Appends a 32-bit displacement from the end of what is in `code` (plus itself) to `target`.
bool append_relative(std::string& code, std::uint64_t new_address, std::uint64_t target) {
  const auto distance =
      static_cast<std::int64_t>(target - (new_address + code.size() + sizeof(std::int32_t)));
  if (distance < INT32_MIN || distance > INT32_MAX) {
    return false;
  }
  const auto field = static_cast<std::int32_t>(distance);
  code.append(reinterpret_cast<const char*>(&field), sizeof field);
  return true;
}

/// A relative jump with its field widened to 32 bits; false for the kinds that have no such form.
/// Of a call, the jump that does the rest of it.
bool append_branch(std::string& code, const ZydisDecodedInstruction& i, std::uint64_t target,
                   std::uint64_t new_address) {
  if (i.mnemonic == ZYDIS_MNEMONIC_JMP || i.mnemonic == ZYDIS_MNEMONIC_CALL) {
    code += '\xe9';
  } else if (i.meta.category == ZYDIS_CATEGORY_COND_BR &&
             i.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && (i.opcode & 0xf0) == 0x70) {
    code += '\x0f';
    code += static_cast<char>(0x80 | (i.opcode & 0x0f));
  } else if (i.meta.category == ZYDIS_CATEGORY_COND_BR && i.opcode_map == ZYDIS_OPCODE_MAP_0F) {
    code += '\x0f';
    code += static_cast<char>(i.opcode);
  } else {
    return false;
  }
  return append_relative(code, new_address, target);
}

} // namespace

Result<MovableCode> find_movable_code(const ElfView& elf, std::uint64_t point) {
  if (!elf.executable_at(point)) {
    return refusal(point, "it is no code");
  }
  const Decoder decoder;
  MovableCode movable{point, 0};
  std::string_view code = elf.bytes_at(point);
  bool flow_ended = false;
  while (movable.length < jump_bytes) {
    const std::uint64_t address = movable.address + movable.length;
    const auto instruction = decoder.decode(code);
    // Behind the end of a function lies padding that nobody runs: a short function may use it.
    if (!instruction || (flow_ended && !is_padding(*instruction))) {
      return refusal(point, "the code ends before there is room for a jump");
    }
    if (movable.length == 0 && is_plain_call(code, *instruction)) {
      movable.is_call = true;
      movable.length = instruction->length;
      break;
    }
    code.remove_prefix(instruction->length);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_ENDBR64 && movable.length == 0) {
      movable.address += instruction->length; // an indirect call must still find it in its place
      continue;
    }
    if (instruction->meta.category == ZYDIS_CATEGORY_CALL) {
      // Its return address would lie where no unwinder finds its way back.
      return refusal(address, "a call would have to move");
    }
    if (is_relative_branch(*instruction)) {
      std::string probe;
      if (!append_branch(probe, *instruction, address, address)) {
        return refusal(address, "a short loop instruction would have to move");
      }
    }
    flow_ended = flow_ended || ends_flow(*instruction);
    movable.length += instruction->length;
  }
  if (const auto reason = conflict(elf, movable.address, movable.address + movable.length);
      !reason.empty()) {
    return refusal(point, reason);
  }
  return movable;
}

Result<std::string> move_code(const ElfView& elf, const MovableCode& code,
                              std::uint64_t new_address) {
  const Decoder decoder;
  std::string moved;
  std::string_view rest = elf.bytes_at(code.address).substr(0, code.length);
  std::uint64_t address = code.address;
  while (!rest.empty()) {
    const auto i = decoder.decode(rest);
    if (!i) {
      return refusal(address, "it is no instruction");
    }
    if (is_relative_branch(*i)) {
      if (!append_branch(moved, *i, branch_target(*i, address), new_address)) {
        return refusal(address, "its jump does not reach from the new place");
      }
    } else if (is_rip_relative(*i)) {
      // Everything but the displacement stays; what follows it (an immediate) counts for RIP too.
      const std::uint64_t target =
          address + i->length + static_cast<std::uint64_t>(i->raw.disp.value);
      const std::uint64_t next = new_address + moved.size() + i->length;
      const auto distance = static_cast<std::int64_t>(target - next);
      if (distance < INT32_MIN || distance > INT32_MAX) {
        return refusal(address, "its operand is out of reach from the new place");
      }
      const auto field = static_cast<std::int32_t>(distance);
      std::string bytes(rest.substr(0, i->length));
      std::memcpy(bytes.data() + i->raw.disp.offset, &field, sizeof field);
      if (code.is_call) {
        bytes[1] = '\x25'; // jmp [rip + N]
      }
      moved += bytes;
    } else {
      moved += rest.substr(0, i->length);
    }
    rest.remove_prefix(i->length);
    address += i->length;
  }
  return moved;
}

} // namespace harness::patch
