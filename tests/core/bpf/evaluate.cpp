// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/evaluate.hpp"

#include "core/base/random.hpp"
#include "core/bpf/build.hpp"
#include "core/bpf/check.hpp"
#include "core/bpf/disassemble.hpp"
#include "tests/core/bpf/kernel_filter.hpp"
#include "tests/support/process.hpp"

#include <array>
#include <doctest/doctest.h>
#include <linux/bpf_common.h>

using namespace harness;
using namespace harness::bpf;

namespace {

sock_filter instruction(int code, std::uint32_t k) {
  return BPF_STMT(static_cast<std::uint16_t>(code), k);
}

/// The final A of a piece of program.
Verdict a_after(FilterProgram program, std::array<std::uint64_t, 6> arguments = {}) {
  program.push_back(instruction(BPF_RET | BPF_A, 0));
  const auto verdict = evaluate(program, call_data({AuditArch::x86_64, 7}, arguments));
  REQUIRE(verdict.ok());
  return *verdict;
}

constexpr std::array arithmetic = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_AND,
                                   BPF_OR,  BPF_XOR, BPF_LSH, BPF_RSH};
constexpr std::array comparisons = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};

/// A small constant more often than any, as programs have them.
std::uint32_t constant(Random& random) {
  return static_cast<std::uint32_t>(random.chance(1, 3) ? random.next() : random.below(40));
}

sock_filter arbitrary_instruction(Random& random, std::size_t behind) {
  const auto source = random.chance(1, 2) ? BPF_X : BPF_K;
  const auto slot = static_cast<std::uint32_t>(random.below(3));
  const auto jump = [&] { return static_cast<std::uint8_t>(random.below(behind)); };
  switch (random.below(9)) {
  case 0: // number, architecture or half an argument, not the address, which differs
    return instruction(BPF_LD | BPF_W | BPF_ABS,
                       static_cast<std::uint32_t>(random.chance(1, 3) ? 4 * random.below(2)
                                                                      : 16 + 4 * random.below(12)));
  case 1:
    return instruction(random.chance(1, 2) ? BPF_LD | BPF_IMM : BPF_LDX | BPF_IMM,
                       constant(random));
  case 2:
    return instruction(random.chance(1, 2) ? BPF_ST : BPF_STX, slot);
  case 3:
    return instruction(random.chance(1, 2) ? BPF_LD | BPF_MEM : BPF_LDX | BPF_MEM, slot);
  case 4:
    return instruction(BPF_MISC | (random.chance(1, 2) ? BPF_TAX : BPF_TXA), 0);
  case 5:
    return random.chance(1, 2)
               ? instruction(BPF_ALU | BPF_NEG, 0)
               : instruction(
                     random.chance(1, 2) ? BPF_LD | BPF_W | BPF_LEN : BPF_LDX | BPF_W | BPF_LEN, 0);
  case 6: {
    sock_filter jumps = instruction(BPF_JMP | random.pick(comparisons) | source, constant(random));
    jumps.jt = jump();
    jumps.jf = jump();
    return jumps;
  }
  case 7:
    return instruction(BPF_JMP | BPF_JA, jump());
  default:
    return instruction(BPF_ALU | random.pick(arithmetic) | source, constant(random));
  }
}

/// Any instructions, then a return of ERRNO with what A's low bits say.
FilterProgram arbitrary_program(Random& random) {
  FilterProgram program;
  for (auto left = static_cast<std::size_t>(random.below(12)) + 1; left > 0; --left) {
    program.push_back(arbitrary_instruction(random, left));
  }
  program.push_back(instruction(BPF_ALU | BPF_AND | BPF_K, 0xfff));
  program.push_back(instruction(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO));
  program.push_back(instruction(BPF_RET | BPF_A, 0));
  return program;
}

} // namespace

TEST_CASE("each instruction does what the kernel's does") {
  CHECK(a_after({instruction(BPF_LD | BPF_W | BPF_ABS, 0)}) == 7);
  CHECK(a_after({instruction(BPF_LD | BPF_W | BPF_ABS, 4)}) == 0xc000003e);
  CHECK(a_after({instruction(BPF_LD | BPF_W | BPF_ABS, 16)}, {0x1122334455667788}) == 0x55667788);
  CHECK(a_after({instruction(BPF_LD | BPF_W | BPF_ABS, 20)}, {0x1122334455667788}) == 0x11223344);
  CHECK(a_after({instruction(BPF_LD | BPF_W | BPF_LEN, 0)}) == 64);
  CHECK(a_after({instruction(BPF_LDX | BPF_W | BPF_LEN, 0), instruction(BPF_MISC | BPF_TXA, 0)}) ==
        64);
  CHECK(a_after({instruction(BPF_LD | BPF_IMM, 5), instruction(BPF_ST, 3),
                 instruction(BPF_LDX | BPF_MEM, 3), instruction(BPF_ALU | BPF_MUL | BPF_X, 0)}) ==
        25);
  CHECK(a_after({instruction(BPF_LD | BPF_IMM, 1), instruction(BPF_ALU | BPF_NEG, 0)}) ==
        0xffffffff);
  CHECK(a_after({instruction(BPF_LD | BPF_IMM, 1), instruction(BPF_ALU | BPF_SUB | BPF_K, 2),
                 instruction(BPF_ALU | BPF_RSH | BPF_K, 31)}) == 1);
  CHECK(a_after({instruction(BPF_LD | BPF_IMM, 9), instruction(BPF_ALU | BPF_DIV | BPF_K, 2)}) ==
        4);
  // A division by a zero in X ends the program with 0, which kills the thread.
  CHECK(a_after({instruction(BPF_LD | BPF_IMM, 9), instruction(BPF_ALU | BPF_DIV | BPF_X, 0)}) ==
        SECCOMP_RET_KILL_THREAD);
}

TEST_CASE("comparisons are without sign") {
  const FilterProgram program{instruction(BPF_LD | BPF_W | BPF_ABS, 0),
                              BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
                              instruction(BPF_RET | BPF_K, kill_process_verdict),
                              instruction(BPF_RET | BPF_K, allow_verdict)};
  CHECK(*evaluate(program, call_data({AuditArch::x86_64, -1})) == kill_process_verdict);
  CHECK(*evaluate(program, call_data({AuditArch::x86_64, x32_bit})) == kill_process_verdict);
  CHECK(*evaluate(program, call_data({AuditArch::x86_64, x32_bit - 1})) == allow_verdict);
}

TEST_CASE("arbitrary programs get the verdicts that the kernel gives") {
  Random random(test::property_seed("evaluate"));
  int taken = 0;
  for (int round = 0; round < 150; ++round) {
    const auto program = arbitrary_program(random);
    CAPTURE(disassemble(program));
    std::vector<test::Question> questions(8);
    for (auto& question : questions) {
      question.number = static_cast<std::int32_t>(1000 + random.below(50));
      for (auto& argument : question.arguments) {
        argument = random.chance(1, 2) ? random.next() : random.below(40);
      }
    }
    const auto answers = test::ask_kernel(program, questions);
    REQUIRE(answers.has_value() == check(program).ok());
    if (!answers) {
      continue;
    }
    ++taken;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      CAPTURE(questions[i].number);
      const auto verdict = *evaluate(
          program, call_data({AuditArch::x86_64, questions[i].number}, questions[i].arguments));
      if (i >= answers->size()) { // the kernel ended the child there
        REQUIRE(verdict == SECCOMP_RET_KILL_THREAD);
        break;
      }
      // Beyond 4095 an errno is cut by the kernel; 0 lets the call return 0.
      REQUIRE(verdict == errno_verdict(static_cast<int>(-(*answers)[i])));
    }
  }
  CHECK(taken > 20);
}

TEST_CASE("the ranges of a program hold what single evaluations give") {
  const FilterProgram program{
      instruction(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x40000000, 5, 0),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 10, 0, 2),
      instruction(BPF_LD | BPF_W | BPF_ABS, 16),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 0),
      instruction(BPF_RET | BPF_K, allow_verdict),
      instruction(BPF_RET | BPF_K, errno_verdict(1)),
      instruction(BPF_RET | BPF_K, kill_process_verdict),
  };
  const auto ranges = verdict_ranges(program, AuditArch::x86_64);
  REQUIRE(ranges.ok());
  const std::vector<VerdictRange> expected = {
      {0, 10, {allow_verdict}},
      {11, 0x3fffffff, {errno_verdict(1), allow_verdict}},
      {0x40000000, 0x7fffffff, {kill_process_verdict}},
      {0x80000000, 0xbfffffff, {errno_verdict(1), allow_verdict}},
      {0xc0000000, 0xffffffff, {kill_process_verdict}},
  };
  CHECK(*ranges == expected);
}

TEST_CASE("a program that calculates with the number is refused, not guessed") {
  const FilterProgram program{instruction(BPF_LD | BPF_W | BPF_ABS, 0),
                              instruction(BPF_ALU | BPF_ADD | BPF_K, 1),
                              instruction(BPF_RET | BPF_K, allow_verdict)};
  const auto ranges = verdict_ranges(program, AuditArch::x86_64);
  REQUIRE_FALSE(ranges.ok());
  CHECK(ranges.error().message == "instruction 1 calculates with the number");
}

TEST_CASE("several filters: the strictest action, of equal ones the newest") {
  const auto both = [](Verdict newest, Verdict older) {
    const Verdict verdicts[] = {newest, older};
    return strictest(verdicts);
  };
  CHECK(both(allow_verdict, errno_verdict(1)) == errno_verdict(1));
  CHECK(both(errno_verdict(2), errno_verdict(1)) == errno_verdict(2));
  CHECK(both(SECCOMP_RET_KILL_THREAD, kill_process_verdict) == kill_process_verdict);
  CHECK(both(log_verdict, allow_verdict) == log_verdict);
  CHECK(both(trace_verdict(3), errno_verdict(1)) == errno_verdict(1));
  CHECK(strictest({}) == allow_verdict);
}
