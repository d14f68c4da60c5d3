// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/minimize.hpp"
#include "core/base/random.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace harness;
using namespace harness::analysis;

namespace {

constexpr SyscallId call(std::int32_t number) {
  return {AuditArch::x86_64, number};
}

store::InputRecord input(std::uint64_t bytes, const std::vector<std::int32_t>& calls) {
  store::InputRecord record{.bytes = bytes};
  for (const auto number : calls) {
    record.pairs["main"].insert(call(number));
  }
  return record;
}

PhaseCalls shown_by(const store::InputRecord& record) {
  PhaseCalls shown;
  for (const auto& [phase, calls] : record.pairs) {
    for (const auto id : calls) {
      shown.insert({phase, id});
    }
  }
  return shown;
}

PhaseCalls union_of(const Inputs& inputs, const std::vector<std::string>& hashes) {
  PhaseCalls calls;
  for (const auto& hash : hashes) {
    calls.merge(shown_by(inputs.at(hash)));
  }
  return calls;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("one input that shows all is enough; of equals the smaller one") {
  const Inputs inputs = {
      {"a", input(50, {1, 2, 3})}, {"b", input(40, {1, 2, 3})}, {"c", input(1, {1})}};
  CHECK(choose_inputs(inputs) == Names{"b"});
}

TEST_CASE("what greed took too early is dropped again") {
  // The largest gain (a: 1 2 3) is superfluous once the others are there.
  const Inputs inputs = {{"a", input(9, {2, 3, 4})},
                         {"b", input(9, {1, 2})},
                         {"c", input(9, {3, 5})},
                         {"d", input(9, {4, 6})}};
  CHECK(choose_inputs(inputs) == Names{"b", "c", "d"});
}

TEST_CASE("nothing to choose from") {
  CHECK(choose_inputs({}).empty());
  CHECK(choose_inputs({{"a", input(9, {})}}).empty());
}

TEST_CASE("the choice shows every pair, and each of its inputs is needed") {
  Random random(harness::test::property_seed("minimize"));
  for (int i = 0; i < 300; ++i) {
    Inputs inputs;
    Names all;
    for (std::uint64_t n = random.below(30); n > 0; --n) {
      std::vector<std::int32_t> calls;
      for (std::uint64_t c = random.below(6); c > 0; --c) {
        calls.push_back(static_cast<std::int32_t>(random.below(15)));
      }
      all.push_back(std::to_string(n));
      inputs[all.back()] = input(random.below(5), calls);
    }
    const Names chosen = choose_inputs(inputs);
    REQUIRE(union_of(inputs, chosen) == union_of(inputs, all));
    for (const auto& hash : chosen) {
      Names others = chosen;
      std::erase(others, hash);
      REQUIRE(union_of(inputs, others) != union_of(inputs, all));
    }
  }
}

TEST_CASE("a pair that is not shown again is looked for elsewhere") {
  const Inputs inputs = {{"a", input(1, {1, 2})}, {"b", input(5, {2})}, {"c", input(9, {2})}};
  Names ran;
  const auto result = minimize(inputs, [&](const Names& hashes) {
    std::vector<PhaseCalls> shown;
    for (const auto& hash : hashes) {
      ran.push_back(hash);
      // "a" shows 2 no more, "b" still does.
      shown.push_back(hash == "a" ? PhaseCalls{{"main", call(1)}} : shown_by(inputs.at(hash)));
    }
    return shown;
  });
  CHECK(result.inputs == Names{"a", "b"});
  CHECK(ran == Names{"a", "b"}); // "c" has nothing to add
  CHECK(result.unconfirmed.empty());
  CHECK(result.bytes == 6);
  CHECK(result.bytes_before == 15);
  CHECK(result.pairs == 2);
}

TEST_CASE("the reproducer of a pair that nothing shows again is kept, and named") {
  const Inputs inputs = {{"a", input(1, {1})}, {"b", input(5, {2})}};
  const auto result = minimize(inputs, [&](const Names& hashes) {
    return std::vector<PhaseCalls>(hashes.size(), shown_by(inputs.at("a")));
  });
  CHECK(result.inputs == Names{"a", "b"});
  CHECK(result.unconfirmed == PhaseCalls{{"main", call(2)}});
}
