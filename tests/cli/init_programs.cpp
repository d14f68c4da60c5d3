// The promise of `harness init`: on many Debian programs the plan explores at once, without an
// edit, and finds more than the given command line and --help make together.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/support/process.hpp"

#include <cstdio>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <set>

using namespace harness;
using test::harness_binary;

namespace {

using Words = std::vector<std::string>;

/// What `words` calls, by `harness trace`, in a directory of its own; standard input is empty.
std::set<std::string> calls_of(const Words& words) {
  test::TemporaryDirectory directory;
  Words command = {harness_binary(), "trace", "--json", "--output", directory / "calls", "--"};
  command.insert(command.end(), words.begin(), words.end());
  test::run({.words = command, .directory = directory.path()});
  std::set<std::string> calls;
  const auto text = read_file(directory / "calls");
  const auto report =
      text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json::object();
  for (const auto& phase : report.value("phases", nlohmann::json::array())) {
    for (const auto& call : phase.at("syscalls")) {
      calls.insert(call.at("name").get<std::string>());
    }
  }
  return calls;
}

/// Whether the plan for `program` explored, and found more than a plain run.
void check_program(const Words& program) {
  const std::string& name = program.front();
  CAPTURE(name);
  test::TemporaryDirectory directory;
  Words words = {harness_binary(), "init", "--name", "campaign", "--"};
  words.insert(words.end(), program.begin(), program.end());
  const auto written = test::run({.words = words, .directory = directory.path()});
  CHECK_MESSAGE(written.status == 0, written.error);
  if (written.status != 0) {
    return; // the next program all the same
  }
  const auto explored = test::run({.words = {harness_binary(), "explore", "campaign.yaml", "--runs",
                                             "250", "--for", "60s", "--quiet"},
                                   .directory = directory.path()});
  // 4: not converged after so few runs; 8 and more are for gates, which the plan does not set.
  const bool good = explored.status == 0 || explored.status == 4;
  CHECK_MESSAGE(good, "status ", explored.status, ": ", explored.error);
  const auto text = read_file(directory / "campaign.campaign/report.json");
  CHECK(text.ok());
  if (!text) {
    return;
  }
  const auto report = nlohmann::json::parse(*text);
  const auto found = report.at("union").get<std::set<std::string>>();
  std::set<std::string> plain = calls_of(program);
  plain.merge(calls_of({name, "--help"}));
  std::printf("%-12s %3zu calls in %llu runs, %3zu in a plain run and --help\n", name.c_str(),
              found.size(), report.at("runs").get<unsigned long long>(), plain.size());
  CHECK(plain.size() > 5);
  CHECK(found.size() > plain.size());
}

} // namespace

TEST_CASE("plans of init explore at once, without an edit") {
  const auto first = test::run({.words = {harness_binary(), "init", "-q", "--output", "/dev/null",
                                          "--force", "--name", "probe", "--", "/bin/true"},
                                .directory = test::TemporaryDirectory().path()});
  if (first.error.find("no sandbox") != std::string::npos) {
    MESSAGE("skipped: " << first.error);
    return;
  }
  const Words programs[] = {{"ls", "-l", "/etc"},
                            {"grep", "root", "/etc/passwd"},
                            {"sed", "-n", "1p", "/etc/passwd"},
                            {"tar", "cf", "o.tar", "/etc/hostname"},
                            {"find", "/etc/apt"},
                            {"gzip", "-c", "/etc/passwd"},
                            {"git", "init", "repo"},
                            {"curl", "-s", "file:///etc/hostname"},
                            {"openssl", "version"},
                            {"jq", "."},
                            {"bash", "-c", "echo hi"},
                            {"/usr/bin/python3", "-c", "print(1)"},
                            {"perl", "-e", "print 1"},
                            {"ssh-keygen", "-q", "-N", "", "-f", "key"},
                            {"rsync", "-a", "/etc/apt", "x"},
                            {"sort", "/etc/passwd"},
                            {"diff", "/etc/passwd", "/etc/group"},
                            {"awk", "1", "/etc/passwd"},
                            {"xz", "-c", "/etc/passwd"},
                            {"sqlite3", ":memory:", "select 1"},
                            {"cp", "/etc/passwd", "copy"},
                            {"dd", "if=/etc/passwd", "of=out"},
                            {"make", "--version"},
                            {"wc", "/etc/passwd"},
                            {"date"},
                            {"stat", "/etc/passwd"}};
  int tried = 0;
  for (const auto& program : programs) {
    if (test::available(program.front(), program.front())) {
      ++tried;
      check_program(program);
    }
  }
  CHECK(tried >= 15);
}
