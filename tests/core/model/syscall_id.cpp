// SPDX-License-Identifier: Apache-2.0
#include "core/model/syscall_id.hpp"

#include <doctest/doctest.h>

using namespace harness;

namespace {
SyscallId call(std::int32_t number) {
  return {AuditArch::x86_64, number};
}
} // namespace

TEST_CASE("set algebra") {
  const SyscallSet a{call(3), call(1), call(3)};
  const SyscallSet b{call(1), call(2)};
  CHECK(a.size() == 2);
  CHECK((a | b) == SyscallSet{call(1), call(2), call(3)});
  CHECK((a & b) == SyscallSet{call(1)});
  CHECK((a - b) == SyscallSet{call(3)});
  CHECK((a | b).includes(a));
  CHECK_FALSE(a.includes(b));
}

TEST_CASE("the same number on two architectures is two calls") {
  SyscallSet set;
  CHECK(set.insert({AuditArch::x86_64, -1}));
  CHECK(set.insert({AuditArch::i386, -1}));
  CHECK_FALSE(set.insert({AuditArch::i386, -1}));
  CHECK(set.erase({AuditArch::i386, -1}));
  CHECK(set.size() == 1);
}
