// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/evaluate.hpp"

#include "core/bpf/check.hpp"

#include <array>
#include <cstring>
#include <linux/bpf_common.h>

namespace harness::bpf {

namespace {

/// The registers of classic BPF, and what one instruction does to them.
class Machine {
public:
  Machine(const FilterProgram& program, const seccomp_data& data)
      : program_(program), data_(data) {}

  Verdict run() {
    while (true) {
      const auto& op = program_[at_++];
      ++steps_;
      if (BPF_CLASS(op.code) == BPF_RET) {
        return BPF_RVAL(op.code) == BPF_A ? a_ : op.k;
      }
      if (!step(op)) {
        return SECCOMP_RET_KILL_THREAD; // division by 0 in X: the kernel's program returns 0
      }
    }
  }

  std::size_t steps() const { return steps_; }

private:
  /// False if the program ends here with 0.
  bool step(const sock_filter& op) {
    switch (BPF_CLASS(op.code)) {
    case BPF_LD:
      a_ = value(op);
      return true;
    case BPF_LDX:
      x_ = value(op);
      return true;
    case BPF_ST:
      slots_[op.k] = a_;
      return true;
    case BPF_STX:
      slots_[op.k] = x_;
      return true;
    case BPF_ALU:
      return calculate(op);
    case BPF_JMP:
      jump(op);
      return true;
    default: // BPF_MISC
      (op.code == (BPF_MISC | BPF_TAX) ? x_ : a_) = op.code == (BPF_MISC | BPF_TAX) ? a_ : x_;
      return true;
    }
  }

  std::uint32_t value(const sock_filter& op) const {
    switch (BPF_MODE(op.code)) {
    case BPF_ABS: {
      std::uint32_t word = 0;
      std::memcpy(&word, reinterpret_cast<const char*>(&data_) + op.k, sizeof word);
      return word;
    }
    case BPF_LEN:
      return sizeof(seccomp_data);
    case BPF_MEM:
      return slots_[op.k];
    default: // BPF_IMM
      return op.k;
    }
  }

  std::uint32_t operand(const sock_filter& op) const {
    return BPF_SRC(op.code) == BPF_X ? x_ : op.k;
  }

  bool calculate(const sock_filter& op) {
    const auto b = operand(op);
    switch (BPF_OP(op.code)) {
    case BPF_ADD:
      a_ += b;
      return true;
    case BPF_SUB:
      a_ -= b;
      return true;
    case BPF_MUL:
      a_ *= b;
      return true;
    case BPF_DIV:
      if (b == 0) {
        return false;
      }
      a_ /= b;
      return true;
    case BPF_AND:
      a_ &= b;
      return true;
    case BPF_OR:
      a_ |= b;
      return true;
    case BPF_XOR:
      a_ ^= b;
      return true;
    case BPF_LSH:
      a_ <<= b & 31; // the kernel's 32-bit shifts look at the low five bits
      return true;
    case BPF_RSH:
      a_ >>= b & 31;
      return true;
    default: // BPF_NEG
      a_ = 0 - a_;
      return true;
    }
  }

  void jump(const sock_filter& op) {
    if (BPF_OP(op.code) == BPF_JA) {
      at_ += op.k;
      return;
    }
    const auto b = operand(op);
    bool holds = false;
    switch (BPF_OP(op.code)) {
    case BPF_JEQ:
      holds = a_ == b;
      break;
    case BPF_JGT:
      holds = a_ > b;
      break;
    case BPF_JGE:
      holds = a_ >= b;
      break;
    default: // BPF_JSET
      holds = (a_ & b) != 0;
      break;
    }
    at_ += holds ? op.jt : op.jf;
  }

  const FilterProgram& program_;
  const seccomp_data& data_;
  std::size_t at_ = 0;
  std::size_t steps_ = 0;
  std::uint32_t a_ = 0;
  std::uint32_t x_ = 0;
  std::array<std::uint32_t, BPF_MEMWORDS> slots_{};
};

} // namespace

Result<Verdict> evaluate(const FilterProgram& program, const seccomp_data& data) {
  if (auto checked = check(program); !checked) {
    return std::move(checked).error();
  }
  return Machine(program, data).run();
}

Result<std::size_t> steps(const FilterProgram& program, const seccomp_data& data) {
  if (auto checked = check(program); !checked) {
    return std::move(checked).error();
  }
  Machine machine(program, data);
  machine.run();
  return machine.steps();
}

} // namespace harness::bpf
