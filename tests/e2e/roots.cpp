// Targets inside another root file system: an unpacked one, and images of a container engine. Both
// hold nothing but a static program, so that nothing of the host's can stand in for them.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <cstdio>
#include <doctest/doctest.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

using namespace harness;
using namespace harness::test;

namespace fs = std::filesystem;

namespace {

/// A root with the program /bin/doors, and /bin/door, a link that is right inside of it only.
void make_root(const std::string& root, const std::string& program = "doors") {
  fs::create_directories(root + "/bin");
  fs::copy_file(fixture(program), root + "/bin/doors", fs::copy_options::overwrite_existing);
  fs::create_symlink("/bin/doors", root + "/bin/door");
}

std::string plan_of(const std::string& target) {
  return "name: doors\n"
         "target: " +
         target +
         "\n"
         "phases:\n"
         "  - startup\n"
         "  - serving: {symbol: serve}\n"
         "grammar:\n"
         "  operands: {max: 2, of: [a, b, bc]}\n"
         "explore: {until: budget, runs: 80, workers: 1, seed: 3}\n";
}

/// A directory in which harness runs, with a cache and an image store of its own.
class Place {
public:
  Place() {
    REQUIRE(replace_file(directory_ / "storage.conf",
                         "[storage]\ndriver = \"vfs\"\nrunroot = \"" + (directory_ / "run") +
                             "\"\ngraphroot = \"" + (directory_ / "store") + "\"\n"));
  }
  Outcome run(std::vector<std::string> words) const {
    return test::run({.words = std::move(words),
                      .directory = directory_.path(),
                      .environment = {"XDG_CACHE_HOME=" + (directory_ / "cache"),
                                      "CONTAINERS_STORAGE_CONF=" + (directory_ / "storage.conf")}});
  }
  Outcome harness(std::vector<std::string> words) const {
    words.insert(words.begin(), harness_binary());
    return run(std::move(words));
  }
  Outcome explore(const std::string& target, std::vector<std::string> options = {}) const {
    REQUIRE(replace_file(directory_ / "doors.yaml", plan_of(target)));
    options.insert(options.begin(), {"explore", "doors.yaml", "--quiet"});
    return harness(std::move(options));
  }
  std::string operator/(const std::string& name) const { return directory_ / name; }

private:
  TemporaryDirectory directory_;
};

/// The calls of the campaign's second phase.
std::set<std::string> serving(const Place& place) {
  const auto report = nlohmann::json::parse(*read_file(place / "doors.campaign/report.json"));
  std::set<std::string> names;
  for (const auto& call : report.at("phases").at(1).at("syscalls")) {
    names.insert(call.at("name").get<std::string>());
  }
  return names;
}

void check_doors(const Place& place) {
  const auto names = serving(place);
  for (const char* call : {"umask", "getppid", "getuid", "getgid"}) {
    CAPTURE(call);
    CHECK(names.contains(call));
  }
}

/// True if images can be made here; else says why they are left out.
bool can_import(const Place& place) {
  if (!available("podman", "podman")) {
    return false;
  }
  const auto asked = place.run({"podman", "images", "--quiet"});
  if (asked.status != 0) {
    std::printf("skipped: images; podman does not work here: %s\n", asked.error.c_str());
    return false;
  }
  return true;
}

/// Makes the image `name` from the directory `root`.
void import(const Place& place, const std::string& root, const std::string& name) {
  REQUIRE(place.run({"tar", "-C", root, "-cf", place / "image.tar", "."}).status == 0);
  const auto made = place.run({"podman", "import", "--quiet", place / "image.tar", name});
  REQUIRE_MESSAGE(made.status == 0, made.error);
}

} // namespace

TEST_CASE("a program is explored inside an unpacked root") {
  const Place place;
  make_root(place / "root");
  const auto outcome = place.explore("{root: root, executable: door}"); // found in the root
  REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
  check_doors(place);

  const auto none = place.explore("{root: root, executable: sh}", {"--out", "other"});
  CHECK(none.status == 64);
  CHECK(contains(none.error, "doors.yaml:2:34: program sh not found in " + (place / "root")));
  const auto bare =
      place.explore("{root: root, executable: door}", {"--out", "other", "--no-isolation"});
  CHECK(bare.status == 64);
  CHECK(contains(bare.error, "requires the sandbox"));
  CHECK_FALSE(fs::exists(place / "other"));
}

TEST_CASE("a program is explored inside an image, and a changed image is noticed") {
  const Place place;
  if (!can_import(place)) {
    return;
  }
  make_root(place / "root");
  import(place, place / "root", "localhost/doors:1");
  const std::string target = "{image: 'localhost/doors:1', executable: /bin/door}";
  const auto outcome = place.explore(target);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
  check_doors(place);
  const std::string environment = *read_file(place / "doors.campaign/environment.json");
  CHECK(contains(environment, "\"image_sha256\""));
  CHECK(contains(environment, "\"target\": \"/bin/door\"")); // wherever it was unpacked to
  CHECK_FALSE(contains(*read_file(place / "doors.campaign/plan.yaml"), place / "cache"));
  CHECK(place.run({"podman", "ps", "--all", "--quiet"}).output.empty()); // nothing is left there

  // What begins with the frozen plan finds the image again, even with an empty cache.
  fs::remove_all(place / "cache");
  const auto replayed =
      place.harness({"replay", "doors.campaign", "serving:umask", "--times", "2"});
  CHECK_MESSAGE(replayed.status == 0, replayed.error);
  CHECK(place.explore(target, {"--resume", "--runs", "100"}).status == 0);

  // The same name, another image with the same target.
  REQUIRE(replace_file((place / "root") + "/bin/more", "something else"));
  import(place, place / "root", "localhost/doors:1");
  const auto resumed = place.explore(target, {"--resume", "--runs", "120"});
  CHECK(resumed.status == 64);
  CHECK(contains(resumed.error, "the image has changed"));
  CHECK(contains(resumed.error, "--out DIR"));
}

TEST_CASE("an image may be a file") {
  const Place place;
  if (!can_import(place)) {
    return;
  }
  make_root(place / "root");
  import(place, place / "root", "localhost/doors:2");
  const auto saved = place.run({"podman", "save", "--quiet", "--format", "oci-archive", "--output",
                                place / "doors.tar", "localhost/doors:2"});
  REQUIRE_MESSAGE(saved.status == 0, saved.error);
  REQUIRE(place.run({"podman", "rmi", "localhost/doors:2"}).status == 0);
  const auto outcome = place.explore("{image: 'oci-archive:doors.tar', executable: doors}");
  REQUIRE_MESSAGE(outcome.status == 0, outcome.error);
  check_doors(place);
  const auto none = place.explore("{image: 'oci-archive:none.tar', executable: doors}");
  CHECK(none.status == 64);
  CHECK(contains(none.error,
                 "doors.yaml:2:17: podman can't load oci-archive:" + (place / "none.tar")));
}

TEST_CASE("an image that can't be had: place, problem and what to do") {
  const Place place;
  const auto both = place.explore("{root: /usr, image: 'localhost/doors', executable: door}");
  CHECK(both.status == 64);
  CHECK(contains(both.error,
                 "doors.yaml:2:29: the target has both a root and an image\n  keep one of them"));

  // Without an engine: the programs of all are hidden.
  if (available("bwrap", "bubblewrap")) {
    std::vector<std::string> words = {"bwrap", "--dev-bind", "/", "/"};
    for (const char* engine :
         {"/usr/bin/podman", "/usr/local/bin/podman", "/usr/bin/docker", "/usr/local/bin/docker"}) {
      if (fs::exists(engine)) {
        words.insert(words.end(), {"--ro-bind", "/dev/null", fs::canonical(engine).string()});
      }
    }
    words.insert(words.end(), {"--", harness_binary(), "explore", place / "doors.yaml"});
    REQUIRE(replace_file(place / "doors.yaml", plan_of("{image: doors, executable: door}")));
    const auto none = place.run(words);
    CHECK(none.status == 64);
    CHECK(contains(none.error, "doors.yaml:2:17: an image needs a container engine, and none is "
                               "installed\n  apt-get install"));
  }
  if (!can_import(place)) {
    return;
  }
  const auto missing = place.explore("{image: 'localhost/no-such:1', executable: door}");
  CHECK(missing.status == 64);
  CHECK(contains(missing.error, "doors.yaml:2:17: podman has no image localhost/no-such:1\n"
                                "  podman pull localhost/no-such:1; podman images"));
  make_root(place / "root");
  import(place, place / "root", "localhost/doors:3");
  const auto without = place.explore("{image: 'localhost/doors:3', executable: sh}");
  CHECK(without.status == 64);
  CHECK(contains(without.error, "program sh not found in the image localhost/doors:3"));
  const auto path = place.explore("{image: 'localhost/doors:3', executable: /bin/sh}");
  CHECK(path.status == 64);
  CHECK(contains(path.error, "the target /bin/sh in the image localhost/doors:3 does not exist"));
  CHECK_FALSE(fs::exists(place / "doors.campaign"));
}
