// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/search.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::campaign;
using engine::Run;

namespace {

constexpr SyscallId openat_call{AuditArch::x86_64, 257};
constexpr SyscallId socket_call{AuditArch::x86_64, 41};

Search::Options options() {
  return {.phases = {"all"}, .goal = {.epsilon = 0.2, .confidence = 0.9}, .seed = 7};
}

engine::KnownPair pair_of(SyscallId call, const std::string& executable = "x") {
  return {{"all", call, executable}, false};
}

template <typename T> const T* only(const Commands& commands) {
  const T* found = nullptr;
  for (const auto& order : commands) {
    if (const auto* one = std::get_if<T>(&order)) {
      CHECK(found == nullptr);
      found = one;
    }
  }
  return found;
}

Run explored() {
  return {.reached = {0}};
}

Run drawn(const engine::Draw& draw, std::uint64_t index) {
  return {
      .origin = Run::Origin::validating, .attempt = draw.attempt, .index = index, .reached = {0}};
}

/// Explores without news until an attempt begins; its first commands.
Commands begin_attempt(Search& search) {
  for (int i = 0; i < 10000; ++i) {
    Commands commands = search.next(0, 1, 1000);
    if (only<engine::Draw>(commands) != nullptr) {
      return commands;
    }
    REQUIRE(only<engine::Explore>(commands) != nullptr);
    search.ran(explored(), {pair_of(openat_call)});
  }
  FAIL("no attempt ever began");
  return {};
}

} // namespace

TEST_CASE("a worker hears each input and each pair once, but not what it found itself") {
  Search search(options());
  search.began(0);
  search.began(1);
  search.add_input("seed");
  search.add_input("mine", 1);
  search.know(pair_of(openat_call));
  const Commands first = search.next(0, 4, 100);
  REQUIRE(only<engine::Inputs>(first) != nullptr);
  CHECK(only<engine::Inputs>(first)->texts == std::vector<std::string>{"seed", "mine"});
  CHECK(only<engine::Inputs>(first)->known.size() == 1);
  CHECK(only<engine::Inputs>(search.next(0, 4, 100)) == nullptr);
  CHECK(only<engine::Inputs>(search.next(1, 4, 100))->texts == std::vector<std::string>{"seed"});

  search.began(1); // its successor knows nothing
  CHECK(only<engine::Inputs>(search.next(1, 4, 100))->texts ==
        std::vector<std::string>{"seed", "mine"});
}

TEST_CASE("an input is kept once, and not at all once it is set aside") {
  Search search(options());
  search.began(0);
  search.add_input("a");
  search.add_input("a");
  search.add_input("deadly");
  CHECK(search.corpus() == 2);
  search.quarantined("deadly");
  search.add_input("deadly");
  CHECK(only<engine::Inputs>(search.next(0, 1, 10))->texts == std::vector<std::string>{"a"});
}

TEST_CASE("runs never exceed what is left") {
  Search search(options());
  search.began(0);
  CHECK(only<engine::Explore>(search.next(0, 100, 3))->runs == 3);
  CHECK(search.next(0, 100, 0).empty());
}

TEST_CASE("an attempt that shows nothing new converges, whatever the executables") {
  Search search(options());
  search.began(0);
  search.ran(explored(), {pair_of(openat_call)});
  Commands commands = begin_attempt(search);
  REQUIRE(only<engine::Freeze>(commands) != nullptr);
  std::uint64_t runs = 0;
  while (!search.finished()) {
    const auto* draw = only<engine::Draw>(commands);
    REQUIRE(draw != nullptr);
    for (std::uint64_t i = draw->from; i < draw->to; ++i, ++runs) {
      // Another program making a known call is no new (phase, call).
      search.ran(drawn(*draw, i), {pair_of(openat_call, "other")});
    }
    commands = search.next(0, 5, 1000);
  }
  CHECK(runs == stats::attempt_runs(options().goal, 1));
  CHECK(search.rule().converged());
}

TEST_CASE("news in a validation run fails the attempt and is not lost") {
  Search search(options());
  search.began(0);
  search.ran(explored(), {pair_of(openat_call)});
  Commands commands = begin_attempt(search);
  bool first = true;
  while (search.validating()) {
    const auto draw = *only<engine::Draw>(commands);
    for (std::uint64_t i = draw.from; i < draw.to; ++i) {
      const auto news = std::exchange(first, false) ? socket_call : openat_call;
      search.ran(drawn(draw, i), {pair_of(news)});
    }
    commands = search.validating() ? search.next(0, 50, 1000) : Commands{};
  }
  CHECK_FALSE(search.finished());
  CHECK(search.attempt_news().size() == 1);
  CHECK(search.attempt_news().begin()->call == socket_call);
  CHECK(only<engine::Explore>(search.next(0, 1, 10)) != nullptr); // and on it goes
}

TEST_CASE("validation runs of a dead worker are drawn again, under the same numbers") {
  Search search(options());
  search.began(0);
  search.ran(explored(), {pair_of(openat_call)});
  const Commands commands = begin_attempt(search);
  const auto lost = *only<engine::Draw>(commands);
  search.began(0);
  const Commands again = search.next(0, lost.to - lost.from, 1000);
  REQUIRE(only<engine::Freeze>(again) != nullptr); // it knows nothing of the frozen generator
  CHECK(only<engine::Draw>(again)->from == lost.from);
  CHECK(only<engine::Draw>(again)->seed == lost.seed);
}

TEST_CASE("a late line of an earlier attempt changes nothing") {
  Search search(options());
  search.began(0);
  search.ran(explored(), {pair_of(openat_call)});
  const Commands commands = begin_attempt(search);
  const auto draw = *only<engine::Draw>(commands);
  Run late = drawn(draw, draw.from);
  late.attempt = draw.attempt + 7;
  const auto before = search.rule().state().attempts.back().runs;
  search.ran(late, {pair_of(openat_call)});
  CHECK(search.rule().state().attempts.back().runs == before);
}

TEST_CASE("until quiet: N runs without news") {
  auto asked = options();
  asked.until = Until::quiet;
  asked.quiet_runs = 5;
  Search search(asked);
  search.began(0);
  search.ran(explored(), {pair_of(openat_call)});
  for (int i = 0; i < 4; ++i) {
    search.ran(explored(), {pair_of(openat_call)});
  }
  CHECK_FALSE(search.finished());
  search.ran(explored(), {pair_of(openat_call)});
  CHECK(search.finished());
}

TEST_CASE("parts of an attempt draw disjoint runs that together are the whole, and end") {
  const std::uint64_t whole = stats::attempt_runs(options().goal, 2);
  std::set<std::uint64_t> drawn_by_all;
  std::uint64_t counted = 0;
  for (std::uint32_t part = 1; part <= 3; ++part) {
    auto asked = options();
    asked.part = Search::Options::Part{2, {part, 3}};
    Search search(asked);
    search.began(0);
    search.know(pair_of(openat_call));
    bool first = true;
    while (!search.finished()) {
      const Commands commands = search.next(0, 5, 1000);
      const auto* draw = only<engine::Draw>(commands);
      REQUIRE(draw != nullptr);
      CHECK((first == (only<engine::Freeze>(commands) != nullptr)));
      CHECK(draw->attempt == 2);
      for (std::uint64_t i = draw->from; i < draw->to; ++i) {
        CHECK(drawn_by_all.insert(i).second);
        Run run = drawn(*draw, i);
        if (std::exchange(first, false)) {
          run.incomplete = {Incomplete::lost_tracee}; // is drawn again, under a number of its own
        }
        search.ran(run, {pair_of(openat_call)});
      }
    }
    CHECK(search.rule().state().attempts.back().state == stats::Attempt::State::passed);
    counted += search.rule().state().attempts.back().runs;
  }
  CHECK(counted == whole);
  CHECK(drawn_by_all.size() == whole + 3);
}
