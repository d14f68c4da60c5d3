// SPDX-License-Identifier: Apache-2.0
#include "policy/policy_json.hpp"

#include "tests/policy/sample.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::policy;

namespace {

std::string with_text_replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text) {
  const auto read = read_policy_json(text);
  return read ? "" : read.error().message;
}

} // namespace

TEST_CASE("a policy survives its file") {
  Random random(test::property_seed("policy_json"));
  for (int round = 0; round < 20; ++round) {
    const auto policy = test::arbitrary_policy(random, true);
    const auto read = read_policy_json(write_policy_json(policy));
    REQUIRE(read.ok());
    CHECK(*read == policy);
  }
  auto odd = test::server_policy({.allow = {"i386:open", "syscall_999"}, .deny = {"ptrace"}});
  odd.statement = "a \"quote\"\nand a line";
  CHECK(*read_policy_json(write_policy_json(odd)) == odd);
}

TEST_CASE("a wrong file says where and what to write instead") {
  const auto good = write_policy_json(test::server_policy());
  REQUIRE(error_of(good).empty());
  CHECK(error_of("{\n\n  \"schema\": oops") ==
        "line 3: not JSON; a policy file is the output of harness policy --format json");
  CHECK(error_of("[]") == "the file: expected an object");
  CHECK(error_of("{}") == "schema: is missing");
  CHECK(error_of(with_text_replaced(good, "harness-policy/1", "harness-policy/9"))
            .starts_with("schema: expected \"harness-policy/1\""));
  CHECK(
      error_of(with_text_replaced(good, "\"action\": \"allow\"", "\"action\": \"alow\"")) ==
      "phases[0].calls[0].action: \"alow\" is not one of allow, enosys, eperm, kill_process, log");
  CHECK(error_of(with_text_replaced(good, "\"rule\": \"observed\"", "\"rule\": 3")) ==
        "phases[0].calls[0].rule: expected a string");
  CHECK(error_of(with_text_replaced(good, "\"weakened\"", "\"weakend\"")) ==
        "weakened: is missing");
  CHECK(error_of(with_text_replaced(good, "\"converged\": true",
                                    "\"converged\": true, \"convrged\": true")) ==
        "convrged: unknown key; did you mean converged?");
  CHECK(error_of(with_text_replaced(good, "\"name\": \"read\"", "\"name\": \"raed\""))
            .starts_with("phases[0].calls[0].name: unknown system call \"raed\""));
  CHECK(error_of(with_text_replaced(good, "\"number\": 0,", "\"number\": 1,")) ==
        "phases[0].calls[0].number: read has the number 0");
  CHECK(error_of(with_text_replaced(good, "\"trigger\": \"launch\"", "\"trigger\": \"lunch\""))
            .starts_with("phases[0].trigger: "));
}
