// ./run and .ci/run in a tree of their own, with stand-ins for meson, ninja, dpkg and apt that
// write down how they were called.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>
#include <filesystem>

using namespace harness;
using namespace harness::test;

namespace fs = std::filesystem;

namespace {

class FakeTree {
public:
  FakeTree() {
    fs::copy_file(source_root() + "/run", root_ / "run");
    for (const char* directory : {"harness", "tracer", "mutators", "workloads/x", "policy", "patch",
                                  "reports", "bin", ".ci"}) {
      fs::create_directories(root_ / directory);
    }
    fs::copy_file(source_root() + "/.ci/run", root_ / ".ci/run");
    for (const char* file : {"meson.build", "meson_options.txt", "harness/a.cpp", "missing"}) {
      REQUIRE(replace_file(root_ / file, ""));
    }
    stand_in("meson", "case $1 in setup) mkdir -p \"$HARNESS_FAKE/build\"; : > "
                      "\"$HARNESS_FAKE/build/build.ninja\";;\n"
                      "test) mkdir -p \"$HARNESS_FAKE/build/meson-logs\"; [ ! -e "
                      "\"$HARNESS_FAKE/log.json\" ] || cp \"$HARNESS_FAKE/log.json\" "
                      "\"$HARNESS_FAKE/build/meson-logs/testlog.json\"; exit 1;; esac");
    stand_in("ninja", "mkdir -p \"$HARNESS_FAKE/build/harness/cli\"\n"
                      "printf '#!/bin/sh\\necho started \"$@\"\\nexit 3\\n' > "
                      "\"$HARNESS_FAKE/build/harness/cli/harness\"\n"
                      "chmod +x \"$HARNESS_FAKE/build/harness/cli/harness\"\n"
                      "[ ! -e \"$HARNESS_FAKE/broken\" ]");
    stand_in("dpkg-query", "shift 3; for p in \"$@\"; do grep -qx \"$p\" \"$HARNESS_FAKE/missing\" "
                           "|| echo \"$p installed\"; done");
    stand_in("apt-get",
             "case \" $* \" in *' update '*) exit 0;; esac; : > \"$HARNESS_FAKE/missing\"");
    stand_in("id", "cat \"$HARNESS_FAKE/uid\" 2>/dev/null || echo 0");
    stand_in("sudo", "exit 1");
  }

  Outcome run(std::vector<std::string> words, const std::string& directory = "/") const {
    words.insert(words.begin(), root_ / "run");
    return harness::test::run({.words = words,
                               .directory = directory,
                               .environment = {"PATH=" + (root_ / "bin") + ":/usr/bin:/bin",
                                               "HARNESS_BUILD=", "HARNESS_FAKE=" + root_.path()}});
  }
  /// What the stand-ins were called for since the last question.
  std::string calls() const {
    auto text = read_file(root_ / "calls");
    fs::remove(root_ / "calls");
    return text ? *text : "";
  }
  std::string path(const std::string& name) const { return root_ / name; }
  void write(const std::string& name, const std::string& text) const {
    REQUIRE(replace_file(root_ / name, text));
  }

private:
  void stand_in(const std::string& name, const std::string& script) const {
    write("bin/" + name, "#!/bin/sh\n[ " + name + " = id ] || echo " + name +
                             " \"$@\" >> \"$HARNESS_FAKE/calls\"\n" + script + "\n");
    fs::permissions(root_ / ("bin/" + name), fs::perms(0755));
  }

  TemporaryDirectory root_;
};

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  const auto begin = text.find_last_of('\n', end);
  return text.substr(begin + 1, end - begin);
}

std::string entry(const std::string& result, const std::string& output) {
  return R"({"name": "x", "stdout": ")" + output + R"(", "result": ")" + result + "\"}\n";
}

} // namespace

TEST_CASE("the first call builds, the second starts at once") {
  const FakeTree tree;
  const auto first = tree.run({"explore", "a b"});
  CHECK(first.status == 3); // the program's own
  CHECK(first.output == "started explore a b\n");
  const auto called = tree.calls();
  CHECK(contains(called, "meson setup"));
  CHECK(contains(called, "ninja"));
  CHECK_FALSE(contains(called, "apt-get"));

  CHECK(tree.run({"--version"}).output == "started --version\n");
  CHECK(tree.calls().empty());
}

TEST_CASE("a changed source is built again, without configuring") {
  const FakeTree tree;
  tree.run({"x"});
  tree.calls();
  fs::last_write_time(tree.path("harness/a.cpp"),
                      fs::file_time_type::clock::now() + std::chrono::seconds(2));
  tree.run({"x"});
  const auto called = tree.calls();
  CHECK(contains(called, "ninja"));
  CHECK_FALSE(contains(called, "meson setup"));
}

TEST_CASE("missing packages are installed, lists fetched only if that fails") {
  const FakeTree tree;
  tree.write("missing", "libfmt-dev\nbubblewrap\n");
  CHECK(tree.run({"x"}).status == 3);
  const auto called = tree.calls();
  CHECK(contains(called, "install -y --no-install-recommends libfmt-dev bubblewrap"));
  CHECK_FALSE(contains(called, "update"));
}

TEST_CASE("without root and sudo the one command to type is printed") {
  const FakeTree tree;
  tree.write("missing", "libfmt-dev\n");
  tree.write("uid", "1000\n");
  const auto outcome = tree.run({"x"});
  CHECK(outcome.status == 70);
  CHECK(contains(outcome.error, "type as root: apt-get"));
  CHECK(contains(outcome.error, "libfmt-dev"));
  CHECK(outcome.output.empty());
}

TEST_CASE("a plan's own packages are installed with it") {
  const FakeTree tree;
  tree.run({"x"});
  tree.calls();
  tree.write("workloads/x/packages", "# why\nredis-server # the target\n");
  tree.write("missing", "redis-server\n");
  CHECK(tree.run({"explore", "x.yaml"}, tree.path("workloads/x")).status == 3);
  CHECK(contains(tree.calls(), "install -y --no-install-recommends redis-server"));
}

TEST_CASE("a failed build is a failure of ours, and no stale program starts") {
  const FakeTree tree;
  tree.write("broken", "");
  const auto outcome = tree.run({"x"});
  CHECK(outcome.status == 70);
  CHECK(outcome.output.empty());
}

TEST_CASE("test cases are summed over all programs") {
  const FakeTree tree;
  tree.write("log.json",
             entry("OK", "[doctest] test cases:  5 |  5 passed | 0 failed | 0 skipped\\n") +
                 entry("FAIL", "[doctest] test cases: 12 | 10 passed | 2 failed | 1 skipped\\n") +
                 entry("FAIL", "Segmentation fault") + entry("TIMEOUT", "") +
                 entry("OK", "no doctest program") + entry("SKIP", "nothing here"));
  const auto outcome = tree.run({"test"});
  CHECK(outcome.status != 0);
  CHECK(last_line(outcome.output) == "16 passed, 4 failed");

  tree.write("log.json",
             entry("OK", "[doctest] test cases: 7 | 7 passed | 0 failed | 0 skipped\\n"));
  const auto good = tree.run({"test"});
  CHECK(good.status == 0);
  CHECK(last_line(good.output) == "7 passed, 0 failed");
}

TEST_CASE("nothing run, and nothing built, is a failure") {
  const FakeTree tree;
  const auto nothing = tree.run({"test"});
  CHECK(nothing.status != 0);
  CHECK(last_line(nothing.output) == "0 passed, 1 failed");
  tree.write("broken", "");
  const auto broken = tree.run({"test"});
  CHECK(broken.status != 0);
  CHECK(last_line(broken.output) == "0 passed, 1 failed");
  CHECK(tree.run({"test", "--lnog"}).status == 64);
}
