// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/disassemble.hpp"

#include "core/bpf/verdict.hpp"
#include "core/model/syscall_table.hpp"

#include <cstddef>
#include <fmt/format.h>
#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <map>
#include <optional>

namespace harness::bpf {

namespace {

std::string word_name(std::uint32_t offset) {
  if (offset == offsetof(seccomp_data, nr)) {
    return "number";
  }
  if (offset == offsetof(seccomp_data, arch)) {
    return "architecture";
  }
  if (offset >= offsetof(seccomp_data, args)) {
    const auto index = (offset - offsetof(seccomp_data, args)) / 8;
    return fmt::format("argument {} {}", index, offset % 8 == 0 ? "low half" : "high half");
  }
  return offset == offsetof(seccomp_data, instruction_pointer) ? "address low half"
                                                               : "address high half";
}

/// What a comparison is about; followed along the program's order, which our filters keep.
enum class Subject { other, number, architecture };

class Writer {
public:
  explicit Writer(const FilterProgram& program) : program_(program) {}

  std::string text() {
    std::string lines;
    for (at_ = 0; at_ < program_.size(); ++at_) {
      if (const auto known = arch_from_.find(at_); known != arch_from_.end()) {
        arch_ = known->second;
      }
      lines += fmt::format("{:4}  {}\n", at_, line(program_[at_]));
    }
    return lines;
  }

private:
  std::string line(const sock_filter& op) {
    switch (BPF_CLASS(op.code)) {
    case BPF_LD:
      return "A = " + loaded(op);
    case BPF_LDX:
      return "X = " + loaded(op);
    case BPF_ST:
      return fmt::format("memory[{}] = A", op.k);
    case BPF_STX:
      return fmt::format("memory[{}] = X", op.k);
    case BPF_ALU:
      return calculated(op);
    case BPF_JMP:
      return jump(op);
    case BPF_RET:
      return BPF_RVAL(op.code) == BPF_A ? "return A" : "return " + to_string(Verdict{op.k});
    default:
      return op.code == (BPF_MISC | BPF_TAX)   ? "X = A"
             : op.code == (BPF_MISC | BPF_TXA) ? "A = X"
                                               : unknown(op);
    }
  }

  static std::string unknown(const sock_filter& op) {
    return fmt::format("code {:#x}, which seccomp does not take", op.code);
  }

  std::string loaded(const sock_filter& op) {
    if (BPF_CLASS(op.code) == BPF_LD) {
      subject_ = Subject::other;
    }
    switch (BPF_MODE(op.code)) {
    case BPF_ABS:
      subject_ = op.k == offsetof(seccomp_data, nr)     ? Subject::number
                 : op.k == offsetof(seccomp_data, arch) ? Subject::architecture
                                                        : Subject::other;
      return word_name(op.k);
    case BPF_LEN:
      return fmt::format("{}", sizeof(seccomp_data));
    case BPF_MEM:
      return fmt::format("memory[{}]", op.k);
    case BPF_IMM:
      return fmt::format("{:#x}", op.k);
    default:
      return unknown(op);
    }
  }

  std::string calculated(const sock_filter& op) {
    static const std::map<int, const char*> signs = {
        {BPF_ADD, "+"}, {BPF_SUB, "-"}, {BPF_MUL, "*"},  {BPF_DIV, "/"}, {BPF_AND, "&"},
        {BPF_OR, "|"},  {BPF_XOR, "^"}, {BPF_LSH, "<<"}, {BPF_RSH, ">>"}};
    subject_ = Subject::other;
    if (BPF_OP(op.code) == BPF_NEG) {
      return "A = -A";
    }
    const auto sign = signs.find(BPF_OP(op.code));
    return sign == signs.end() ? unknown(op)
                               : fmt::format("A = A {} {}", sign->second, operand(op));
  }

  static std::string operand(const sock_filter& op) {
    return BPF_SRC(op.code) == BPF_X ? "X" : fmt::format("{:#x}", op.k);
  }

  std::string jump(const sock_filter& op) {
    const auto next = at_ + 1;
    if (BPF_OP(op.code) == BPF_JA) {
      return fmt::format("go to {}", next + op.k);
    }
    static const std::map<int, const char*> signs = {
        {BPF_JEQ, "=="}, {BPF_JGT, ">"}, {BPF_JGE, ">="}, {BPF_JSET, "&"}};
    const auto sign = signs.find(BPF_OP(op.code));
    if (sign == signs.end()) {
      return unknown(op);
    }
    return fmt::format("if A {} {}{} go to {} else {}", sign->second, operand(op), name_of(op),
                       next + op.jt, next + op.jf);
  }

  /// " (openat)" or " (x86_64)" behind the constant of a comparison.
  std::string name_of(const sock_filter& op) {
    if (BPF_SRC(op.code) == BPF_X) {
      return "";
    }
    if (subject_ == Subject::architecture && BPF_OP(op.code) == BPF_JEQ) {
      arch_from_.emplace(arch_target(at_ + 1 + op.jt), AuditArch{op.k});
      if (op.jf == 0) { // what is not jumped to is the rest for other architectures
        arch_ = std::nullopt;
      }
      return fmt::format(" ({})", arch_name(AuditArch{op.k}));
    }
    if (subject_ == Subject::number && arch_ && op.k < static_cast<std::uint32_t>(x32_bit)) {
      return fmt::format(" ({})", syscall_name({*arch_, static_cast<std::int32_t>(op.k)}));
    }
    return "";
  }

  /// Where a jump ends that may need an unconditional one to get far enough.
  std::size_t arch_target(std::size_t at) const {
    while (at < program_.size() && program_[at].code == (BPF_JMP | BPF_JA)) {
      at += 1 + std::size_t{program_[at].k};
    }
    return at;
  }

  const FilterProgram& program_;
  std::size_t at_ = 0;
  Subject subject_ = Subject::other;
  std::optional<AuditArch> arch_;
  std::map<std::size_t, AuditArch> arch_from_;
};

} // namespace

std::string disassemble(const FilterProgram& program) {
  return Writer(program).text();
}

} // namespace harness::bpf
