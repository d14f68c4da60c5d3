// strace as oracle: the calls of one run, with counts, are those that plain `strace -f` lists.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <map>
#include <nlohmann/json.hpp>

using namespace harness;
using namespace harness::test;

namespace {

using Counts = std::map<std::string, std::uint64_t>;

/// Calls in a log of `strace -f`: "PID name(…", resumed ones not twice.
Counts counts_of_strace(const std::string& log) {
  Counts counts;
  for (const auto& line : split(log, '\n')) {
    const auto space = line.find(' ');
    const auto start = line.find_first_not_of(' ', space);
    const auto paren = line.find('(', start);
    if (space == std::string::npos || start == std::string::npos || paren == std::string::npos) {
      continue;
    }
    const std::string name = line.substr(start, paren - start);
    const bool is_call =
        !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                                "0123456789_") == std::string::npos;
    counts[name] += is_call ? 1 : 0;
    if (!is_call) {
      counts.erase(name);
    }
  }
  return counts;
}

Counts counts_of_trace(const std::string& text) {
  Counts counts;
  const auto json = nlohmann::json::parse(text);
  for (const auto& phase : json.at("phases")) {
    for (const auto& call : phase.at("syscalls")) {
      counts[call.at("name").get<std::string>()] += call.at("calls").get<std::uint64_t>();
    }
  }
  return counts;
}

} // namespace

TEST_CASE("the calls of a run are those that strace lists") {
  if (!available("strace", "strace")) {
    return;
  }
  const TemporaryDirectory directory;
  REQUIRE(replace_file(directory / "lines", "b\na\nc\n"));
  const std::string lines = directory / "lines";
  const std::vector<std::vector<std::string>> programs = {
      {"true"},
      {"ls", "-l", "/usr"},
      {"cat", lines},
      {"sort", lines},
      {"grep", "-c", "a", lines},
      {"wc", lines},
      {"find", "/etc/apt"},
      {"id"},
      {"env"},
      {"stat", lines},
      {"sha256sum", lines},
      {"od", "-c", lines},
      {"sh", "-c", "for i in 1 2 3; do cat " + lines + "; done"},
      {"sh", "-c", "cat " + lines + " | sort | uniq -c; exit 2"},
      {"tar", "-cf", "/dev/null", "/etc/apt"},
      {"sqlite3", ":memory:", "create table t(a); insert into t values(1); select * from t;"},
      {"python3", "-I", "-S", "-B", "-c", "print(sum(range(10)))"},
  };
  std::size_t compared = 0;
  for (auto program : programs) {
    const std::string word = program[0];
    // Debian's own: what stands before it in somebody's PATH may be a script with children.
    program[0] = "/usr/bin/" + word;
    if (!available(program[0], word)) {
      continue;
    }
    // When children of a shell end decides how often it is interrupted and waits.
    const bool deterministic = word != "sh";
    const std::string log = directory / "strace.log";
    const std::string json = directory / "trace.json";
    std::vector<std::string> reference = {"strace", "-f", "-qq", "-o", log};
    reference.insert(reference.end(), program.begin(), program.end());
    std::vector<std::string> ours = {harness_binary(), "trace", "--json", "--output", json, "--"};
    ours.insert(ours.end(), program.begin(), program.end());
    const auto expected = run({.words = reference});
    const auto found = run({.words = ours});
    INFO(program[0], " ", program.back());
    CHECK(found.status == expected.status);
    CHECK(found.output == expected.output);
    const Counts wanted = counts_of_strace(*read_file(log));
    const Counts seen = counts_of_trace(*read_file(json));
    for (const auto& [name, count] : wanted) {
      INFO(name);
      if (deterministic) {
        CHECK((seen.contains(name) ? seen.at(name) : 0) == count);
      } else {
        CHECK(seen.contains(name));
      }
    }
    for (const auto& [name, count] : seen) {
      INFO(name);
      CHECK(wanted.contains(name));
    }
    ++compared;
  }
  CHECK(compared >= 10);
}
