// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/build.hpp"

#include "core/base/random.hpp"
#include "core/bpf/check.hpp"
#include "core/bpf/disassemble.hpp"
#include "core/bpf/evaluate.hpp"
#include "core/model/syscall_table.hpp"
#include "tests/core/bpf/kernel_filter.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <memory>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace harness;
using namespace harness::bpf;

namespace {

constexpr std::array asked = {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64,
                              AuditArch{0xc0000015}};

Verdict some_verdict(Random& random) {
  const std::array choice = {allow_verdict,    allow_verdict,     allow_verdict,
                             errno_verdict(1), errno_verdict(38), kill_process_verdict,
                             log_verdict,      trace_verdict(9)};
  return random.pick(choice);
}

std::int32_t some_number(Random& random) {
  switch (random.below(6)) {
  case 0:
    return static_cast<std::int32_t>(random.next());
  case 1:
    return x32_bit | static_cast<std::int32_t>(random.below(600));
  default:
    return static_cast<std::int32_t>(random.below(500)) - 2;
  }
}

Decision some_decision(Random& random) {
  Decision decision{some_verdict(random), {}, errno_verdict(1)};
  while (random.chance(1, 8)) {
    auto& all = decision.alternatives.emplace_back();
    while (all.empty() || random.chance(1, 2)) {
      const std::array<std::uint64_t, 5> masks = {~0ull, 0xffffffff, 0xffffffff00000000, 0xf,
                                                  1ull << 63};
      const auto mask = random.pick(masks);
      all.push_back({static_cast<std::uint8_t>(random.below(6)), mask, random.next() & mask});
    }
  }
  return decision;
}

FilterSpec some_spec(Random& random) {
  FilterSpec spec;
  spec.native = random.pick(asked);
  spec.foreign = some_verdict(random);
  for (const auto arch : asked) {
    if (arch != AuditArch{0xc0000015} && random.chance(2, 3)) {
      auto& table = spec.archs[arch];
      table.otherwise = some_verdict(random);
      table.x32 = some_verdict(random);
      for (auto left = random.below(120); left > 0; --left) {
        table.calls.emplace(some_number(random), some_decision(random));
      }
    }
  }
  return spec;
}

/// Arguments that meet one of the alternatives, or any.
std::array<std::uint64_t, 6> some_arguments(Random& random, const Decision& decision) {
  std::array<std::uint64_t, 6> arguments{};
  for (auto& argument : arguments) {
    argument = random.next();
  }
  if (!decision.alternatives.empty() && random.chance(3, 4)) {
    for (const auto& condition : random.pick(decision.alternatives)) {
      auto& argument = arguments[condition.argument];
      argument = (argument & ~condition.mask) | condition.value;
      if (random.chance(1, 8)) {
        argument ^= 1ull << random.below(64);
      }
    }
  }
  return arguments;
}

/// Proves that `program` answers as `spec` on `arch`, for all 2^32 numbers, as long as no arguments
/// count; where they do, that it may answer what the table may.
void prove(const FilterProgram& program, const FilterSpec& spec, AuditArch arch) {
  const auto ranges = verdict_ranges(program, arch);
  REQUIRE(ranges.ok());
  std::uint64_t next = 0;
  const auto found = spec.archs.find(arch);
  for (const auto& range : *ranges) {
    REQUIRE(range.first == next);
    next = std::uint64_t{range.last} + 1;
    // Inside a range the table can change at the numbers that it lists, and at the x32 bounds.
    std::vector<std::uint32_t> tried = {range.first, range.last};
    for (const std::uint32_t bound : {0x3fffffffu, 0x40000000u, 0x7fffffffu, 0x80000000u}) {
      tried.push_back(bound);
    }
    if (found != spec.archs.end()) {
      for (const auto& [number, decision] : found->second.calls) {
        for (const int offset : {-1, 0, 1}) {
          tried.push_back(static_cast<std::uint32_t>(number) + static_cast<std::uint32_t>(offset));
        }
      }
    }
    for (const auto number : tried) {
      if (number < range.first || number > range.last) {
        continue;
      }
      const auto verdict =
          decide(spec, call_data({arch, static_cast<std::int32_t>(number)}, {1, 2, 3, 4, 5, 6}));
      REQUIRE(std::ranges::find(range.verdicts, verdict) != range.verdicts.end());
    }
  }
  REQUIRE(next == std::uint64_t{1} << 32);
}

} // namespace

TEST_CASE("arbitrary tables: the program answers as the table, for every number") {
  Random random(test::property_seed("build"));
  for (int round = 0; round < 60; ++round) {
    const auto spec = some_spec(random);
    const auto program = build(spec);
    REQUIRE(program.ok());
    REQUIRE(check(*program).ok());
    for (const auto arch : asked) {
      prove(*program, spec, arch);
      const auto table = spec.archs.find(arch);
      for (int ask = 0; ask < 300; ++ask) {
        auto id = SyscallId{arch, some_number(random)};
        Decision decision;
        if (table != spec.archs.end() && !table->second.calls.empty() && random.chance(3, 4)) {
          const auto& calls = table->second.calls;
          const auto call = std::next(calls.begin(), static_cast<long>(random.below(calls.size())));
          id.number = call->first;
          decision = call->second;
        }
        const auto data = call_data(id, some_arguments(random, decision));
        CAPTURE(qualified_name(id));
        REQUIRE(*evaluate(*program, data) == decide(spec, data));
      }
    }
  }
}

TEST_CASE("our programs answer as libseccomp's do") {
  Random random(test::property_seed("libseccomp"));
  for (int round = 0; round < 10; ++round) {
    FilterSpec spec;
    auto& table = spec.archs[AuditArch::x86_64];
    table.otherwise = errno_verdict(38);
    const std::unique_ptr<void, decltype(&seccomp_release)> context(
        seccomp_init(SCMP_ACT_ERRNO(38)), seccomp_release);
    REQUIRE(context);
    REQUIRE(seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0);
    for (const auto& call : syscalls_of(AuditArch::x86_64)) {
      if (call.number < 400 && random.chance(1, 3)) {
        table.calls.emplace(call.number, Decision{});
        REQUIRE(seccomp_rule_add_exact(context.get(), SCMP_ACT_ALLOW, call.number, 0) == 0);
      }
    }
    const int file = ::memfd_create("filter", MFD_CLOEXEC);
    REQUIRE(seccomp_export_bpf(context.get(), file) == 0);
    FilterProgram theirs(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)) /
                         sizeof(sock_filter));
    REQUIRE(::pread(file, theirs.data(), theirs.size() * sizeof(sock_filter), 0) > 0);
    ::close(file);
    const auto ours = build(spec);
    REQUIRE(ours.ok());
    // Ours is longer, but a tree: the last of their calls waits for all others.
    const auto last = call_data({AuditArch::x86_64, table.calls.rbegin()->first});
    const auto first = call_data({AuditArch::x86_64, table.calls.begin()->first});
    CHECK(*steps(*ours, last) < std::max(*steps(theirs, first), *steps(theirs, last)));
    for (const auto arch : asked) {
      const auto expected = verdict_ranges(theirs, arch);
      const auto found = verdict_ranges(*ours, arch);
      REQUIRE(expected.ok());
      REQUIRE(found.ok());
      for (const auto& range : *found) {
        for (const auto& theirs_range : *expected) {
          // For negative numbers theirs has the verdict of x32, but for -1; see below for ours.
          if (theirs_range.first <= range.last && range.first <= theirs_range.last &&
              std::max(range.first, theirs_range.first) < 0x80000000) {
            CAPTURE(range.first);
            CHECK(range.verdicts == theirs_range.verdicts);
          }
        }
      }
    }
  }
}

TEST_CASE("a filter of a hundred calls takes a dozen steps") {
  FilterSpec spec;
  auto& table = spec.archs[AuditArch::x86_64];
  for (std::int32_t number = 0; number < 300; number += 3) {
    table.calls.emplace(number, Decision{});
  }
  const auto program = build(spec);
  REQUIRE(program.ok());
  std::size_t most = 0;
  for (std::int32_t number = 0; number < 600; ++number) {
    most = std::max(most, *steps(*program, call_data({AuditArch::x86_64, number})));
  }
  CHECK(most <= 3 + 8 + 2); // architecture, number; log2 of the ranges; a long jump and the return
}

TEST_CASE("x32 and negative numbers are not the native calls") {
  FilterSpec spec;
  auto& table = spec.archs[AuditArch::x86_64];
  table.otherwise = errno_verdict(38);
  table.calls.emplace(0, Decision{});
  const auto program = build(spec);
  const auto ask = [&](std::int32_t number) {
    return *evaluate(*program, call_data({AuditArch::x86_64, number}));
  };
  CHECK(ask(0) == allow_verdict);
  CHECK(ask(x32_bit) == kill_process_verdict);
  CHECK(ask(0x7fffffff) == kill_process_verdict);
  // A tracer skips a call by writing -1 over its number: that is to fail, not to kill.
  CHECK(ask(-1) == errno_verdict(38));
  CHECK(*evaluate(*program, call_data({AuditArch::i386, 0})) == kill_process_verdict);
}

TEST_CASE("the kernel takes our programs and answers as the evaluator") {
  Random random(test::property_seed("kernel"));
  for (int round = 0; round < 20; ++round) {
    FilterSpec spec;
    auto& table = spec.archs[AuditArch::x86_64];
    table.otherwise = errno_verdict(99);
    std::vector<test::Question> questions;
    for (int call = 0; call < 150; ++call) {
      const auto number = static_cast<std::int32_t>(1000 + random.below(400));
      auto decision = some_decision(random);
      decision.verdict = errno_verdict(static_cast<int>(1 + random.below(98)));
      questions.push_back({number, some_arguments(random, decision)});
      table.calls.insert_or_assign(number, decision);
    }
    const auto program = build(spec);
    REQUIRE(program.ok());
    const auto answers = test::ask_kernel(*program, questions);
    REQUIRE(answers.has_value());
    REQUIRE(answers->size() == questions.size());
    for (std::size_t i = 0; i < questions.size(); ++i) {
      const auto data = call_data({AuditArch::x86_64, questions[i].number}, questions[i].arguments);
      REQUIRE(errno_verdict(static_cast<int>(-(*answers)[i])) == decide(spec, data));
    }
  }
}

TEST_CASE("a table that no filter can hold says so") {
  FilterSpec spec;
  auto& table = spec.archs[AuditArch::x86_64];
  for (std::int32_t number = 0; number < 5000; number += 2) {
    table.calls.emplace(number, Decision{});
  }
  const auto too_long = build(spec);
  REQUIRE_FALSE(too_long.ok());
  CHECK(too_long.error().message.find("the kernel accepts 4096") != std::string::npos);

  table.calls = {{2, Decision{allow_verdict, {{{6, ~0ull, 1}}}, 0}}};
  CHECK(build(spec).error().message ==
        "open: condition on argument 6, but a call has arguments 0 to 5");
  table.calls = {{2, Decision{allow_verdict, {{{1, 0xf, 0x10}}}, 0}}};
  CHECK(build(spec).error().message.starts_with("open: the value 0x10 has bits outside"));
}

TEST_CASE("tracing filters stop at every call, or at all but the known") {
  CHECK(*evaluate(trace_all(5), call_data({AuditArch::i386, 11})) == trace_verdict(5));
  const SyscallSet known{{AuditArch::x86_64, 0}, {AuditArch::x86_64, 1}, {AuditArch::i386, 3}};
  const auto program = trace_all_but(known, 2);
  REQUIRE(program.ok());
  CHECK(program->size() < 20);
  for (const auto arch : asked) {
    for (const std::int32_t number : {-1, 0, 1, 2, 3, 4, 500, x32_bit, x32_bit | 1}) {
      const SyscallId id{arch, number};
      CAPTURE(qualified_name(id));
      CHECK(*evaluate(*program, call_data(id)) ==
            (known.contains(id) ? allow_verdict : trace_verdict(2)));
    }
  }
  CHECK(trace_all_but({}, 1)->back().code == trace_all(1).back().code);
}
