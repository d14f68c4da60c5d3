// SPDX-License-Identifier: Apache-2.0
#include "core/model/phase.hpp"

#include <doctest/doctest.h>

using namespace harness;

TEST_CASE("every trigger survives its text form") {
  for (const char* text :
       {"launch", "symbol:aeMain", "symbol:main+0x10", "symbol:libc.so.6!write", "offset:0x1a2b",
        "call:epoll_wait", "call:listen#2@exit", "signal:SIGUSR1", "output:Ready to accept",
        "output:log.txt!ready", "time:250000us", "marker:loaded", "spawn:fork", "spawn:exec=worker",
        "auto", "auto:serving", "symbol:operator++0x0", "symbol:!a!b", "time:123456789us"}) {
    CAPTURE(text);
    const auto trigger = parse_trigger(text);
    REQUIRE(trigger.ok());
    CHECK(trigger_text(*trigger) == text);
  }
}

TEST_CASE("a bad trigger says what to write instead") {
  for (const char* text :
       {"", "symbl:main", "symbol:", "symbol:main+x", "offset:main", "call:", "call:read#0",
        "call:read@start", "time:soon", "spawn:birth", "signal:"}) {
    CAPTURE(text);
    const auto trigger = parse_trigger(text);
    REQUIRE_FALSE(trigger.ok());
    CHECK(trigger.error().message.find("write ") != std::string::npos);
  }
}

TEST_CASE("a phase takes its name from the text before =") {
  CHECK(parse_phase("serving=symbol:aeMain")->name == "serving");
  CHECK(parse_phase("symbol:aeMain")->name == "symbol:aeMain");
  CHECK(parse_phase("spawn:exec=ls")->name == "spawn:exec=ls");
  CHECK_FALSE(parse_phase("=symbol:main").ok());
}
