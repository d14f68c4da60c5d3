// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/disassemble.hpp"

#include "core/bpf/build.hpp"

#include <doctest/doctest.h>
#include <linux/bpf_common.h>

using namespace harness;
using namespace harness::bpf;

TEST_CASE("a filter reads as text") {
  FilterSpec spec;
  auto& table = spec.archs[AuditArch::x86_64];
  table.otherwise = errno_verdict(38);
  table.calls.emplace(41, Decision{allow_verdict, {{{0, 0xffffffff, 1}}}, errno_verdict(1)});
  const auto program = build(spec);
  REQUIRE(program.ok());
  CHECK(disassemble(*program) == R"(   0  A = architecture
   1  if A == 0xc000003e (x86_64) go to 3 else 2
   2  return KILL_PROCESS
   3  A = number
   4  if A >= 0x2a (connect) go to 11 else 5
   5  if A >= 0x29 (socket) go to 7 else 6
   6  return ERRNO(ENOSYS)
   7  A = argument 0 low half
   8  if A == 0x1 go to 9 else 10
   9  return ALLOW
  10  return ERRNO(EPERM)
  11  if A >= 0x40000000 go to 13 else 12
  12  return ERRNO(ENOSYS)
  13  if A >= 0x80000000 go to 15 else 14
  14  return KILL_PROCESS
  15  return ERRNO(ENOSYS)
)");
}

TEST_CASE("any code gives a text") {
  const FilterProgram odd{BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 2), BPF_STMT(BPF_ALU | BPF_NEG, 0),
                          BPF_STMT(BPF_ALU | BPF_LSH | BPF_X, 0), BPF_STMT(BPF_MISC | 0x40, 0),
                          BPF_STMT(BPF_RET | BPF_A, 0)};
  const auto text = disassemble(odd);
  CHECK(text.find("code 0x47, which seccomp does not take") != std::string::npos);
  CHECK(text.find("A = A << X") != std::string::npos);
  CHECK(text.find("return A") != std::string::npos);
}
