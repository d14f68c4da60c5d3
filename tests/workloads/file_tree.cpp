// SPDX-License-Identifier: Apache-2.0
#include "workloads/file_tree.hpp"

#include "core/base/text.hpp"
#include "tests/support/process.hpp"
#include "tests/workloads/plans.hpp"
#include "workloads/acl.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace harness;
using namespace harness::workloads;
using harness::test::input_of;
using harness::test::TemporaryDirectory;

namespace {

struct Built {
  TemporaryDirectory place;
  Fd root;
  TreeOutcome outcome;
};

std::unique_ptr<Built> build(const std::string& text, const TreeOptions& options = {}) {
  auto built = std::make_unique<Built>();
  REQUIRE(::mkdir((built->place / "tree").c_str(), 0755) == 0);
  built->root.reset(::open((built->place / "tree").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(built->root);
  built->outcome = build_tree(built->root.get(), input_of(text).files, options);
  return built;
}

struct stat look(const Built& built, const std::string& path) {
  struct stat found {};
  CHECK_MESSAGE(::fstatat(built.root.get(), path.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0, path);
  return found;
}

bool root_user() {
  if (::geteuid() != 0) {
    std::printf("skipped: needs to be root\n");
    return false;
  }
  return true;
}

} // namespace

TEST_CASE("every kind of node is made as its line says") {
  const auto built = build(R"(file a content "hello\n" mode 0640 mtime -86400
file sparse size 1099511627 mtime 1
directory d entries 2000 mode 0500 mtime 42
file d/inside content x
symlink s nowhere/at-all
symlink loop loop
hard_link h a
fifo f mode 0600
socket k
file "odd\n\xc3\xa9 name" content y
file deep/er/est content z
)");
  CHECK(built->outcome.left_out.empty());
  const auto a = look(*built, "a");
  CHECK((a.st_mode & 07777) == 0640);
  CHECK(a.st_mtime == -86400);
  CHECK(a.st_size == 6);
  CHECK(a.st_nlink == 2);
  CHECK(look(*built, "h").st_ino == a.st_ino);
  const auto sparse = look(*built, "sparse");
  CHECK(sparse.st_size == 1099511627);
  CHECK(sparse.st_blocks < 100);
  const auto d = look(*built, "d");
  CHECK((d.st_mode & 07777) == 0500);
  CHECK(d.st_mtime == 42); // although something was put into it afterwards
  CHECK(S_ISREG(look(*built, "d/e1999").st_mode));
  CHECK(look(*built, "d/inside").st_size == 1);
  CHECK(S_ISLNK(look(*built, "s").st_mode));
  CHECK(S_ISLNK(look(*built, "loop").st_mode));
  CHECK(S_ISFIFO(look(*built, "f").st_mode));
  CHECK(S_ISSOCK(look(*built, "k").st_mode));
  CHECK(look(*built, "odd\n\xc3\xa9 name").st_size == 1);
  CHECK(look(*built, "deep/er/est").st_size == 1);
  REQUIRE(remove_tree(AT_FDCWD, built->place / "tree"));
  CHECK(::access((built->place / "tree").c_str(), F_OK) != 0);
}

TEST_CASE("no node is made through a symbolic link") {
  TemporaryDirectory outside;
  const auto built = build(fmt::format(R"(symlink out {0}
file out/escaped content no
directory out/dir
hard_link mine out/escaped
symlink twice out
fifo twice/fifo
)",
                                       outside.path()));
  CHECK(built->outcome.left_out.size() == 4);
  CHECK(test::run({.words = {"ls", "-A", outside.path()}}).output.empty());
  // A later node of the same name replaces the link itself.
  const auto replaced =
      build(fmt::format("symlink link {0}/target\nfile link content new\n", outside.path()));
  CHECK(replaced->outcome.left_out.empty());
  CHECK(S_ISREG(look(*replaced, "link").st_mode));
  CHECK(::access((outside / "target").c_str(), F_OK) != 0);
}

TEST_CASE("modes and times of a link's target stay what they are") {
  TemporaryDirectory outside;
  REQUIRE(test::run({.words = {"touch", outside / "victim"}}).status == 0);
  REQUIRE(::chmod((outside / "victim").c_str(), 0600) == 0);
  const auto built =
      build(fmt::format("symlink link {0}/victim mode 0777 mtime 5\n", outside.path()));
  CHECK(built->outcome.left_out.empty());
  struct stat victim {};
  REQUIRE(::stat((outside / "victim").c_str(), &victim) == 0);
  CHECK((victim.st_mode & 07777) == 0600);
  CHECK(victim.st_mtime != 5);
  CHECK(look(*built, "link").st_mtime == 5);
}

TEST_CASE("owners, devices and attributes") {
  if (!root_user()) {
    return;
  }
  const auto built = build(R"(file mine
file theirs uid 4294967 gid 7 mode 04711
device null 1:3 mode 0666
file acl attribute system.posix_acl_access "user::rw-,user:12:r--,group::r--,mask::r--,other::---"
directory sub entries 2
)",
                           {.uid = 65534, .gid = 65534});
  for (const auto& line : built->outcome.left_out) {
    MESSAGE("this machine: ", line);
  }
  CHECK(look(*built, "mine").st_uid == 65534);
  CHECK(look(*built, "sub/e0001").st_gid == 65534);
  CHECK(look(*built, "theirs").st_uid == 4294967);
  CHECK((look(*built, "theirs").st_mode & 07777) == 04711);
  const bool devices = built->outcome.left_out.empty();
  if (devices) {
    CHECK(S_ISCHR(look(*built, "null").st_mode));
    CHECK(::lgetxattr((built->place / "tree/acl").c_str(), "system.posix_acl_access", nullptr, 0) ==
          44);
  }
}

TEST_CASE("what is dangerous outside isolation is left out there, and said") {
  const auto built = build("device disk 8:0\nfile suid mode 04755\n", {.confined = false});
  REQUIRE(built->outcome.left_out.size() == 2);
  CHECK(built->outcome.left_out[0].find("only in the sandbox") != std::string::npos);
  CHECK(built->outcome.left_out[1].find("set-id") != std::string::npos);
  CHECK((look(*built, "suid").st_mode & 07777) == 0755);
}

TEST_CASE("file systems are handed on, with a directory in their place") {
  const auto built = build("file_system small size 65536 read_only\n");
  REQUIRE(built->outcome.file_systems.size() == 1);
  CHECK(built->outcome.file_systems[0].read_only);
  CHECK(S_ISDIR(look(*built, "small").st_mode));
}

TEST_CASE("a hostile tree is removed whole, and nothing beside it") {
  TemporaryDirectory place;
  TemporaryDirectory outside;
  REQUIRE(test::run({.words = {"touch", outside / "kept"}}).status == 0);
  // Nested deeper than any path may be long, closed, with links out and names that look like ours.
  const auto made = test::run({.words = {"python3", "-c", R"(
import os, sys
os.mkdir(sys.argv[1]); os.chdir(sys.argv[1])
os.symlink(sys.argv[2], 'out'); os.mkdir('.deep-0'); open('.deep-0/x', 'w'); open('.deep-1', 'w')
os.mkfifo('fifo'); open('new\nline \xff', 'w')
for i in range(3000): os.mkdir('closed' + str(i % 7)) if i < 7 else None
for i in range(1500):
    os.mkdir('dddddddddddddddddddd'); os.chdir('dddddddddddddddddddd')
    os.symlink(sys.argv[2], 'out')
for _ in range(1500):
    os.chdir('..')
    os.chmod('dddddddddddddddddddd', 0)
)",
                                         place / "tree", outside.path()}});
  REQUIRE_MESSAGE(made.status == 0, made.error);
  const auto removed = remove_tree(AT_FDCWD, place / "tree");
  REQUIRE_MESSAGE(removed, removed.error().message);
  CHECK(::access((place / "tree").c_str(), F_OK) != 0);
  CHECK(::access((outside / "kept").c_str(), F_OK) == 0);
  CHECK(remove_tree(AT_FDCWD, place / "tree")); // nothing there: no error
}

TEST_CASE("access control lists are encoded as the kernel keeps them") {
  const auto bytes = acl_bytes("g::r--,u::rw-,o::---,u:5:r-x,m::r-x");
  REQUIRE(bytes);
  CHECK(bytes->size() == 4 + 5 * 8);
  CHECK(bytes->substr(0, 4) == std::string("\x02\0\0\0", 4));
  CHECK(bytes->substr(4, 8) == std::string("\x01\0\x06\0\xff\xff\xff\xff", 8)); // owner first
  CHECK(bytes->substr(12, 8) == std::string("\x02\0\x05\0\x05\0\0\0", 8));
  for (const char* bad : {"", "u::rw", "user", "who::rwx", "m:3:r--", "u:x:r--", "u::rxw"}) {
    CHECK_MESSAGE(!acl_bytes(bad), bad);
  }
}
