// Hostile names: a program whose path contains a line end, HTML, the end of a C comment, escape
// sequences and a bidirectional override is explored, and every command is run on the result. Their
// output must stay text that a terminal does not interpret, JSON must stay JSON, and one line must
// stay one line.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/support/process.hpp"
#include "tests/support/tame.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

using namespace harness;
using namespace harness::test;

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

const std::string directory_name = "a\nb *";
const std::string program_name = "<i>\"'`$(id) \x1b]0;t\x07\x7f\u202e\u009b%s\\";
const std::string phase_name = "*/ <b> \\"; // a plan refuses what is not printable
const std::string no_utf8 = program_name + "\xff\xc3(";

/// A place with the program under both names; commands run in it.
class Place {
public:
  Place() {
    fs::permissions(place_.path(), fs::perms(0755)); // targets run as somebody else
    fs::create_directory(place_ / directory_name);
    fs::permissions(place_ / directory_name, fs::perms(0755));
    for (const auto& name : {program_name, no_utf8}) {
      fs::copy_file("/bin/true", program(name));
      fs::permissions(program(name), fs::perms(0755));
    }
  }
  std::string program(const std::string& name) const {
    return place_ / (directory_name + "/" + name);
  }
  std::string operator/(const std::string& name) const { return place_ / name; }

  /// Runs `harness`; what it says must be tame.
  Outcome harness(std::vector<std::string> words) const {
    const std::string command = words.front();
    words.insert(words.begin(), harness_binary());
    auto outcome = run({.words = std::move(words), .directory = place_.path()});
    CAPTURE(command);
    CHECK_MESSAGE(is_tame(outcome.output), outcome.output);
    CHECK_MESSAGE(is_tame(outcome.error), outcome.error);
    for (const auto& text : {outcome.output, outcome.error}) {
      CHECK(text.find("\nb *") == text.npos); // a name never makes a line of its own
    }
    return outcome;
  }

private:
  TemporaryDirectory place_;
};

/// A plan whose target is the program, for two short campaigns.
void explore(const Place& place) {
  // YAML holds characters, not bytes: quoted as JSON quotes them.
  REQUIRE(replace_file(place / "p.yaml",
                       "name: hostile\ntarget: " + Json(place.program(program_name)).dump() +
                           "\nphases:\n  - startup\n  - " + Json(phase_name).dump() +
                           ": {call: exit_group}\n"
                           "grammar: {operands: {max: 1, of: [a, --help]}}\n"
                           "explore: {until: quiet, quiet_runs: 20, workers: 1}\n"));
  for (const auto* directory : {"a.campaign", "b.campaign"}) {
    const auto outcome = place.harness({"explore", "p.yaml", "--out", directory, "--ci"});
    REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
    CHECK(contains(outcome.error, "new in startup"));
  }
}

} // namespace

TEST_CASE("trace and enforce of a program whose name is no text") {
  const Place place;
  const auto table = place.harness({"trace", "--tree", "--", place.program(no_utf8)});
  CHECK(table.status == 0);
  CHECK(contains(table.error, "\\x1b]0;t\\x07"));
  const auto json = place.harness({"trace", "--json", "--", place.program(no_utf8)});
  CHECK(Json::parse(json.error).is_object());
  for (const auto* command : {"trace", "enforce"}) {
    CAPTURE(command);
    CHECK(place.harness({command, no_utf8, "--", no_utf8}).status != 0); // no such program or file
    CHECK(place.harness({command, "--" + no_utf8}).status == 64);
  }
  CHECK(place.harness({"trace", "--output", no_utf8 + "/x", "--", "true"}).status == 64);
  CHECK(place.harness({"trace", "--phase", no_utf8, "--", "true"}).status == 64);
  CHECK(place.harness({no_utf8}).status == 64);
}

TEST_CASE("every command about a campaign of a program with a hostile name") {
  const Place place;
  explore(place);

  CHECK(place.harness({"status", "a.campaign"}).status == 0);
  const auto status = Json::parse(place.harness({"status", "a.campaign", "--json"}).output);
  CHECK(status["pairs"].contains(phase_name));
  CHECK(place.harness({"diff", "a.campaign", "b.campaign", "--all"}).status == 0);
  const auto diff =
      Json::parse(place.harness({"diff", "a.campaign", "b.campaign", "--all", "--json"}).output);
  REQUIRE_FALSE(diff["calls"].empty());
  CHECK(diff["calls"][0]["executables"][0] == program_name);

  const auto pair = std::string("startup:brk");
  CHECK(place.harness({"replay", "a.campaign", pair, "--times", "2", "--tree"}).status == 0);
  const auto replay = place.harness({"replay", "a.campaign", pair, "--times", "2", "--json"});
  CHECK(Json::parse(replay.output).is_object());
  CHECK(place.harness({"shrink", "a.campaign", pair}).status == 0);
  CHECK(place.harness({"explain", "a.campaign"}).status == 0);
  CHECK(place.harness({"merge", "all.campaign", "a.campaign", "b.campaign"}).status == 0);
  CHECK(place.harness({"minimize", "a.campaign", "--out", "out " + program_name}).status == 0);
  CHECK(place.harness({"explore", "p.yaml", "--out", "c.campaign", "--progress", "json"}).status ==
        0);
  for (const auto* format : {"html", "json", "markdown", "csv", "matrix", "junit", "sarif"}) {
    CAPTURE(format);
    CHECK(place.harness({"report", "a.campaign", "--format", format}).status == 0);
  }
}

TEST_CASE("policies of a program with a hostile name") {
  const Place place;
  explore(place);
  for (const auto* format : {"oci", "docker", "systemd", "spo", "minijail", "firejail", "kafel",
                             "c", "c-libseccomp", "json"}) {
    CAPTURE(format);
    CHECK(place.harness({"policy", "a.campaign", "--format", format}).status == 0);
  }
  CHECK(place.harness({"policy", "a.campaign", "--risk"}).status == 0);
  CHECK(place.harness({"policy", "a.campaign", "--phase", no_utf8}).status == 64);

  CHECK(place.harness({"policy", "a.campaign", "-o", "p.json"}).status == 0);
  const auto enforced =
      place.harness({"enforce", "p.json", "--report", "refused.tsv", "--", place.program(no_utf8)});
  CHECK(enforced.status == 0); // the same program under another name
  CHECK(place.harness({"verify", "a.campaign", "--fresh", "5"}).status == 0);
  const auto command = place.harness({"verify", "a.campaign", "--command", "true; : '\x1b[31m'"});
  CHECK(contains(command.error, "\\x1b[31m"));
}
