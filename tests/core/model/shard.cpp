// SPDX-License-Identifier: Apache-2.0
#include "core/model/shard.hpp"
#include "core/base/random.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace harness;

TEST_CASE("a shard is written and read as two numbers") {
  CHECK(parse_shard("2/4") == Shard{2, 4});
  CHECK(parse_shard(shard_text({7, 1000})) == Shard{7, 1000});
  for (const char* bad :
       {"", "2", "0/4", "5/4", "2/4/8", "a/b", "2/", "/4", "-1/4", "1/1000001", "2/4 "}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_shard(bad));
  }
}

TEST_CASE("shards share seeds and runs without overlap and without rest") {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    const auto total = static_cast<std::size_t>(random.between(0, 500));
    const auto count = static_cast<std::uint32_t>(random.between(1, 60));
    CAPTURE(total);
    CAPTURE(count);
    std::multiset<std::size_t> seeds;
    std::uint64_t next = 0;
    for (std::uint32_t i = 1; i <= count; ++i) {
      const auto own = share_of(total, {i, count});
      CHECK(own.empty() == (total == 0));
      seeds.insert(own.begin(), own.end());
      const RunRange range = range_of(total, {i, count});
      CHECK(range.from == next);
      CHECK(range.size() <= total / count + 1);
      next = range.to;
    }
    CHECK(next == total);
    for (std::size_t seed = 0; seed < total; ++seed) {
      CHECK(seeds.contains(seed));
      CHECK((total < count || seeds.count(seed) == 1)); // with few seeds, some have the same one
    }
  }
}

TEST_CASE("each shard of each split has chance of its own") {
  std::set<std::uint64_t> seeds;
  for (std::uint32_t count = 1; count <= 40; ++count) {
    for (std::uint32_t i = 1; i <= count; ++i) {
      CHECK(seeds.insert(shard_seed(5, {i, count})).second);
    }
  }
}
