// Going on with a campaign where something has changed meanwhile, and where the disk was full.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "tests/e2e/running.hpp"
#include "tests/support/process.hpp"
#include "tests/support/small_disk.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

using namespace harness;
using harness::test::Outcome;
using harness::test::Running;
using harness::test::SmallDisk;
using harness::test::TemporaryDirectory;

namespace fs = std::filesystem;

namespace {

/// A campaign of a copy of ls, which may be changed, in `place`.
class Copy {
public:
  Copy() {
    fs::copy_file("/usr/bin/ls", place_ / "target");
    const std::string plan =
        "name: copy\n"
        "target: " +
        place_.path() +
        "/target\n"
        "explore: {until: budget, for: 10m}\n"
        "grammar:\n"
        "  options: [-l, -a, -R, -i, -Z, --color=always, -S, -t, --full-time]\n"
        "  operands: {max: 2, of: [., /etc/passwd, '{path}']}\n"
        "  files: {max: 3, of: [file a, directory d, fifo f]}\n";
    REQUIRE(replace_file(place_ / "plan.yaml", plan));
  }

  std::vector<std::string> words(std::vector<std::string> options) const {
    options.insert(options.begin(), {test::harness_binary(), "explore", place_ / "plan.yaml"});
    return options;
  }
  Outcome explore(std::vector<std::string> options) const {
    options.insert(options.begin(), {"--quiet", "--out", place_ / "c"});
    return test::run({.words = words(std::move(options)), .directory = place_.path()});
  }
  std::string operator/(const std::string& name) const { return place_ / name; }

private:
  TemporaryDirectory place_;
};

nlohmann::json json_of(const std::string& file) {
  return nlohmann::json::parse(*read_file(file));
}

} // namespace

TEST_CASE("another target, kernel or libc is noticed, explained and refused, or adopted") {
  const Copy copy;
  REQUIRE((copy.explore({"--runs", "30"}).status & ~4) == 0);
  const std::string file = copy / "c/environment.json";
  const std::string before = *read_file(file);
  const auto refuses = [&](const std::string& what) {
    const Outcome refused = copy.explore({"--resume", "--runs", "10"});
    CHECK(refused.status == 64);
    CHECK_MESSAGE(refused.error.find(what) != std::string::npos, refused.error);
    CHECK_MESSAGE(refused.error.find("--adopt") != std::string::npos, refused.error);
    CHECK(json_of(copy / "c/report.json")["runs"] == 30); // nothing was touched
  };
  for (const auto& [fact, what] :
       std::map<std::string, std::string>{{"kernel", "the kernel has changed: it was another one"},
                                          {"libc", "the C library has changed: it was another one"},
                                          {"machine", "the machine's architecture has changed"}}) {
    CAPTURE(fact);
    auto other = nlohmann::json::parse(before);
    REQUIRE(other.contains(fact));
    other[fact] = "another one";
    REQUIRE(replace_file(file, other.dump()));
    refuses(what);
  }
  REQUIRE(replace_file(file, before));

  // The program itself: the same but for a byte behind its end.
  REQUIRE(replace_file(copy / "target", *read_file(copy / "target") + "x"));
  fs::permissions(copy / "target", fs::perms(0755));
  refuses("the target's executable has changed");
  const Outcome adopted = copy.explore({"--resume", "--adopt", "--runs", "40"});
  CHECK_MESSAGE((adopted.status & ~4) == 0, adopted.error);
  CHECK(json_of(copy / "c/report.json")["runs"] == 40);
  CHECK(fs::exists(copy / "c.before-1"));
}

TEST_CASE("another number of workers, seed or budget is no other campaign") {
  const Copy copy;
  REQUIRE((copy.explore({"--runs", "20", "--workers", "1", "--seed", "3"}).status & ~4) == 0);
  const Outcome more = copy.explore({"--resume", "--runs", "30", "--workers", "3", "--seed", "4"});
  CHECK_MESSAGE((more.status & ~4) == 0, more.error);
  CHECK(json_of(copy / "c/report.json")["runs"] == 50);
}

TEST_CASE("a disk that fills up ends the campaign with a clear message; with space it goes on") {
  const Copy copy;
  fs::create_directory(copy / "disk");
  SmallDisk disk(copy / "disk", "size=16m");
  if (!disk.mounted()) {
    return;
  }
  std::set<std::string> shown;
  {
    Running campaign(copy.words({"--out", copy / "disk/c", "--progress", "json"}));
    const bool found = campaign.wait_for("getdents64");
    CAPTURE(campaign.output());
    REQUIRE(found);
    disk.fill(0);
    CHECK(campaign.finish() == 70);
    CHECK(campaign.output().find("--resume") != std::string::npos);
    CHECK(campaign.output().find("no space left") != std::string::npos);
    for (const auto& line : split(campaign.output(), '\n')) {
      const auto json = nlohmann::json::parse(line, nullptr, false);
      if (json.is_object() && json.value("event", "") == "find") {
        shown.insert(json["phase"].get<std::string>() + ":" + json["call"].get<std::string>());
      }
    }
  }
  CHECK(test::eventually([&] { return test::processes_with(copy / "target").empty(); }));
  disk.free();
  const Outcome resumed = test::run(
      {.words = copy.words({"--out", copy / "disk/c", "--quiet", "--resume", "--runs", "20"})});
  CHECK_MESSAGE((resumed.status & ~4) == 0, resumed.error);
  const auto report = json_of(copy / "disk/c/report.json");
  for (const auto& phase : report["phases"]) {
    for (const auto& call : phase["syscalls"]) {
      shown.erase(phase["name"].get<std::string>() + ":" + call["name"].get<std::string>());
    }
  }
  for (const auto& lost : shown) {
    FAIL_CHECK(lost);
  }
}
