// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/check.hpp"

#include "core/bpf/build.hpp"

#include <array>
#include <fmt/format.h>
#include <linux/bpf_common.h>
#include <linux/seccomp.h>

namespace harness::bpf {

namespace {

constexpr std::uint8_t taken[] = {
    BPF_LD | BPF_W | BPF_ABS,
    BPF_LD | BPF_W | BPF_LEN,
    BPF_LDX | BPF_W | BPF_LEN,
    BPF_LD | BPF_IMM,
    BPF_LDX | BPF_IMM,
    BPF_LD | BPF_MEM,
    BPF_LDX | BPF_MEM,
    BPF_ST,
    BPF_STX,
    BPF_MISC | BPF_TAX,
    BPF_MISC | BPF_TXA,
    BPF_RET | BPF_K,
    BPF_RET | BPF_A,
    BPF_ALU | BPF_ADD | BPF_K,
    BPF_ALU | BPF_ADD | BPF_X,
    BPF_ALU | BPF_SUB | BPF_K,
    BPF_ALU | BPF_SUB | BPF_X,
    BPF_ALU | BPF_MUL | BPF_K,
    BPF_ALU | BPF_MUL | BPF_X,
    BPF_ALU | BPF_DIV | BPF_K,
    BPF_ALU | BPF_DIV | BPF_X,
    BPF_ALU | BPF_AND | BPF_K,
    BPF_ALU | BPF_AND | BPF_X,
    BPF_ALU | BPF_OR | BPF_K,
    BPF_ALU | BPF_OR | BPF_X,
    BPF_ALU | BPF_XOR | BPF_K,
    BPF_ALU | BPF_XOR | BPF_X,
    BPF_ALU | BPF_LSH | BPF_K,
    BPF_ALU | BPF_LSH | BPF_X,
    BPF_ALU | BPF_RSH | BPF_K,
    BPF_ALU | BPF_RSH | BPF_X,
    BPF_ALU | BPF_NEG,
    BPF_JMP | BPF_JA,
    BPF_JMP | BPF_JEQ | BPF_K,
    BPF_JMP | BPF_JEQ | BPF_X,
    BPF_JMP | BPF_JGE | BPF_K,
    BPF_JMP | BPF_JGE | BPF_X,
    BPF_JMP | BPF_JGT | BPF_K,
    BPF_JMP | BPF_JGT | BPF_X,
    BPF_JMP | BPF_JSET | BPF_K,
    BPF_JMP | BPF_JSET | BPF_X,
};

constexpr auto by_code = [] {
  std::array<bool, 256> codes{};
  for (const auto code : taken) {
    codes[code] = true;
  }
  return codes;
}();

bool uses_slot(std::uint16_t code) {
  return code == BPF_ST || code == BPF_STX || code == (BPF_LD | BPF_MEM) ||
         code == (BPF_LDX | BPF_MEM);
}

std::string wrong_operand(const FilterProgram& program, std::size_t at) {
  const auto& op = program[at];
  const auto behind = program.size() - at - 1; // instructions after this one
  if (op.code == (BPF_LD | BPF_W | BPF_ABS) && (op.k >= sizeof(seccomp_data) || op.k % 4 != 0)) {
    return fmt::format("loads offset {}, which is not a word of seccomp_data", op.k);
  }
  if (op.code == (BPF_ALU | BPF_DIV | BPF_K) && op.k == 0) {
    return "divides by 0";
  }
  if ((op.code == (BPF_ALU | BPF_LSH | BPF_K) || op.code == (BPF_ALU | BPF_RSH | BPF_K)) &&
      op.k >= 32) {
    return fmt::format("shifts by {}; 31 is the most", op.k);
  }
  if (uses_slot(op.code) && op.k >= BPF_MEMWORDS) {
    return fmt::format("uses memory slot {}; there are {}", op.k, BPF_MEMWORDS);
  }
  if (op.code == (BPF_JMP | BPF_JA) && op.k >= behind) {
    return "jumps behind the end";
  }
  if (BPF_CLASS(op.code) == BPF_JMP && op.code != (BPF_JMP | BPF_JA) &&
      (op.jt >= behind || op.jf >= behind)) {
    return "jumps behind the end";
  }
  return "";
}

/// Every memory slot must be stored on every way before it is loaded.
Result<> check_slots(const FilterProgram& program) {
  std::vector<std::uint16_t> stored(program.size(), 0xffff); // slots stored on all ways to here
  std::uint16_t now = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const auto& op = program[at];
    now &= stored[at];
    if (op.code == BPF_ST || op.code == BPF_STX) {
      now = static_cast<std::uint16_t>(now | (1u << op.k));
    } else if (uses_slot(op.code) && (now & (1u << op.k)) == 0) {
      return Error{
          fmt::format("instruction {} loads memory slot {} before it was stored", at, op.k)};
    } else if (BPF_CLASS(op.code) == BPF_JMP) {
      const bool always = op.code == (BPF_JMP | BPF_JA);
      stored[at + 1 + (always ? op.k : op.jt)] &= now;
      stored[at + 1 + (always ? op.k : op.jf)] &= now;
      now = 0xffff; // what follows is reached by jumps alone
    }
  }
  return Done{};
}

} // namespace

Result<> check(const FilterProgram& program) {
  if (program.empty() || program.size() > longest_program) {
    return Error{fmt::format("the filter has {} instructions, but the kernel accepts 1 to {}",
                             program.size(), longest_program)};
  }
  for (std::size_t at = 0; at < program.size(); ++at) {
    if (program[at].code >= by_code.size() || !by_code[program[at].code]) {
      return Error{
          fmt::format("instruction {}: seccomp does not accept code {:#x}", at, program[at].code)};
    }
    if (const auto wrong = wrong_operand(program, at); !wrong.empty()) {
      return Error{fmt::format("instruction {} {}", at, wrong)};
    }
  }
  if (BPF_CLASS(program.back().code) != BPF_RET) {
    return Error{"the last instruction is not a return"};
  }
  return check_slots(program);
}

} // namespace harness::bpf
