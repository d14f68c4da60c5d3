// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace harness;

TEST_CASE("a file is replaced as a whole") {
  test::TemporaryDirectory directory;
  const std::string path = directory / "file";
  REQUIRE(replace_file(path, "old").ok());
  REQUIRE(replace_file(path, "new").ok());
  const auto content = read_file(path);
  REQUIRE(content.ok());
  CHECK(*content == "new");
}

TEST_CASE("what is no regular file is written to, not replaced") {
  test::TemporaryDirectory directory;
  const std::string path = directory / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  auto reader = open_file(path, O_RDWR);
  REQUIRE(reader.ok());
  REQUIRE(replace_file(path, "text").ok());
  char got[5] = {};
  CHECK(::read(reader->get(), got, 4) == 4);
  CHECK(std::string(got) == "text");
  struct stat still {};
  REQUIRE(::stat(path.c_str(), &still) == 0);
  CHECK(S_ISFIFO(still.st_mode));
  CHECK_FALSE(replace_file(directory.path(), "x").ok());
}

TEST_CASE("a failure names its step and path") {
  const auto missing = read_file("/nonexistent/file");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == ENOENT);
  CHECK(missing.error().message.find("/nonexistent/file") != std::string::npos);
  CHECK_FALSE(replace_file("/nonexistent/file", "x").ok());
}

TEST_CASE("every descriptor is close-on-exec") {
  auto ends = make_pipe();
  REQUIRE(ends.ok());
  CHECK((::fcntl(ends->first.get(), F_GETFD) & FD_CLOEXEC) != 0);
  auto file = open_file("/dev/null", O_RDONLY);
  REQUIRE(file.ok());
  CHECK((::fcntl(file->get(), F_GETFD) & FD_CLOEXEC) != 0);
  const int raw = file->get();
  file->reset();
  CHECK(::fcntl(raw, F_GETFD) == -1);
}
