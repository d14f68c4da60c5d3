// harness verify --patched from outside: a program that carries its policy is compared with the
// original on the whole corpus of a campaign.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <set>

using namespace harness;

namespace {

/// A campaign of a fixture with the phases startup and serving, and programs made from it.
class Patching {
public:
  explicit Patching(const std::string& fixture) : program_(test::fixture(fixture)) {
    std::ofstream(directory_ / "plan.yaml")
        << "name: fixture\ntarget: " << program_
        << "\nphases:\n  - startup\n  - serving: {symbol: serve}\nlimits: {wall: 20s}\n"
           "grammar:\n  operands:\n    max: 2\n    of: [a, b, bc, bcd]\n"
           "explore: {until: quiet, quiet_runs: 30, workers: 1, seed: 1}\n";
    const auto explored = harness({"explore", directory_ / "plan.yaml", "--out", campaign(),
                                   "--runs", "300", "--progress", "quiet"});
    REQUIRE_MESSAGE(explored.status == 0, explored.error);
  }

  std::string campaign() const { return directory_ / "campaign"; }

  /// The program with the campaign's policy, made with `options` of harness policy.
  std::string patched(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> words = {"policy", campaign(), "-o", directory_ / "policy.json"};
    words.insert(words.end(), options.begin(), options.end());
    const auto written = harness(words);
    REQUIRE_MESSAGE(written.status == 0, written.error);
    const auto made =
        harness({"patch", program_, directory_ / "policy.json", "-o", directory_ / "patched"});
    REQUIRE_MESSAGE(made.status == 0, made.error);
    return directory_ / "patched";
  }

  test::Outcome verify(const std::string& program) const {
    return harness({"verify", campaign(), "--patched", program, "--fresh", "10"});
  }

  static test::Outcome harness(std::vector<std::string> words) {
    words.insert(words.begin(), test::harness_binary());
    return test::run({.words = std::move(words)});
  }

private:
  std::string program_;
  test::TemporaryDirectory directory_;
};

/// Patched with its own policy, the fixture does what it did.
void check_unchanged(const std::string& fixture) {
  CAPTURE(fixture);
  const Patching patching(fixture);
  const auto verified = patching.verify(patching.patched());
  CAPTURE(verified.error);
  CHECK(verified.output == "");
  CHECK(verified.status == 0);
  CHECK(verified.error.find(" 10 fresh inputs ran") != std::string::npos);
  CHECK(verified.error.find(" 0 refused calls, 0 differences") != std::string::npos);
}

} // namespace

TEST_CASE("static programs with policies of two phases do what they did before") {
  for (const char* fixture : {"doors", "patch_phases_static", "patch_race_static"}) {
    check_unchanged(fixture);
  }
}

TEST_CASE("a program that executes itself again loads its filters again, under the last one") {
  for (const char* fixture : {"patch_again", "patch_again_static"}) {
    check_unchanged(fixture);
  }
}

TEST_CASE("a refused call and what becomes of it are told, with phase and input") {
  const Patching patching("patch_phases");
  const auto verified = patching.verify(patching.patched({"--deny", "uname"}));
  CAPTURE(verified.error);
  CAPTURE(verified.output);
  CHECK(verified.status == 2);
  // Once in each of nine runs: the first, and eight since it differed.
  CHECK(verified.output.find("startup\tuname\tEPERM\t9\t") != std::string::npos);
  CHECK(verified.output.find("serving\tuname\tEPERM\t") != std::string::npos);
  CHECK(verified.output.find("differs\toutput\t") != std::string::npos);
  CHECK(verified.error.find("write them into a directory with --inputs DIR") != std::string::npos);

  const auto killed = patching.verify(patching.patched({"--deny-with", "kill", "--deny", "futex"}));
  CAPTURE(killed.output);
  CHECK(killed.status == 2);
}

TEST_CASE(
    "inputs that differ are written where the user says, fresh ones too, and can be replayed") {
  const Patching patching("patch_phases");
  const test::TemporaryDirectory directory;
  const std::string inputs = directory / "inputs";
  const auto verified = Patching::harness({"verify", patching.campaign(), "--patched",
                                           patching.patched({"--deny", "uname"}), "--fresh", "10",
                                           "--inputs", inputs});
  CHECK(verified.status == 2);
  std::set<std::string> view;
  for (const auto& line : split(verified.output, '\n')) {
    view.insert(std::string(line.substr(line.rfind('\t') + 1)));
  }
  view.erase("");
  CHECK(view.size() > 2);
  for (const auto& input : view) {
    CAPTURE(input);
    const auto replayed = Patching::harness({"replay", patching.campaign(), inputs + "/" + input});
    CHECK(replayed.status <= 1); // 1: threads make it flaky
  }
}

TEST_CASE("a place where inputs can't be written is named") {
  const Patching patching("patch_phases");
  const auto nowhere = Patching::harness({"verify", patching.campaign(), "--patched",
                                          patching.patched({"--deny", "uname"}), "--fresh", "0",
                                          "--inputs", "/dev/null/x"});
  CHECK(nowhere.status == 64);
  CHECK(nowhere.error.find("/dev/null/x: Not a directory") != std::string::npos);
  const auto both =
      Patching::harness({"verify", patching.campaign(), "--command", "true", "--inputs", "x"});
  CHECK(both.status == 64);
  CHECK(both.error.find("--command and --inputs exclude each other") != std::string::npos);
}

TEST_CASE("only a program made of the campaign's target is compared with it") {
  const Patching patching("doors");
  const auto refused = [&](const std::string& program, const std::string& why) {
    const auto outcome = patching.verify(program);
    CAPTURE(outcome.error);
    CHECK(outcome.status == 64);
    CHECK(outcome.output == "");
    CHECK(outcome.error.find(why) != std::string::npos);
  };
  refused("/usr/bin/id", "this program carries no policy");
  refused("/no/such/program", "/no/such/program");
  refused(Patching("patch_phases").patched(), "made from another program than");
  const auto both =
      Patching::harness({"verify", patching.campaign(), "--patched", "x", "--format", "docker"});
  CHECK(both.status == 64);
  CHECK(both.error.find("--patched and --format exclude each other") != std::string::npos);
}
