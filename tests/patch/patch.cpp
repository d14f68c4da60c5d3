// SPDX-License-Identifier: Apache-2.0
#include "patch/patch.hpp"

#include "core/base/fd.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "patch/elf_view.hpp"
#include "tests/patch/filters.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <sys/syscall.h>

using namespace harness;
using patch::PatchPhase;
using test::all_but;

namespace {

std::string read_program(const std::string& path) {
  auto program = read_file(path);
  REQUIRE_MESSAGE(program.ok(), path);
  return *std::move(program);
}

std::string write_program(const test::TemporaryDirectory& directory, const std::string& program) {
  const std::string path = directory / "patched";
  REQUIRE(replace_file(path, program).ok());
  REQUIRE(::chmod(path.c_str(), 0755) == 0);
  return path;
}

/// Startup allows everything; serving, begun at `serve`, no uname.
std::vector<PatchPhase> two_phases(bool with_soak = true) {
  const auto log = SECCOMP_RET_LOG;
  std::vector<PatchPhase> phases = {
      {"startup", LaunchTrigger{}, all_but({}), {}},
      {"serving", SymbolTrigger{"serve", 0, ""}, all_but({SYS_uname}), {}}};
  if (with_soak) {
    phases[0].audit = all_but({}, log);
    phases[1].audit = all_but({SYS_uname}, log);
  }
  return phases;
}

std::string patched(const std::string& program, std::vector<PatchPhase> phases,
                    patch::At at = patch::At::init) {
  auto result = patch::patch_program({.program = program, .phases = std::move(phases), .at = at});
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  return *std::move(result);
}

std::string refusal(const std::string& program, std::vector<PatchPhase> phases,
                    patch::At at = patch::At::init) {
  const auto result =
      patch::patch_program({.program = program, .phases = std::move(phases), .at = at});
  REQUIRE_FALSE(result.ok());
  return result.error().message;
}

std::vector<Elf64_Phdr> headers_of(const std::string& program) {
  const auto elf = patch::ElfView::open(program);
  REQUIRE(elf.ok());
  return elf->segments();
}

struct Calls {
  std::uint64_t of_serve = 0;   // the first `call serve` in main
  std::uint64_t of_library = 0; // the first `call [rip + N]` behind it
};

Calls calls_in_main(const std::string& program) {
  const auto elf = patch::ElfView::open(program);
  REQUIRE(elf.ok());
  const auto main = elf->symbol("main");
  const auto serve = elf->symbol("serve");
  REQUIRE(main);
  REQUIRE(serve);
  const auto code = elf->bytes_at(*main);
  Calls calls;
  for (std::size_t i = 0; i + 6 < code.size() && calls.of_library == 0; ++i) {
    std::int32_t distance = 0;
    std::memcpy(&distance, code.data() + i + 1, sizeof distance);
    const std::uint64_t next = *main + i + 5;
    if (calls.of_serve == 0) {
      const bool calls_serve =
          code[i] == '\xe8' && next + static_cast<std::uint64_t>(std::int64_t{distance}) == *serve;
      calls.of_serve = calls_serve ? *main + i : 0;
    } else if (code.substr(i).starts_with("\xff\x15")) {
      calls.of_library = *main + i;
    }
  }
  REQUIRE(calls.of_serve != 0);
  return calls;
}

bool loads_in_order(const std::vector<Elf64_Phdr>& headers) {
  std::uint64_t end = 0;
  return std::all_of(headers.begin(), headers.end(), [&](const Elf64_Phdr& header) {
    const bool behind = header.p_type != PT_LOAD || header.p_vaddr >= end;
    end = header.p_type == PT_LOAD ? header.p_vaddr + header.p_memsz : end;
    return behind;
  });
}

} // namespace

TEST_CASE("after the transition an earlier phase's call is denied in every thread and child") {
  for (const char* name : {"patch_phases", "patch_phases_static", "patch_phases_fixed"}) {
    for (const auto at : {patch::At::init, patch::At::main}) {
      CAPTURE(name);
      const test::TemporaryDirectory directory;
      const auto program = read_program(test::fixture(name));
      const auto path = write_program(directory, patched(program, two_phases(), at));
      const auto outcome = test::run({.words = {path}});
      CHECK(outcome.output ==
            "before allowed\nafter denied\nthread denied\nchild denied\nagain denied\n");
      CHECK(outcome.error == "");
      CHECK(outcome.status == 7);
    }
  }
}

TEST_CASE("a point at a call is as good as one in the function that it calls") {
  const auto run_patched_at = [](const std::string& program, std::uint64_t call) {
    const test::TemporaryDirectory directory;
    const auto elf = patch::ElfView::open(program);
    auto phases = two_phases();
    phases[1].trigger = OffsetTrigger{*elf->offset_of(call), ""};
    const auto with_policy = patched(program, phases);
    CHECK(*patch::restore_original(with_policy) == program);
    return test::run({.words = {write_program(directory, with_policy)}});
  };
  for (const char* name : {"patch_phases", "patch_phases_static", "patch_phases_fixed"}) {
    CAPTURE(name);
    const auto program = read_program(test::fixture(name));
    const auto outcome = run_patched_at(program, calls_in_main(program).of_serve);
    CHECK(outcome.output ==
          "before allowed\nafter denied\nthread denied\nchild denied\nagain denied\n");
    CHECK(outcome.error == "");
    CHECK(outcome.status == 7);
  }
  const auto program = read_program(test::fixture("patch_phases_no_plt"));
  const auto outcome = run_patched_at(program, calls_in_main(program).of_library);
  CHECK(outcome.output.starts_with("before allowed\n"));
  CHECK(outcome.output.ends_with("child denied\nagain denied\n"));
  CHECK(outcome.status == 7);
}

TEST_CASE("threads that race to the transition never run unfiltered past it") {
  for (const char* name : {"patch_race", "patch_race_static"}) {
    CAPTURE(name);
    const test::TemporaryDirectory directory;
    const auto path =
        write_program(directory, patched(read_program(test::fixture(name)), two_phases()));
    for (int i = 0; i < 50; ++i) {
      const auto outcome = test::run({.words = {path}});
      REQUIRE(outcome.output == "allowed 0\n");
      REQUIRE(outcome.status == 0);
    }
  }
}

TEST_CASE("int 0x80 is no way around the filter") {
  if (!test::can_interrupt_0x80()) {
    return;
  }
  for (const char* name : {"patch_int80", "patch_int80_static"}) {
    CAPTURE(name);
    const test::TemporaryDirectory directory;
    const auto path =
        write_program(directory, patched(read_program(test::fixture(name)), two_phases()));
    const auto outcome = test::run({.words = {path}});
    CHECK(outcome.output == "");
    CHECK(outcome.status == 128 + SIGSYS);
  }
}

TEST_CASE("audit logs instead of denying, unless it was compiled out") {
  const test::TemporaryDirectory directory;
  const auto program = read_program(test::fixture("patch_phases"));
  const std::vector<std::string> audit = {"HARNESS_SECCOMP=log"};
  auto path = write_program(directory, patched(program, two_phases()));
  CHECK(test::run({.words = {path}, .environment = audit}).output ==
        "before allowed\nafter allowed\nthread allowed\nchild allowed\nagain allowed\n");
  path = write_program(directory, patched(program, two_phases(false)));
  CHECK(test::run({.words = {path}, .environment = audit}).output ==
        "before allowed\nafter denied\nthread denied\nchild denied\nagain denied\n");
}

TEST_CASE("where the kernel refuses the filter the program ends with 126 and says so") {
  const test::TemporaryDirectory directory;
  auto phases = two_phases();
  phases[0].enforce[0].code = 0xffff; // no such instruction
  const auto path =
      write_program(directory, patched(read_program(test::fixture("patch_phases")), phases));
  const auto outcome = test::run({.words = {path}});
  CHECK(outcome.status == 126);
  CHECK(outcome.output == "");
  CHECK(outcome.error.find("rejected the seccomp policy") != std::string::npos);
}

TEST_CASE("removing gives the original back, byte for byte") {
  for (const auto& path : {test::fixture("patch_phases"), test::fixture("patch_phases_static")}) {
    const auto program = read_program(path);
    const auto with_policy = patched(program, two_phases());
    CHECK(with_policy != program);
    const auto original = patch::restore_original(with_policy);
    REQUIRE(original.ok());
    CHECK(*original == program);
    auto edited = with_policy;
    edited[program.size() / 2] ^= 1;
    CHECK_FALSE(patch::restore_original(edited).ok());
  }
  CHECK_FALSE(patch::restore_original(read_program(test::fixture("patch_phases"))).ok());
}

TEST_CASE("system programs behave as before under a filter that allows everything") {
  struct Program {
    std::string path;
    std::vector<std::string> arguments;
  };
  const std::vector<Program> programs = {
      {"/usr/bin/ls", {"-la", "/usr"}},
      {"/usr/bin/env", {}},
      {"/usr/bin/sort", {"/etc/passwd"}},
      {"/bin/bash", {"-c", "echo $((6*7)); exit 3"}},
      // How much was read to start it, program headers included.
      {"/bin/bash", {"-c", "read -r n </proc/self/io; echo $n"}}};
  for (const auto& [source, arguments] : programs) {
    CAPTURE(source);
    const test::TemporaryDirectory directory;
    const std::string path = directory / std::filesystem::path(source).filename();
    const auto program =
        patched(read_program(source), {{"all", LaunchTrigger{}, all_but({}), all_but({})}},
                patch::At::main);
    REQUIRE(replace_file(path, program).ok());
    ::chmod(path.c_str(), 0755);
    test::Command before{.words = {source}};
    test::Command after{.words = {path}};
    for (auto* command : {&before, &after}) {
      command->words.insert(command->words.end(), arguments.begin(), arguments.end());
    }
    const auto expected = test::run(before);
    const auto seen = test::run(after);
    CHECK(seen.status == expected.status);
    if (source != "/usr/bin/env") { // env shows its own path
      CHECK(seen.output == expected.output);
    }
  }
}

TEST_CASE("symbols and sections of a patched program stay valid") {
  if (!test::available("readelf", "binutils")) {
    return;
  }
  const test::TemporaryDirectory directory;
  const auto path =
      write_program(directory, patched(read_program(test::fixture("patch_phases")), two_phases()));
  const auto before = test::run({.words = {"readelf", "-sSnW", test::fixture("patch_phases")}});
  const auto after = test::run({.words = {"readelf", "-sSnW", path}});
  CHECK(after.output == before.output);
  CHECK(after.error == "");
}

TEST_CASE("a patched program has as many program headers as before") {
  for (const auto& path : {std::string("/usr/bin/ls"), test::fixture("patch_phases")}) {
    const auto program = read_program(path);
    const auto with_policy =
        patched(program, {{"all", LaunchTrigger{}, all_but({}), all_but({})}}, patch::At::main);
    CHECK(headers_of(with_policy).size() == headers_of(program).size());
    CHECK(loads_in_order(headers_of(with_policy)));
  }
}

TEST_CASE("each refusal says what to do instead") {
  const auto program = read_program(test::fixture("patch_phases"));
  CHECK(refusal("#!/bin/sh\n", two_phases()).find("not an ELF file") != std::string::npos);
  CHECK(refusal(program.substr(0, 100), two_phases()).find("damaged") != std::string::npos);
  CHECK(refusal(read_program(test::fixture("patch_phases")), {}).find("no phase") !=
        std::string::npos);
  CHECK(refusal(program, two_phases(), patch::At::load).find("--at init") != std::string::npos);
  CHECK(refusal(patched(program, two_phases()), two_phases()).find("--remove") !=
        std::string::npos);

  auto other = program;
  other[18] = 40; // e_machine: ARM
  CHECK(refusal(other, two_phases()).find("another architecture") != std::string::npos);

  auto phases = two_phases();
  phases[1].trigger = SymbolTrigger{"serv", 0, ""};
  CHECK(refusal(program, phases).find("did you mean 'serve'") != std::string::npos);
  phases[1].trigger = CallTrigger{"epoll_wait"};
  CHECK(refusal(program, phases).find("harness enforce") != std::string::npos);
  phases[1].trigger = SymbolTrigger{"write", 0, "libc"};
  CHECK(refusal(program, phases).find("library") != std::string::npos);
  phases[1].trigger = OffsetTrigger{std::uint64_t{1} << 40, ""};
  CHECK(refusal(program, phases).find("not the offset of loaded code") != std::string::npos);
  auto vast = program;
  auto headers = headers_of(program);
  for (auto& header : headers) {
    header.p_memsz = header.p_type == PT_LOAD && (header.p_flags & PF_W) != 0
                         ? std::uint64_t{1} << 45
                         : header.p_memsz;
  }
  vast.replace(sizeof(Elf64_Ehdr), headers.size() * sizeof(Elf64_Phdr),
               reinterpret_cast<const char*>(headers.data()), headers.size() * sizeof(Elf64_Phdr));
  CHECK(refusal(vast, two_phases()).find("too large in memory") != std::string::npos);
  phases[1].enforce.resize(5000);
  CHECK(refusal(program, phases).find("5000 instructions") != std::string::npos);
}

TEST_CASE("arbitrary damage to a program never crashes the patcher") {
  Random random(test::property_seed("arbitrary damage to a program never crashes the patcher"));
  const auto program = read_program(test::fixture("patch_phases"));
  for (int i = 0; i < 300; ++i) {
    auto damaged = program;
    for (std::uint64_t n = random.below(8) + 1; n > 0; --n) {
      // Headers matter most.
      const auto where = random.chance(1, 2) ? random.below(0x400) : random.below(damaged.size());
      damaged[where] = static_cast<char>(random.next());
    }
    if (random.chance(1, 4)) {
      damaged.resize(random.below(damaged.size()));
    }
    if (const auto result = patch::patch_program({.program = damaged, .phases = two_phases()})) {
      CHECK(result->size() > damaged.size());
    }
  }
}
