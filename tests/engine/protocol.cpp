// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/protocol.hpp"

#include "core/base/random.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::engine;

namespace {

/// The content of the only frame in `bytes`.
std::string frame_of(const std::string& bytes) {
  FrameReader reader;
  reader.feed(bytes);
  auto frame = reader.next();
  REQUIRE(frame.ok());
  REQUIRE(frame->has_value());
  return **frame;
}

CodeLocation random_location(Random& random) {
  return {random.bytes(random.below(8)), random.next(), random.bytes(random.below(4))};
}

SyscallId random_call(Random& random) {
  return {static_cast<AuditArch>(random.next() >> 32), static_cast<std::int32_t>(random.next())};
}

RunEnd random_end(Random& random) {
  switch (random.below(5)) {
  case 0:
    return Exited{static_cast<int>(random.next())};
  case 1:
    return Signaled{static_cast<int>(random.below(65)), random.chance(1, 2), random.chance(1, 2)};
  case 2:
    return LimitReached{LimitReached::Limit::disk};
  case 3:
    return LaunchFailed{{random.bytes(9), static_cast<int>(random.below(130))}};
  default:
    return Detached{};
  }
}

Message random_message(Random& random) {
  switch (random.below(4)) {
  case 0: {
    Run run{.input = random.bytes(random.below(30)),
            .origin = Run::Origin::validating,
            .attempt = 3,
            .index = random.next(),
            .ending = Ending::timed_out,
            .incomplete = {Incomplete::killed, Incomplete::breakpoint_lost},
            .reached = {0, 1, 65535},
            .bucket = random.bytes(5),
            .calls = random.next(),
            .wall = Duration(static_cast<std::int64_t>(random.next()))};
    for (std::uint64_t i = random.below(40); i > 0; --i) {
      run.pairs.push_back({static_cast<std::uint32_t>(i), random.next(), random.chance(1, 2)});
      run.defined.push_back({random.bytes(6), random_call(random), random.bytes(4)});
    }
    if (random.chance(1, 2)) {
      run.find.emplace();
      run.find->pairs.push_back({7, {random_location(random)}});
      run.find->features = {0, 7, UINT32_MAX};
      run.find->words = {random.bytes(3), ""};
    }
    return run;
  }
  case 1:
    return Starting{random.bytes(random.below(500))};
  case 2: {
    Replayed replayed{.token = random.next(), .printed = {random.bytes(5), random.bytes(3)}};
    auto& result = replayed.result;
    result.end = random_end(random);
    result.executables = {"a", random.bytes(6)};
    result.sightings.push_back({1, random_call(random), 0, std::nullopt, true, {}});
    result.sightings.push_back(
        {1, random_call(random), 1, random.next(), false, {random_location(random)}});
    result.processes.push_back({.id = 7, .parent = 0, .name = "p", .end = random_end(random)});
    result.processes.back().threads.push_back({.id = -1, .name = "t", .calls = result.sightings});
    result.wall = Duration(-5);
    return replayed;
  }
  default:
    return Broken{random.bytes(random.below(64))};
  }
}

} // namespace

TEST_CASE("every message survives the wire") {
  Random random(test::property_seed("protocol"));
  for (int i = 0; i < 2000; ++i) {
    const std::string bytes = encode(random_message(random));
    const auto decoded = decode_message(frame_of(bytes));
    REQUIRE(decoded.ok());
    CHECK(encode(*decoded) == bytes);
  }
}

TEST_CASE("fields come back as they were") {
  const Command sent = Setup{.plan = std::string("a: \0b", 5),
                             .directory = "/d",
                             .isolated = false,
                             .filters = {{}, {{0x15, 1, 2, 0xc000003e}}},
                             .report_violations = true};
  const auto got = decode_command(frame_of(encode(sent)));
  REQUIRE(got.ok());
  const auto& setup = std::get<Setup>(*got);
  CHECK(setup.plan == std::string("a: \0b", 5));
  CHECK(setup.directory == "/d");
  CHECK(setup.hidden.empty());
  CHECK_FALSE(setup.isolated);
  CHECK(setup.report_violations);
  REQUIRE(setup.filters.size() == 2);
  CHECK(setup.filters[1].at(0).k == 0xc000003e);
  CHECK(setup.filters[1].at(0).jf == 2);
}

TEST_CASE("arbitrary and damaged bytes give an error, never a crash") {
  Random random(test::property_seed("protocol damage"));
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string frame = random.bytes(random.below(80));
    if (random.chance(1, 2)) {
      frame = frame_of(encode(random_message(random)));
      frame[random.below(frame.size())] ^= static_cast<char>(1 + random.below(255));
      frame.resize(random.below(frame.size() + 1));
    }
    const auto message = decode_message(frame);
    const auto command = decode_command(frame);
    if (!message.ok() && !command.ok()) {
      ++refused;
      CHECK_FALSE(message.error().message.empty());
    }
  }
  CHECK(refused > 10000);
}

TEST_CASE("a list longer than its bytes is refused before it is built") {
  // Tally (kind 5) begins with a list: claim 2^60 elements.
  const std::string lie = std::string(1, '\x05') + std::string("\xff\xff\xff\xff\xff\xff\xff\x7f");
  CHECK_FALSE(decode_message(lie).ok());
}

TEST_CASE("frames are cut whatever way the bytes arrive") {
  Random random(test::property_seed("frames"));
  std::vector<std::string> sent;
  std::string stream;
  for (int i = 0; i < 200; ++i) {
    sent.push_back(encode(random_message(random)));
    stream += sent.back();
  }
  FrameReader reader;
  std::vector<std::string> got;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t piece = std::min<std::size_t>(1 + random.below(300), stream.size() - at);
    reader.feed(stream.substr(at, piece));
    at += piece;
    for (;;) {
      auto frame = reader.next();
      REQUIRE(frame.ok());
      if (!*frame) {
        break;
      }
      got.push_back(**frame);
    }
  }
  REQUIRE(got.size() == sent.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(got[i] == sent[i].substr(4));
  }
}

TEST_CASE("a length that can't be ours is an error") {
  FrameReader reader;
  reader.feed("HTTP/1.1 200 OK");
  CHECK_FALSE(reader.next().ok());
}
