// strace as oracle: the calls of one run, and their counts where the program is deterministic,
// equal those of plain `strace -f` (not -c, which leaves exit_group out).
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <doctest/doctest.h>
#include <filesystem>

using namespace harness;
using test::Target;

namespace {

using Counts = std::map<std::string, std::uint64_t>;

/// Counts the calls in the lines of `strace -f -o`: "PID name(…", not "<... name resumed>".
Counts parse(const std::string& log) {
  Counts counts;
  for (std::size_t at = 0; at < log.size();) {
    const auto end = std::min(log.find('\n', at), log.size());
    const std::string line = log.substr(at, end - at);
    at = end + 1;
    const auto name_at = line.find_first_not_of("0123456789 ");
    const auto bracket = line.find('(');
    if (name_at != std::string::npos && bracket != std::string::npos && bracket > name_at &&
        line.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", name_at) == bracket) {
      ++counts[line.substr(name_at, bracket - name_at)];
    }
  }
  return counts;
}

Counts by_strace(const std::vector<std::string>& words) {
  test::TemporaryDirectory directory;
  const std::string log = directory / "log";
  std::vector<std::string> command = {"/usr/bin/strace", "-f", "-qq", "-o", log, "--"};
  command.insert(command.end(), words.begin(), words.end());
  test::run_untraced(command);
  const auto text = read_file(log);
  REQUIRE(text.ok());
  return parse(*text);
}

Counts by_us(const std::vector<std::string>& words) {
  const auto result = Target(words).run();
  CHECK(result.incomplete.empty());
  return test::counts(result);
}

std::string differences(const Counts& theirs, const Counts& ours, bool with_counts) {
  std::string text;
  Counts all = theirs;
  all.insert(ours.begin(), ours.end());
  for (const auto& [name, ignored] : all) {
    const auto count = [&](const Counts& counts) {
      const auto place = counts.find(name);
      return place == counts.end() ? std::uint64_t{0} : place->second;
    };
    const bool same =
        with_counts ? count(theirs) == count(ours) : (count(theirs) == 0) == (count(ours) == 0);
    if (!same) {
      text += name + ": strace " + std::to_string(count(theirs)) + ", we " +
              std::to_string(count(ours)) + "\n";
    }
  }
  return text;
}

/// Where memory lies differs from run to run and with it, now and then, a brk: three tries.
void compare(const std::vector<std::string>& words, bool with_counts) {
  if (!std::filesystem::exists(words[0])) {
    MESSAGE("skipped: " << words[0] << " is missing");
    return;
  }
  std::string text;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const Counts theirs = by_strace(words);
    REQUIRE_FALSE(theirs.empty());
    text = differences(theirs, by_us(words), with_counts);
    if (text.empty()) {
      return;
    }
  }
  FAIL_CHECK(words[0] << "\n" << text);
}

bool has_strace() {
  return test::available("strace", "strace");
}

} // namespace

TEST_CASE("counts equal strace's for deterministic programs") {
  if (!has_strace()) {
    return;
  }
  const std::vector<std::vector<std::string>> programs = {
      {"/usr/bin/true"},
      {"/usr/bin/echo", "one", "two"},
      {"/usr/bin/ls", "-l", "/usr"},
      {"/usr/bin/cat", "/etc/passwd", "/nonexistent"},
      {"/usr/bin/sort", "/etc/passwd"},
      {"/usr/bin/grep", "-c", "root", "/etc/passwd"},
      {"/usr/bin/sha256sum", "/etc/passwd"},
      {"/usr/bin/find", "/etc/apt"},
      {"/usr/bin/env", "env", "id"},
      {"/usr/bin/sed", "s/a/b/", "/etc/passwd"},
      {"/usr/bin/sqlite3",
       ":memory:", "create table t(x); insert into t values(1); select * from t"},
      {"/usr/bin/date", "-d", "2020-01-01"},
      {test::fixture("fork_tree")},
      {test::fixture("vfork_exec")},
      {test::fixture("signal_nested")},
      {test::fixture("exec_chain")},
      {test::fixture("busy_loop"), "500"},
      {test::fixture("large_output")},
  };
  for (const auto& words : programs) {
    INFO(words[0]);
    compare(words, true);
  }
}

TEST_CASE("sets equal strace's where counts depend on time") {
  if (!has_strace()) {
    return;
  }
  const std::vector<std::vector<std::string>> programs = {
      {"/bin/sh", "-c", "for i in 1 2 3; do echo $i | cat; done"},
      {test::fixture("many_threads"), "40"},
      {test::fixture("exec_from_thread")},
      {test::fixture("stop_itself")},
      {test::fixture("timer_signals")},
      {test::fixture("children_counted")},
  };
  for (const auto& words : programs) {
    INFO(words[0]);
    compare(words, false);
  }
}
