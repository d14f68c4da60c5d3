// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <sys/syscall.h>

using namespace harness;
using test::Target;

namespace {

const Sighting* find(const RunResult& result, int number) {
  const auto place =
      std::find_if(result.sightings.begin(), result.sightings.end(), [&](const Sighting& seen) {
        return seen.call == SyscallId{AuditArch::x86_64, number};
      });
  return place == result.sightings.end() ? nullptr : &*place;
}

bool passes_through(const Sighting& sighting, const std::string& function) {
  return std::any_of(sighting.backtrace.begin(), sighting.backtrace.end(),
                     [&](const CodeLocation& frame) {
                       return frame.symbol == function || frame.symbol.starts_with(function + "+");
                     });
}

} // namespace

TEST_CASE("a first sighting has the code location that made the call, and its callers") {
  const auto result = Target({test::fixture("two_stages")}).run();
  const auto* sighting = find(result, SYS_getuid);
  REQUIRE(sighting != nullptr);
  REQUIRE(sighting->backtrace.size() >= 3);
  CHECK(sighting->backtrace[0].module.find("libc") != std::string::npos);
  CHECK(sighting->backtrace[0].symbol.find("getuid") != std::string::npos);
  CHECK(sighting->backtrace[1].module == test::fixture("two_stages"));
  CHECK(passes_through(*sighting, "serve"));
  CHECK(passes_through(*sighting, "main"));
}

TEST_CASE("backtraces pass through stripped programs and libraries") {
  const auto result = Target({"/usr/bin/ls", "-l", "/"}).run();
  const auto* sighting = find(result, SYS_getdents64);
  REQUIRE(sighting != nullptr);
  // From libc's readdir through ls, which has no symbols, back to libc's start of main.
  CHECK(sighting->backtrace.size() >= 4);
  CHECK(passes_through(*sighting, "__libc_start_main"));
  CHECK(std::any_of(sighting->backtrace.begin(), sighting->backtrace.end(),
                    [](const auto& frame) { return frame.module == "/usr/bin/ls"; }));
}

TEST_CASE("no backtrace is taken for sites that are known or not wanted") {
  Target target({test::fixture("two_stages")});
  target.options.known_sites = {{AuditArch::x86_64, SYS_getuid}};
  auto result = target.run();
  CHECK(find(result, SYS_getuid)->backtrace.empty());
  CHECK_FALSE(find(result, SYS_getgid)->backtrace.empty());
  target.options.observe.sites = false;
  result = target.run();
  CHECK(find(result, SYS_getgid)->backtrace.empty());
}
