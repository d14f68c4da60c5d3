// `harness explore` from outside: budgets, exit statuses, interruption, killed workers, mistakes.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/e2e/running.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <algorithm>
#include <csignal>
#include <doctest/doctest.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

using namespace harness;
using namespace harness::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* small_plan = "target: ls\n"
                                   "phases:\n"
                                   "  - startup\n"
                                   "  - listing: {call: getdents64}\n"
                                   "grammar:\n"
                                   "  options: [-l, -a, -R]\n"
                                   "  operands: {min: 0, max: 2, of: [\"{path}\", .]}\n"
                                   "explore: {until: budget, runs: 40, workers: 2, seed: 7}\n";

/// A directory with a plan; commands run in it.
class Place {
public:
  explicit Place(const std::string& plan = small_plan) {
    REQUIRE(replace_file(directory_ / "p.yaml", plan));
  }
  Outcome harness(std::vector<std::string> words) const {
    words.insert(words.begin(), harness_binary());
    return run({.words = words, .directory = directory_.path()});
  }
  std::string path(const std::string& name) const { return directory_ / name; }
  nlohmann::json report() const {
    return nlohmann::json::parse(*read_file(path("p.campaign/report.json")));
  }

private:
  TemporaryDirectory directory_;
};

std::set<std::string> names(const nlohmann::json& phase) {
  std::set<std::string> found;
  for (const auto& call : phase.at("syscalls")) {
    found.insert(call.at("name").get<std::string>());
  }
  return found;
}

/// Until the campaign has written down that runs showed something.
void wait_for_runs(const Running& campaign, const Place& place) {
  for (;;) {
    const auto progress = read_file(place.path("p.campaign/progress.csv"));
    if (progress && std::count(progress->begin(), progress->end(), '\n') > 1) {
      return;
    }
    REQUIRE(::kill(campaign.pid(), 0) == 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

} // namespace

TEST_CASE("a stop rule that is not met is exit status 4") {
  const Place place("target: ls\nexplore: {until: quiet, quiet_runs: 100000, runs: 10}\n");
  CHECK(place.harness({"explore", "p.yaml"}).status == 4);
}

TEST_CASE("a budget ends a campaign, whose reports tell what was seen") {
  const Place place;
  const auto outcome = place.harness({"explore", "p.yaml"});
  CHECK(outcome.status == 0); // `until: budget` asks for no more
  const auto report = place.report();
  CHECK(report.at("schema") == "harness-report/1");
  CHECK(report.at("runs") >= 40);
  REQUIRE(report.at("phases").size() == 2);
  CHECK(names(report["phases"][0]).contains("execve"));
  CHECK(names(report["phases"][1]).contains("getdents64"));
  CHECK_FALSE(names(report["phases"][0]).contains("getdents64"));
  for (const char* file : {"plan.yaml", "report.html", "report.md", "junit.xml", "state.db"}) {
    CHECK(fs::exists(place.path(std::string("p.campaign/") + file)));
  }
  CHECK_FALSE(contains(outcome.output + outcome.error, "\x1b"));

  const auto again = place.harness({"explore", "p.yaml"});
  CHECK(again.status == 64); // it exists
  CHECK(contains(again.error, "--resume"));
  const auto resumed = place.harness({"explore", "p.yaml", "--resume", "--runs", "60"});
  CHECK(resumed.status == 0);
  CHECK(place.report().at("runs") > report.at("runs"));
}

TEST_CASE("on ls, too: one worker, one seed, N runs give the same corpus and sets twice") {
  // Without what races with the clock: terminals, signals, limits.
  const Place place(
      "target: /usr/bin/ls\n"
      "phases: [startup, {main: {auto: main}}]\n"
      "grammar:\n"
      "  options: [-l, -a, -R, -i, -s, -Z, --full-time, {group: order, of: [-t, -S, -U, -X]}]\n"
      "  operands: {min: 0, max: 2, of: [\"{path}\", ., /etc/apt, /usr/games]}\n"
      "  files: [\"file {new_path} content {string}\", \"directory {new_path} entries "
      "{int:0..9}\"]\n"
      "  environment: [\"TZ={word}\", \"LC_ALL={word}\", \"COLUMNS={int:0..200}\", TERM]\n"
      "  dimensions: [streams, file_tree, faults]\n"
      "explore: {until: budget, runs: 150, workers: 1, seed: 9}\n");
  std::vector<std::set<std::string>> corpora;
  std::vector<nlohmann::json> runs_of_calls;
  for (const char* name : {"one", "two"}) {
    const auto outcome = place.harness({"explore", "p.yaml", "--out", name});
    REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
    std::set<std::string> corpus;
    for (const auto& entry : fs::directory_iterator(place.path(std::string(name) + "/corpus"))) {
      corpus.insert(entry.path().filename());
    }
    corpora.push_back(std::move(corpus));
    const auto report =
        nlohmann::json::parse(*read_file(place.path(std::string(name) + "/report.json")));
    auto& seen = runs_of_calls.emplace_back();
    for (const auto& phase : report.at("phases")) {
      for (const auto& call : phase.at("syscalls")) {
        for (const char* key : {"runs", "calls", "first_run", "first_input", "smallest_input"}) {
          seen[phase.at("name").get<std::string>()][call.at("name").get<std::string>()][key] =
              call.at(key);
        }
      }
    }
  }
  CHECK(corpora[0].size() > 10);
  CHECK((corpora[0] == corpora[1]));
  CHECK(runs_of_calls[0] == runs_of_calls[1]);
}

TEST_CASE("mistakes are told before a campaign directory exists") {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"tagret: ls\n", "p.yaml:1:1: unknown key tagret in the plan\n  did you mean target?"},
      {"target: ls\nexplore: {workers: many}\n", "p.yaml:2:20: expected a whole number"},
      {"target: /no/such/program\n", "p.yaml:1:9: the target /no/such/program does not exist"},
      {"target: /etc/passwd\n", "p.yaml:1:9: the target /etc/passwd is not executable"},
      {"target: ls\nphases: [a, {b: {symbol: no_such}}]\n", "p.yaml:2:13: phase b: "},
      {"target: ls\nphases: [a, {b: {call: ptrace}}]\nexplore: {runs: 20}\n", "p.yaml:2:"},
  };
  for (const auto& [plan, message] : mistakes) {
    CAPTURE(plan);
    const Place place(plan);
    const auto outcome = place.harness({"explore", "p.yaml"});
    CHECK(outcome.status == 64);
    INFO(outcome.error);
    CHECK(contains(outcome.error, message));
    CHECK_FALSE(fs::exists(place.path("p.campaign")));
  }
}

TEST_CASE("Ctrl-C saves and reports") {
  const Place place("target: ls\nexplore: {until: budget, workers: 1, for: 10m}\n");
  Running campaign({harness_binary(), "explore", "p.yaml"},
                   fs::path(place.path("p.yaml")).parent_path());
  wait_for_runs(campaign, place);
  campaign.send_group(SIGINT);
  CHECK(campaign.finish() == 130);
  CHECK(names(place.report().at("phases")[0]).contains("execve"));
  CHECK(processes_with(place.path("")).empty());
}

TEST_CASE("a worker that is killed is restarted, and nothing found is lost") {
  const Place place("target: ls\ngrammar: {options: [-l, -a]}\n"
                    "explore: {until: budget, workers: 1, runs: 300}\n");
  Running campaign({harness_binary(), "explore", "p.yaml"},
                   fs::path(place.path("p.yaml")).parent_path());
  const auto corpus = place.path("p.campaign/corpus");
  wait_for_runs(campaign, place);
  std::set<std::string> before;
  for (const auto& entry : fs::directory_iterator(corpus)) {
    before.insert(entry.path().filename());
  }
  // The worker is a descendant: the sandbox's first process, or the worker itself.
  const auto children = read_file("/proc/" + std::to_string(campaign.pid()) + "/task/" +
                                  std::to_string(campaign.pid()) + "/children");
  REQUIRE(children);
  REQUIRE_FALSE(children->empty());
  ::kill(std::stoi(*children), SIGKILL);
  CHECK(campaign.finish() == 0);
  CHECK(place.report().at("runs") >= 300);
  for (const auto& hash : before) {
    CHECK(fs::exists(corpus + "/" + hash));
  }
}

TEST_CASE("a command's calls are merged into a campaign") {
  const Place place;
  REQUIRE(place.harness({"explore", "p.yaml"}).status == 0);
  const auto merged = place.harness({"trace", "--into", "p.campaign", "--output", "/dev/null", "--",
                                     "sh", "-c", "ls -lZ --color=always / /dev /etc >/dev/null"});
  CHECK(merged.status == 0);
  CHECK(contains(merged.error, "merged into p.campaign: "));
  const auto again = place.harness({"trace", "--into", "p.campaign", "--output", "/dev/null", "--",
                                    "sh", "-c", "ls -lZ --color=always / /dev /etc >/dev/null"});
  CHECK(contains(again.error, "merged into p.campaign: 0 new"));
  const auto other =
      place.harness({"trace", "--into", "p.campaign", "--output", "/dev/null", "--", "true"});
  CHECK(contains(other.error, "did not run; nothing was merged"));
  const auto no_campaign = place.harness({"trace", "--into", "nowhere", "--", "true"});
  CHECK(no_campaign.status == 64);
}
