// SPDX-License-Identifier: Apache-2.0
#include "patch/patch.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "tests/patch/filters.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/syscall.h>

using namespace harness;

namespace {

/// The values of `field` in the status of every thread of every process whose command line holds
/// `word`.
std::vector<std::string> thread_fields(const std::string& word, const std::string& field) {
  std::vector<std::string> values;
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    const auto line = read_file(process.path() / "cmdline");
    if (!line.ok() || line->find(word) == std::string::npos) {
      continue;
    }
    std::error_code gone;
    for (const auto& thread : std::filesystem::directory_iterator(process.path() / "task", gone)) {
      const auto status = read_file(thread.path() / "status");
      for (const auto& entry : split(status.ok() ? *status : "", '\n')) {
        if (entry.starts_with(field)) {
          values.emplace_back(trim(std::string_view(entry).substr(field.size())));
        }
      }
    }
  }
  return values;
}

std::string patch_to(const test::TemporaryDirectory& directory, const std::string& source,
                     const std::string& transition) {
  const auto program = read_file(source);
  REQUIRE(program.ok());
  const auto patched = patch::patch_program(
      {.program = *program,
       .phases = {{"startup", LaunchTrigger{}, test::all_but({}), {}},
                  {"serving", SymbolTrigger{transition, 0, ""}, test::all_but({SYS_execve}), {}}}});
  REQUIRE_MESSAGE(patched.ok(), patched.error().message);
  const std::string path = directory / "patched-server";
  REQUIRE(replace_file(path, *patched).ok());
  REQUIRE(::chmod(path.c_str(), 0755) == 0);
  return path;
}

} // namespace

TEST_CASE("redis-server works with two embedded filters, in force in every thread") {
  if (!test::available("redis-server", "redis-server") ||
      !test::available("redis-cli", "redis-tools")) {
    return;
  }
  const test::TemporaryDirectory directory;
  const auto path = patch_to(directory, "/usr/bin/redis-server", "aeMain");
  const std::string socket = directory / "socket";
  const auto start =
      test::run({.words = {path, "--port", "0", "--unixsocket", socket, "--daemonize", "yes",
                           "--dir", directory.path(), "--save", ""}});
  REQUIRE_MESSAGE(start.status == 0, start.error);
  const auto cli = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"redis-cli", "-s", socket});
    return test::run({.words = std::move(words)});
  };
  auto pong = cli({"ping"});
  for (int tries = 0; pong.status != 0 && tries < 1000; ++tries) {
    pong = cli({"ping"}); // daemonised: the socket may not be there yet
  }
  CHECK(pong.output == "PONG\n");
  CHECK(cli({"set", "key", "value"}).output == "OK\n");
  CHECK(cli({"bgsave"}).status == 0);
  const auto filters = thread_fields("patched-server", "Seccomp_filters:");
  CHECK(filters.size() >= 4); // the main thread, three of background work
  for (const auto& count : filters) {
    CHECK(count == "2");
  }
  cli({"shutdown", "nosave"});
}

TEST_CASE("nginx carries its policy into its workers") {
  if (!test::available("nginx", "nginx")) {
    return;
  }
  const test::TemporaryDirectory directory;
  const auto path = patch_to(directory, "/usr/sbin/nginx", "ngx_process_events_and_timers");
  REQUIRE(replace_file(directory / "nginx.conf",
                       "pid " + directory.path() +
                           "/pid;\nerror_log stderr crit;\nworker_processes 1;\n"
                           "events {}\nhttp { access_log off; server { listen unix:" +
                           directory.path() + "/socket; return 200 served; } }\n")
              .ok());
  const std::vector<std::string> words = {path, "-p", directory.path(), "-c",
                                          directory / "nginx.conf"};
  // The daemon keeps its standard error; ours would never end.
  auto start = words;
  start.insert(start.begin(), {"sh", "-c", "\"$@\" 2>/dev/null", "sh"});
  REQUIRE(test::run({.words = start}).status == 0);
  const auto reply = test::run({.words = {"python3", "-c",
                                          "import socket,sys\ns=socket.socket(socket.AF_UNIX)\n"
                                          "s.connect(sys.argv[1])\n"
                                          "s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')\n"
                                          "print(s.makefile().read())",
                                          directory / "socket"}});
  CHECK(reply.output.find("served") != std::string::npos);
  const auto filters = thread_fields("worker process", "Seccomp_filters:");
  const bool restricted = std::find(filters.begin(), filters.end(), "2") != filters.end();
  CHECK(restricted);
  auto stop = words;
  stop.insert(stop.end(), {"-s", "stop"});
  CHECK(test::run({.words = stop}).status == 0);
}
