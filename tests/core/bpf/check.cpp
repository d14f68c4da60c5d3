// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/check.hpp"

#include "core/bpf/build.hpp"
#include "tests/core/bpf/kernel_filter.hpp"

#include <doctest/doctest.h>
#include <linux/bpf_common.h>

using namespace harness;
using namespace harness::bpf;

namespace {

sock_filter op(int code, std::uint32_t k) {
  return BPF_STMT(static_cast<std::uint16_t>(code), k);
}

const sock_filter last = op(BPF_RET | BPF_K, allow_verdict);

} // namespace

TEST_CASE("what the kernel refuses is refused, with its place") {
  const std::pair<FilterProgram, const char*> wrong[] = {
      {{}, "the filter has 0 instructions, but the kernel accepts 1 to 4096"},
      {FilterProgram(4097, last),
       "the filter has 4097 instructions, but the kernel accepts 1 to 4096"},
      {{op(BPF_LD | BPF_W | BPF_ABS, 64), last},
       "instruction 0 loads offset 64, which is not a word of seccomp_data"},
      {{op(BPF_LD | BPF_W | BPF_ABS, 2), last},
       "instruction 0 loads offset 2, which is not a word of seccomp_data"},
      {{op(BPF_LD | BPF_H | BPF_ABS, 0), last}, "instruction 0: seccomp does not accept code 0x28"},
      {{op(BPF_LD | BPF_W | BPF_IND, 0), last}, "instruction 0: seccomp does not accept code 0x40"},
      {{op(BPF_ALU | BPF_MOD | BPF_K, 3), last},
       "instruction 0: seccomp does not accept code 0x94"},
      {{op(BPF_ALU | BPF_DIV | BPF_K, 0), last}, "instruction 0 divides by 0"},
      {{op(BPF_ALU | BPF_LSH | BPF_K, 32), last}, "instruction 0 shifts by 32; 31 is the most"},
      {{op(BPF_ST, 16), last}, "instruction 0 uses memory slot 16; there are 16"},
      {{op(BPF_LD | BPF_MEM, 1), last}, "instruction 0 loads memory slot 1 before it was stored"},
      {{BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1), op(BPF_ST, 2), op(BPF_LD | BPF_MEM, 2), last},
       "instruction 2 loads memory slot 2 before it was stored"},
      {{op(BPF_JMP | BPF_JA, 1), last}, "instruction 0 jumps behind the end"},
      {{BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1), last}, "instruction 0 jumps behind the end"},
      {{last, op(BPF_LD | BPF_IMM, 0)}, "the last instruction is not a return"},
  };
  for (const auto& [program, message] : wrong) {
    CAPTURE(message);
    const auto checked = check(program);
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().message == message);
    CHECK_FALSE(test::kernel_takes(program));
  }
}

TEST_CASE("what the kernel takes is taken") {
  const FilterProgram right[] = {
      {last},
      FilterProgram(4096, last),
      {op(BPF_JMP | BPF_JA, 0), last},
      {op(BPF_ST, 15), op(BPF_LD | BPF_MEM, 15), op(BPF_RET | BPF_A, 0)},
      {op(BPF_LD | BPF_W | BPF_ABS, 60), op(BPF_ALU | BPF_LSH | BPF_K, 31), last},
  };
  for (const auto& program : right) {
    CHECK(check(program).ok());
    CHECK(test::kernel_takes(program));
  }
}
