// SPDX-License-Identifier: Apache-2.0
#include "sandbox/root_path.hpp"
#include "core/base/fd.hpp"
#include "sandbox/find_program.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <filesystem>

using namespace harness;
using namespace harness::sandbox;

namespace fs = std::filesystem;

TEST_CASE("links of another root are followed as a process in it would") {
  const test::TemporaryDirectory root;
  fs::create_directories(root / "usr/bin");
  fs::create_directories(root / "etc/alternatives");
  REQUIRE(replace_file(root / "usr/bin/tool", "#!/bin/sh\n"));
  fs::permissions(root / "usr/bin/tool", fs::perms(0755));
  fs::create_symlink("usr/bin", root / "bin");
  fs::create_symlink("/etc/alternatives/awk", root / "usr/bin/awk");
  fs::create_symlink("../../usr/bin/tool", root / "etc/alternatives/awk");
  fs::create_symlink("../../../../../../etc/passwd", root / "usr/bin/out");
  fs::create_symlink("/etc/passwd", root / "usr/bin/host");
  fs::create_symlink("round", root / "usr/bin/round");

  CHECK(path_in_root("", "/any/path") == "/any/path");
  CHECK(path_in_root(root.path(), "/usr/bin/tool") == root / "usr/bin/tool");
  CHECK(path_in_root(root.path(), "/bin/awk") == root / "usr/bin/tool");
  CHECK(path_in_root(root.path(), "/../bin/./tool") == root / "usr/bin/tool");
  for (const char* none : {"/usr/bin/out", "/usr/bin/host", "/usr/bin/round", "/usr/bin/none",
                           "/usr/bin/tool/more", "/none/tool"}) {
    CAPTURE(none);
    CHECK_FALSE(path_in_root(root.path(), none));
  }
  // Inside it would be a file of the root's own, whatever the host has.
  REQUIRE(replace_file(root / "etc/passwd", "inside"));
  CHECK(path_in_root(root.path(), "/usr/bin/out") == root / "etc/passwd");

  CHECK(find_program("awk", root.path()) == "/usr/bin/awk");
  CHECK_FALSE(find_program("host", root.path())); // not executable
  CHECK_FALSE(find_program("sh", root.path()));
}
