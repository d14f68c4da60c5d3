// kill -9 of coordinator, workers and targets in the middle of campaigns: what was shown is there
// afterwards, the campaign goes on, and nothing is left behind.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/model/input.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/store/campaign_recorder.hpp"
#include "tests/e2e/running.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <unistd.h>

using namespace harness;
using harness::test::Running;
using harness::test::TemporaryDirectory;

namespace fs = std::filesystem;

namespace {

/// A process as /proc tells it; `started` tells it from a later one of the same number.
struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  std::string name;
  std::string started;
  friend auto operator<=>(const Process&, const Process&) = default;
};

std::optional<Process> process(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) {
    return std::nullopt;
  }
  const auto words = split(text.substr(close + 2), ' ');
  if (words.size() < 20 || words[0] == "Z") {
    return std::nullopt;
  }
  return Process{pid, static_cast<pid_t>(std::stol(words[1])),
                 text.substr(open + 1, close - open - 1), words[19]};
}

/// All processes that descend from `root`, itself left out.
std::vector<Process> descendants(pid_t root) {
  std::vector<Process> all;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (const auto pid = parse_integer(entry.path().filename().string())) {
      if (auto found = process(static_cast<pid_t>(*pid))) {
        all.push_back(*found);
      }
    }
  }
  std::set<pid_t> family = {root};
  std::vector<Process> result;
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& candidate : all) {
      if (family.contains(candidate.parent) && family.insert(candidate.pid).second) {
        result.push_back(candidate);
        grew = true;
      }
    }
  }
  return result;
}

/// What a campaign tells its user.
struct Shown {
  std::set<std::tuple<std::string, std::string, std::string, std::string>> finds;

  /// Takes the finds from lines of JSON; a line cut off by a kill was not shown.
  void add(const std::string& output) {
    const auto end = output.rfind('\n');
    for (const auto& line : split(output.substr(0, end == std::string::npos ? 0 : end), '\n')) {
      const auto json = nlohmann::json::parse(line, nullptr, false);
      if (json.is_object() && json.value("event", "") == "find") {
        finds.emplace(json.at("phase"), json.at("call"), json.at("executable"), json.at("input"));
      }
    }
  }
};

void check_books(const std::string& path, const Shown& shown) {
  const auto directory = store::WorkDir::open(path);
  REQUIRE(directory);
  const auto state = store::CampaignRecorder::read(*directory);
  REQUIRE(state);
  for (const auto& [phase, call, executable, input] : shown.finds) {
    CAPTURE(call);
    const auto id = find_syscall(call);
    REQUIRE(id);
    const auto pair = state->profile.pairs.find({phase, *id, executable});
    REQUIRE(pair != state->profile.pairs.end());
    REQUIRE(directory->input(pair->second.first.input));
    REQUIRE(directory->input(input));
  }
  const auto hashes = directory->inputs();
  REQUIRE(hashes);
  for (const auto& hash : *hashes) {
    const auto text = directory->input(hash);
    REQUIRE(text);
    REQUIRE(parse_input(*text));
  }
}

class Assault {
public:
  explicit Assault(Random random) : random_(random) {
    fs::create_directory(place_ / "tmp");
    ::setenv("TMPDIR", (place_ / "tmp").c_str(), 1);
    fs::copy_file("/usr/bin/ls", place_ / target_);
    std::ofstream(place_ / "plan.yaml")
        << "name: kills\n"
           "target: " +
               place_.path() + "/" + target_ +
               "\n"
               "limits: {wall: 2s}\n"
               "explore: {until: budget, for: 10m}\n"
               "grammar:\n"
               "  options: [-l, -a, -R, -i, -Z, --color=always, -S, -t, --full-time]\n"
               "  operands: {max: 2, of: [., /etc/passwd, '{path}']}\n"
               "  files: {max: 3, of: [file a, directory d, fifo f]}\n";
  }
  ~Assault() { ::unsetenv("TMPDIR"); }
  Assault(const Assault&) = delete;
  Assault& operator=(const Assault&) = delete;

  int killed() const { return coordinators_ + workers_ + targets_; }

  /// One session of the campaign: some of its workers and targets are killed, then the whole.
  void session(int victims) {
    std::vector<std::string> words = {test::harness_binary(),
                                      "explore",
                                      place_ / "plan.yaml",
                                      "--out",
                                      place_ / "c",
                                      "--progress",
                                      "json",
                                      "--workers",
                                      std::to_string(1 + random_.below(3))};
    if (store::WorkDir::exists(place_ / "c")) {
      words.emplace_back("--resume");
    }
    Running coordinator(words, place_.path());
    const bool exploring = coordinator.wait_for("\"stage\":\"exploring\"");
    CAPTURE(coordinator.output());
    REQUIRE(exploring);
    for (int i = 0; i < victims; ++i) {
      pause(300);
      kill_one(coordinator.pid());
    }
    pause(100);
    const auto family = descendants(coordinator.pid());
    coordinator.send(SIGKILL);
    ++coordinators_;
    CHECK(coordinator.finish() == 128 + SIGKILL);
    shown_.add(coordinator.output());
    check_books(place_ / "c", shown_);
    CHECK(test::eventually([&] {
      return std::none_of(family.begin(), family.end(), [](const Process& member) {
        const auto now = process(member.pid);
        return now && now->started == member.started;
      });
    }));
  }

  /// The last session ends by itself, and nothing is left of any.
  void finish() {
    Running last({test::harness_binary(), "explore", place_ / "plan.yaml", "--out", place_ / "c",
                  "--progress", "json", "--resume", "--runs", "20"},
                 place_.path());
    const int status = last.finish();
    CAPTURE(last.output());
    CHECK(status < 64);
    shown_.add(last.output());
    check_books(place_ / "c", shown_);
    // Opening for writing checks the whole database.
    auto directory = store::WorkDir::open(place_ / "c");
    REQUIRE(directory);
    REQUIRE(directory->lock());
    CHECK(store::CampaignRecorder::resume(std::move(*directory)));
    CHECK(test::eventually([&] { return test::processes_with(target_).empty(); }));
    CHECK(fs::is_empty(place_ / "tmp")); // scratch directories of killed coordinators, too
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
      CHECK(line.find(place_.path()) == std::string::npos);
    }
    std::printf("killed %d coordinators, %d workers, %d targets; %zu pairs shown and found again\n",
                coordinators_, workers_, targets_, shown_.finds.size());
    CHECK(shown_.finds.size() > 0);
  }

private:
  void pause(std::uint64_t max_ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random_.below(max_ms)));
  }

  /// A target, a worker or a worker's sandbox. Targets live for milliseconds: they are looked for
  /// until one is there.
  void kill_one(pid_t coordinator) {
    const bool target = random_.chance(1, 2);
    for (int tries = 0; tries < 300; ++tries) {
      std::vector<Process> victims;
      for (const auto& member : descendants(coordinator)) {
        const bool ours = member.name.starts_with("bwrap") || member.name.starts_with("unshare") ||
                          member.name.starts_with("harness");
        if (ours != target) {
          victims.push_back(member);
        }
      }
      if (!victims.empty() && ::kill(random_.pick(victims).pid, SIGKILL) == 0) {
        ++(target ? targets_ : workers_);
        return;
      }
    }
  }

  TemporaryDirectory place_;
  // Another run of this test beside us has targets of its own.
  const std::string target_ = "target-of-kills-" + std::to_string(::getpid());
  Random random_;
  Shown shown_;
  int coordinators_ = 0;
  int workers_ = 0;
  int targets_ = 0;
};

} // namespace

TEST_CASE("a campaign survives kill -9 of any of its processes") {
  Assault assault(Random(test::property_seed("kills in a campaign")));
  for (int i = 0; i < 2; ++i) {
    assault.session(3);
  }
  assault.finish();
}

TEST_CASE("a coordinator that dies while a sandbox starts leaves nothing behind") {
  if (!test::available("/usr/bin/strace", "strace")) {
    return;
  }
  if (::getuid() != 0) {
    MESSAGE("skipped: the namespace that ends with it needs root; run the tests as root");
    return;
  }
  const TemporaryDirectory place;
  const std::string target = "target-of-start-" + std::to_string(::getpid());
  fs::copy_file("/usr/bin/true", place / target);
  fs::create_directory(place / "bin");
  // Bubblewrap's word to its inner half comes late, if it is a worker's.
  std::ofstream(place / "bin/bwrap")
      << "#!/bin/sh\ncase \"$*\" in\n*'harness worker')\n"
         "  exec /usr/bin/strace -o /dev/null -e trace=write "
         "-e inject=write:delay_enter=60000000 /usr/bin/bwrap \"$@\" ;;\n"
         "*) exec /usr/bin/bwrap \"$@\" ;;\nesac\n";
  fs::permissions(place / "bin/bwrap", fs::perms::owner_all);
  std::ofstream(place / "plan.yaml") << "target: " << place / target << "\n";
  Running coordinator({"env", "PATH=" + (place / "bin") + ":/usr/bin:/bin", test::harness_binary(),
                       "explore", place / "plan.yaml", "--out", place / "c", "--workers", "1"},
                      place.path());
  const auto is_inner_half = [](const Process& member) { // of a worker's sandbox
    const auto outer = process(member.parent);
    const auto tracer = outer ? process(outer->parent) : std::nullopt;
    return tracer && member.name == "bwrap" && outer->name == "bwrap" && tracer->name == "strace";
  };
  REQUIRE(test::eventually(
      [&] { return std::ranges::any_of(descendants(coordinator.pid()), is_inner_half); }));
  coordinator.send(SIGKILL);
  CHECK(coordinator.finish() == 128 + SIGKILL);
  CHECK(test::eventually([&] { return test::processes_with(target).empty(); }));
}

TEST_CASE("a campaign survives 200 kills" * doctest::test_suite("slow")) {
  Random random(test::property_seed("200 kills in a campaign"));
  Assault assault(random);
  while (assault.killed() < 200) {
    assault.session(static_cast<int>(random.below(7)));
  }
  assault.finish();
}
