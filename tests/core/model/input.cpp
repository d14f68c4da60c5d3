// SPDX-License-Identifier: Apache-2.0
#include "core/model/input.hpp"
#include "core/model/input_limits.hpp"
#include "core/model/input_text.hpp"

#include "tests/support/process.hpp"
#include "tests/support/random_input.hpp"

#include <doctest/doctest.h>

using namespace harness;

namespace {

std::string with_header(std::string_view lines) {
  return "harness-input/1\n" + std::string(lines);
}

/// The message with which `lines` after the header are refused; "" if they are not.
std::string refusal(std::string_view lines) {
  const auto parsed = parse_input(with_header(lines));
  return parsed ? "" : parsed.error().message;
}

} // namespace

TEST_CASE("any input survives its text form") {
  Random random(test::property_seed("any input survives its text form"));
  for (int round = 0; round < 1000; ++round) {
    const Input input = test::random_input(random);
    const std::string text = serialize_input(input);
    CAPTURE(round);
    CAPTURE(text);
    const auto parsed = parse_input(text);
    REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
    REQUIRE(*parsed == input);
    REQUIRE(serialize_input(*parsed) == text);
  }
}

TEST_CASE("arbitrary bytes and damaged inputs never crash the parser") {
  Random random(test::property_seed("arbitrary bytes never crash the parser"));
  std::size_t accepted = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string text = serialize_input(test::random_input(random));
    for (auto damage = random.below(4); damage > 0 && !text.empty(); --damage) {
      const std::size_t at = random.below(text.size());
      text.replace(at, random.below(6), random.bytes(random.below(4)));
    }
    const auto parsed = parse_input(random.chance(1, 4) ? random.bytes(200) : text);
    if (parsed) {
      ++accepted;
      // What was understood is an input like any other.
      const auto again = parse_input(serialize_input(*parsed));
      REQUIRE(again.ok());
      CHECK(*again == *parsed);
    } else {
      CHECK(parsed.error().message.starts_with("line "));
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("the text form reads like this") {
  Input input;
  input.arguments = {"-l", "--sort=size", "a b"};
  input.environment = {{"LANG", "C"}, {"HOME", std::nullopt}};
  input.standard_input = {StandardInput::Kind::pipe, "one\ntwo\n\nend"};
  input.files = {{.path = "notes", .content = "hello\n", .mode = 0600},
                 {.kind = FileNode::Kind::symlink, .path = "link", .target = "nowhere"}};
  input.script = {{.words = {"SET", "a", "1"}},
                  {.kind = Step::Kind::pause, .client = 2, .milliseconds = 5}};
  input.faults = {{.call = "write", .nth = 3, .error = "ENOSPC"}};
  input.signals = {{"SIGTERM", {"main", 10}, SignalEvent::To::group}};
  CHECK(serialize_input(input) == R"(harness-input/1
arguments -l --sort=size "a b"
env LANG=C
unset HOME
stdin pipe
feed "one\n"
feed "two\n\n"
feed "end"
file notes content "hello\n" mode 0600
symlink link nowhere
command SET a 1
@2 pause 5
signal SIGTERM after 10 in main to group
fault write error ENOSPC nth 3
)");
}

TEST_CASE("comments and blank lines are left out") {
  const auto parsed = parse_input("# a seed\n\nharness-input/1\n  # more\n  arguments -l \n\n");
  REQUIRE(parsed.ok());
  CHECK(parsed->arguments == std::vector<std::string>{"-l"});
}

TEST_CASE("a mistake is named with its line and what to write instead") {
  CHECK(refusal("arguments -l\nfil a\n")
            .find("line 3: unknown directive 'fil'; did you mean "
                  "'file'?") == 0);
  CHECK(refusal("file a sise 3").find("write content, size, mode") != std::string::npos);
  CHECK(refusal("stdin pip").find("did you mean 'pipe'?") != std::string::npos);
  CHECK(refusal("stdin pipe\nstdin file").find("line 3: duplicate directive stdin") == 0);
  CHECK(refusal("feed \"open").find("quoted word does not end") != std::string::npos);
  CHECK(refusal("fault read error ENOSPCE").find("ENOSPC") != std::string::npos);
  CHECK(refusal("signal SIGTER").find("SIGTERM") != std::string::npos);
  CHECK(refusal("fault opnat error EIO").find("write openat") != std::string::npos);
  CHECK(refusal("stdout full extra").find("no further word 'extra'") != std::string::npos);
  CHECK(parse_input("arguments -l\n").error().message.find("harness-input/1") != std::string::npos);
  CHECK(parse_input("").error().message.find("harness-input/1") != std::string::npos);
  CHECK(refusal("arguments a\nfile ../b\narguments c\n").find("line 3: the path '../b'") == 0);
}

TEST_CASE("a hostile input can't ask for more than a machine can give") {
  for (const char* lines : {"directory d entries 1000000000",
                            "file f size 1099511627776",
                            "pause 1000000",
                            "file /etc/passwd",
                            "file a/../../b",
                            "file a//b",
                            "hard_link a /etc/shadow",
                            "file_system m size 1099511627776",
                            "@64 receive",
                            "fault read delay 60000",
                            "arguments \"a\\0b\"",
                            "env \"A=\\0\"",
                            "env =a",
                            "file \"a\\0b\"",
                            "fault read error X",
                            "directory d entries 15000\ndirectory e entries 15000",
                            "identity uid 4294967295",
                            "file a mode 17777",
                            "identity umask 1777",
                            "identity directory ../.."}) {
    CAPTURE(lines);
    CHECK(refusal(lines) != "");
  }
  std::string pauses;
  for (int i = 0; i < 6; ++i) {
    pauses += "pause 1000\n";
  }
  CHECK(refusal(pauses).find("at most 5000 in all") != std::string::npos);
  CHECK_FALSE(parse_input(with_header(std::string(max_input_bytes, '\n'))).ok());
}
