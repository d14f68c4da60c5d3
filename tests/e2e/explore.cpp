// Whole campaigns on a small program whose calls are known: what it finds, that it repeats, that it
// can be interrupted and gone on with, and that mistakes end it before there is a directory.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/e2e/running.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <csignal>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

using namespace harness;
using harness::test::Command;
using harness::test::Outcome;
using harness::test::Running;
using harness::test::TemporaryDirectory;

namespace fs = std::filesystem;

namespace {

/// A plan for the fixture `doors`, and the seeds that it names.
std::string write_plan(const TemporaryDirectory& here, const std::string& extra = "") {
  const std::string path = here / "doors.yaml";
  std::ofstream(path) << "name: doors\ntarget: " << test::fixture("doors") << R"(
phases:
  - startup
  - serving: {symbol: serve}
limits: {wall: 5s}
grammar:
  operands:
    max: 2
    of: ["a", "b", "bc", "--sync", "{word}"]
explore: {epsilon: 0.05}
)" << extra;
  return path;
}

/// Where a campaign puts what it needs while it runs: empty afterwards.
std::string scratch_of(const TemporaryDirectory& here) {
  return here / "scratch";
}

Outcome explore(const TemporaryDirectory& here, std::vector<std::string> options) {
  std::vector<std::string> words = {test::harness_binary(), "explore", here / "doors.yaml"};
  if (std::find(options.begin(), options.end(), "--progress") == options.end()) {
    words.emplace_back("--quiet");
  }
  words.insert(words.end(), options.begin(), options.end());
  fs::create_directory(scratch_of(here));
  return test::run(
      {.words = words, .directory = here.path(), .environment = {"TMPDIR=" + scratch_of(here)}});
}

nlohmann::json report_of(const std::string& directory) {
  return nlohmann::json::parse(*read_file(directory + "/report.json"));
}

std::set<std::string> calls_of(const nlohmann::json& report, const std::string& phase) {
  std::set<std::string> calls;
  for (const auto& one : report["phases"]) {
    if (one["name"] == phase) {
      for (const auto& call : one["syscalls"]) {
        calls.insert(call["name"].get<std::string>());
      }
    }
  }
  return calls;
}

/// Every file of the corpus, by name.
std::map<std::string, std::string> corpus_of(const std::string& directory) {
  std::map<std::string, std::string> texts;
  for (const auto& entry : fs::directory_iterator(directory + "/corpus")) {
    texts[entry.path().filename()] = *read_file(entry.path());
  }
  return texts;
}

/// Without what the clock decides.
nlohmann::json timeless(nlohmann::json value) {
  if (value.is_object()) {
    for (const auto* key :
         {"elapsed_s", "runs_per_s", "after_s", "began_after_s", "first_after_s"}) {
      value.erase(key);
    }
  }
  if (value.is_structured()) {
    for (auto& part : value) {
      part = timeless(part);
    }
  }
  return value;
}

} // namespace

TEST_CASE("a campaign finds every door, converges by itself and says how sure it is") {
  const TemporaryDirectory here;
  write_plan(here);
  const Outcome outcome = explore(here, {"--seed", "11", "--workers", "2"});
  CHECK_MESSAGE(outcome.status == 0, outcome.error);
  CHECK(outcome.output.find("Converged") != std::string::npos);
  const auto report = report_of(here / "doors.campaign");
  CHECK(report["converged"] == true);
  CHECK(report["residual_risk"]["fresh_runs"].get<int>() >= 72);
  CHECK(report["residual_risk"]["bound"].get<double>() < 0.0501);
  const std::set<std::string> serving = calls_of(report, "serving");
  for (const auto* call : {"umask", "getppid", "getuid", "getgid", "getpgrp", "exit_group"}) {
    CHECK_MESSAGE(serving.contains(call), call);
  }
  CHECK_FALSE(calls_of(report, "startup").contains("umask"));
  CHECK(calls_of(report, "startup").contains("execve"));

  // Each is really made: its reproducer shows it again.
  const Outcome replay = test::run({.words = {test::harness_binary(), "replay", "doors.campaign",
                                              "serving:getgid", "--times", "3"},
                                    .directory = here.path()});
  CHECK_MESSAGE(replay.status == 0, replay.error);
  CHECK(replay.output.find("serving:getgid: stable, 3 of 3 runs") != std::string::npos);

  // The smallest input for it is the shortest word with b and c.
  const Outcome shrunk =
      test::run({.words = {test::harness_binary(), "shrink", "doors.campaign", "serving:getgid"},
                 .directory = here.path()});
  CHECK(shrunk.status == 0);
  CHECK_MESSAGE(shrunk.output.find("arguments ") != std::string::npos, shrunk.output);

  // What each call needs: nothing, or words in the arguments.
  const Outcome found = test::run(
      {.words = {test::harness_binary(), "explain", "doors.campaign"}, .directory = here.path()});
  CHECK_MESSAGE(found.status == 0, found.error);
  CHECK(found.output.find("A plain run (the empty input) makes") != std::string::npos);
  const auto row = found.output.find("| getgid ");
  REQUIRE(row != std::string::npos);
  const std::string line = found.output.substr(row, found.output.find('\n', row) - row);
  CHECK_MESSAGE(line.find("| arguments ") != std::string::npos, line);

  // The same for one pair: one row, and no other call.
  const Outcome one =
      test::run({.words = {test::harness_binary(), "explain", "doors.campaign", "serving:getgid"},
                 .directory = here.path()});
  CHECK_MESSAGE(one.status == 0, one.error);
  CHECK(one.output.find("| getgid ") != std::string::npos);
  CHECK(one.output.find("getuid") == std::string::npos);
  CHECK(one.output.find("A plain run") == std::string::npos);
  const Outcome unknown =
      test::run({.words = {test::harness_binary(), "explain", "doors.campaign", "serving:getgit"},
                 .directory = here.path()});
  CHECK(unknown.status == 64);
  CHECK(unknown.error.find("did you mean serving:getgid?") != std::string::npos);

  // A second campaign against it: nothing is new.
  const Outcome same = explore(
      here, {"--runs", "40", "--out", here / "second", "--baseline", here / "doors.campaign"});
  CHECK((same.status & 2) == 0);
}

TEST_CASE("calls outside of the baseline fail the job") {
  const TemporaryDirectory here;
  write_plan(here);
  std::ofstream(here / "base.json")
      << R"({"phases": [{"name": "startup", "syscalls": [{"name": "execve"}]}]})";
  const Outcome outcome = explore(here, {"--runs", "20", "--baseline", here / "base.json"});
  CHECK((outcome.status & 2) == 2);
  CHECK(outcome.output.find("umask") != std::string::npos);
}

TEST_CASE("one worker, one seed, N runs: the same corpus and the same report twice") {
  const TemporaryDirectory here;
  write_plan(here);
  const std::vector<std::string> fixed = {"--seed", "5", "--workers", "1", "--runs", "250"};
  for (const auto* name : {"first", "second"}) {
    auto options = fixed;
    options.insert(options.end(), {"--out", here / name});
    const Outcome outcome = explore(here, options);
    CHECK_MESSAGE((outcome.status == 0 || outcome.status == 4), outcome.error);
  }
  CHECK((corpus_of(here / "first") == corpus_of(here / "second")));
  const auto first = timeless(report_of(here / "first"));
  const bool same = first == timeless(report_of(here / "second"));
  CHECK(same); // without printing both
  CHECK(first["runs"].get<int>() <= 250);
}

TEST_CASE(
    "an interrupt keeps everything, reports, leaves nothing behind, and can be gone on from") {
  const TemporaryDirectory here;
  write_plan(here, "  ");
  int runs = 0;
  {
    fs::create_directory(scratch_of(here));
    Running campaign({"env", "TMPDIR=" + scratch_of(here), test::harness_binary(), "explore",
                      here / "doors.yaml", "--progress", "lines", "--epsilon", "0.0001"},
                     here.path());
    REQUIRE(campaign.wait_for("umask"));
    // Everybody may look while it runs.
    const Outcome status =
        test::run({.words = {test::harness_binary(), "status", "doors.campaign", "--json"},
                   .directory = here.path()});
    CHECK_MESSAGE(status.status == 0, status.error);
    const auto seen = nlohmann::json::parse(status.output);
    CHECK(seen["running"] == true);
    CHECK(seen["pairs"]["serving"].get<int>() > 0);
    campaign.send(SIGINT);
    CHECK(campaign.finish() == 130);
    CHECK(campaign.output().find("interrupted") != std::string::npos);
    const auto report = report_of(here / "doors.campaign");
    runs = report["runs"].get<int>();
    CHECK(runs > 0);
    CHECK(calls_of(report, "serving").contains("umask"));
  }
  CHECK(test::processes_with(test::fixture("doors")).empty());
  CHECK(fs::is_empty(scratch_of(here)));

  const Outcome refused = explore(here, {});
  CHECK(refused.status == 64);
  CHECK(refused.error.find("--resume") != std::string::npos);

  const Outcome more = explore(here, {"--resume", "--runs", "30"});
  CHECK_MESSAGE((more.status == 0 || more.status == 4), more.error);
  CHECK(report_of(here / "doors.campaign")["runs"].get<int>() == runs + 30);
}

TEST_CASE("a program that watches is told of every stage, of each find, and of the end") {
  const TemporaryDirectory here;
  write_plan(here);
  const Outcome outcome =
      explore(here, {"--runs", "60", "--seed", "11", "--progress", "json", "--epsilon", "0.0001"});
  std::vector<std::string> stages;
  std::map<std::string, nlohmann::json> last; // line of each stage
  std::map<std::string, int> events;
  std::istringstream lines(outcome.error);
  for (std::string text; std::getline(lines, text);) {
    const auto line = nlohmann::json::parse(text, nullptr, false);
    REQUIRE_MESSAGE(line.is_object(), text);
    ++events[line["event"]];
    if (line["event"] == "progress") {
      if (stages.empty() || stages.back() != line["stage"]) {
        stages.push_back(line["stage"]);
      }
      last[stages.back()] = line;
    }
  }
  CHECK(stages ==
        std::vector<std::string>{"calibrating", "seeding", "exploring", "labeling", "reporting"});
  CHECK(events["find"] > 10);
  CHECK(events["finished"] == 1);
  for (const auto* stage : {"seeding", "labeling"}) {
    CAPTURE(stage);
    REQUIRE(last[stage].contains("steps"));
    CHECK(last[stage]["steps"]["done"] == last[stage]["steps"]["planned"]);
  }
  CHECK(last["labeling"]["runs"] == 60);
}

TEST_CASE("a phase that no seed reaches is an error of the plan, before there is a directory") {
  const TemporaryDirectory here;
  const std::string plan = write_plan(here);
  std::string text = *read_file(plan);
  text.replace(text.find("  - serving"), 0, "  - never: {call: reboot}\n");
  std::ofstream(plan) << text;
  const Outcome outcome = explore(here, {});
  CHECK(outcome.status == 64);
  CHECK(outcome.error.find("doors.yaml:5:") != std::string::npos);
  CHECK(outcome.error.find("no seed reaches the phase never") != std::string::npos);
  CHECK_FALSE(fs::exists(here / "doors.campaign"));
}

TEST_CASE("a changed plan is noticed on resume; --adopt begins new counts on the old corpus") {
  const TemporaryDirectory here;
  write_plan(here);
  REQUIRE((explore(here, {"--runs", "40"}).status & ~6) == 0);
  const auto corpus = corpus_of(here / "doors.campaign");
  write_plan(here, "gates: {crashes: 3}\n");
  const Outcome refused = explore(here, {"--resume", "--runs", "10"});
  CHECK(refused.status == 64);
  CHECK(refused.error.find("--adopt") != std::string::npos);
  const Outcome adopted = explore(here, {"--resume", "--adopt", "--runs", "60"});
  CHECK_MESSAGE((adopted.status == 0 || adopted.status == 4), adopted.error);
  CHECK(report_of(here / "doors.campaign")["runs"] == 60);
  for (const auto& [name, text] : corpus) {
    CHECK(fs::exists(here / "doors.campaign/corpus/" + name));
  }
  CHECK(fs::exists(here / "doors.campaign.before-1"));
}

TEST_CASE("without isolation the campaign runs all the same and clears up behind itself") {
  const TemporaryDirectory here;
  write_plan(here);
  const Outcome outcome = explore(here, {"--no-isolation", "--runs", "50", "--workers", "1"});
  CHECK_MESSAGE((outcome.status == 0 || outcome.status == 4), outcome.error);
  CHECK(calls_of(report_of(here / "doors.campaign"), "serving").contains("umask"));
  CHECK(fs::is_empty(scratch_of(here)));
}
