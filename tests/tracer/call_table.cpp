// SPDX-License-Identifier: Apache-2.0
#include "tracer/call_table.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::tracer;

TEST_CASE("a key survives packing") {
  for (const int number : {0, 59, 468, 9999, -1, 0x40000000 | 39}) {
    for (const auto arch : {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64}) {
      const CallKey key{16383, 77, {arch, number}};
      CHECK(unpack(pack(key)) == key);
    }
  }
}

TEST_CASE("counts are kept whatever the table's size") {
  CallTable table;
  for (int round = 1; round <= 3; ++round) {
    for (int number = -1; number < 2000; ++number) {
      const bool fresh = table.add(pack({1, 2, {AuditArch::x86_64, number}}));
      CHECK(fresh == (round == 1));
    }
  }
  CHECK(table.size() == 2001);
  CHECK(table.times(pack({1, 2, {AuditArch::x86_64, -1}})) == 3);
  CHECK(table.times(pack({0, 2, {AuditArch::x86_64, 5}})) == 0);
  CallTable sum = table;
  sum.merge(table);
  CHECK(sum.size() == 2001);
  CHECK(sum.times(pack({1, 2, {AuditArch::x86_64, 1999}})) == 6);
}
