// SPDX-License-Identifier: Apache-2.0
#include "policy/risk.hpp"

#include "tests/policy/sample.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::policy;

TEST_CASE("the most useful calls come first, each with its reason and last phase") {
  const auto policy = test::server_policy();
  const auto rows = risks(policy, 0);
  REQUIRE_FALSE(rows.empty());
  CHECK(rows.front().call == "execve");
  CHECK(rows.front().note.risk == Risk::critical);
  CHECK(rows.front().last_phase == "serving");
  for (std::size_t i = 1; i < rows.size(); ++i) {
    CHECK(rows[i - 1].note.risk >= rows[i].note.risk);
  }
  const auto text = risk_text(policy, 0);
  CHECK(text.find("mprotect") != std::string::npos);
  CHECK(text.find("until phase startup") != std::string::npos);
}

TEST_CASE("reductions add up") {
  const auto policy = test::server_policy();
  const auto rows = reductions(policy);
  REQUIRE(rows.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(rows[i].allowed == policy.phases[i].allowed().size());
    CHECK(rows[i].allowed + rows[i].blocked == rows[i].total);
    CHECK(rows[i].total == syscalls_of(AuditArch::x86_64).size());
  }
  CHECK(rows[0].dropped == 0);
  CHECK(rows[1].dropped == rows[0].allowed - rows[1].allowed);
}
