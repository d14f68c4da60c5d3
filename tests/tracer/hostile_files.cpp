// Files that a target names in /proc/PID/maps, made to block or to kill whoever reads symbols
// there.
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"
#include "tracer/lru_cache.hpp"
#include "tracer/module_file.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace harness;
using test::Target;

namespace {

/// Runs `fixture` traced, in a child: a tracer that hangs or dies must not take the tests with it.
/// The child's wait status; it is killed after `patience_s`.
int traced_in_child(const std::string& fixture, unsigned patience_s) {
  test::TemporaryDirectory directory;
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(patience_s);
    Target target({test::fixture(fixture)});
    target.spec.directory = directory.path();
    target.options.observe.sites = true;
    const auto result = target.run();
    ::_exit(test::exit_status(result));
  }
  int status = -1;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

} // namespace

TEST_CASE("a fifo in the place of mapped code does not stop the tracer") {
  const int status = traced_in_child("maps_fifo", 60);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a module that is truncated while it is read does not kill the tracer") {
  for (int again = 0; again < 5; ++again) {
    const int status = traced_in_child("truncates_module", 120);
    CHECK_FALSE(WIFSIGNALED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
}

TEST_CASE("only regular files of a sensible size are opened") {
  test::TemporaryDirectory directory;
  REQUIRE(::mkfifo((directory / "fifo").c_str(), 0600) == 0);
  CHECK_FALSE(tracer::open_module_file(directory / "fifo", "fifo").ok());
  CHECK_FALSE(tracer::open_module_file(directory.path(), "directory").ok());
  CHECK_FALSE(tracer::open_module_file("/dev/null", "null").ok());
  REQUIRE(replace_file(directory / "file", "x").ok());
  CHECK(tracer::open_module_file(directory / "file", "file").ok());
  REQUIRE(::truncate((directory / "file").c_str(), off_t{1} << 30) == 0);
  const auto refused = tracer::open_module_file(directory / "file", "file");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("too large") != std::string::npos);
}

TEST_CASE("the cache forgets what was used longest ago") {
  tracer::LruCache<int, std::string> cache(2);
  cache.put(1, "one");
  cache.put(2, "two");
  CHECK(*cache.find(1) == "one");
  cache.put(3, "three");
  CHECK(cache.find(2) == nullptr);
  CHECK(cache.find(1) != nullptr);
  CHECK(*cache.find(3) == "three");
  CHECK(cache.size() == 2);
}
