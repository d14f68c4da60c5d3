// SPDX-License-Identifier: Apache-2.0
#include "core/model/syscall_table.hpp"

#include "core/base/text.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <cstdio>
#include <doctest/doctest.h>
#include <filesystem>
#include <map>

using namespace harness;

namespace {

constexpr AuditArch all_archs[] = {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64};

SyscallId x64(std::int32_t number) {
  return {AuditArch::x86_64, number};
}
SyscallId x86(std::int32_t number) {
  return {AuditArch::i386, number};
}
SyscallId arm(std::int32_t number) {
  return {AuditArch::aarch64, number};
}

/// The numbers that a C header gives, by name: an oracle that is not ours.
std::map<std::string, std::int32_t> numbers_of_header(const std::string& header) {
  const auto outcome =
      test::run({.words = {"cc", "-E", "-dM", "-include", header, "-x", "c", "/dev/null"}});
  std::map<std::string, std::int32_t> numbers;
  for (const auto& line : split(outcome.output, '\n')) {
    const auto words = split_words(line);
    if (words && words->size() == 3 && (*words)[1].starts_with("__NR_")) {
      if (const auto number = parse_integer((*words)[2])) {
        numbers.emplace((*words)[1].substr(5), static_cast<std::int32_t>(*number));
      }
    }
  }
  return numbers;
}

} // namespace

TEST_CASE("golden names and numbers") {
  CHECK(syscall_name(x64(0)) == "read");
  CHECK(syscall_name(x64(257)) == "openat");
  CHECK(syscall_name(x64(336)) == "uprobe");
  CHECK(syscall_name(x64(462)) == "mseal");
  CHECK(syscall_name(x64(468)) == "file_getattr");
  CHECK(syscall_name(x64(471)) == "rseq_slice_yield");
  CHECK(syscall_name(x86(5)) == "open");
  CHECK(syscall_name(x86(102)) == "socketcall");
  CHECK(syscall_name(arm(56)) == "openat");
  CHECK(syscall_name(arm(222)) == "mmap");
  for (const auto arch : all_archs) {
    CHECK(syscall_name({arch, 435}) == "clone3");
    CHECK(syscall_name({arch, 451}) == "cachestat");
  }
}

TEST_CASE("numbers beyond the table keep their number as name") {
  CHECK(syscall_name(x64(999)) == "syscall_999");
  CHECK(syscall_name(x64(-1)) == "syscall_-1");
  CHECK(syscall_name(x64(400)) == "syscall_400");
  CHECK(syscall_name({AuditArch{0xc0000015}, 4}) == "syscall_4");
  CHECK(qualified_name({AuditArch{0xc0000015}, 4}) == "arch_0xc0000015:syscall_4");
  CHECK(qualified_name(x86(999)) == "i386:syscall_999");
}

TEST_CASE("x32 calls have names of their own") {
  CHECK(syscall_name(x64(x32_bit | 0)) == "x32_read");
  CHECK(syscall_name(x64(x32_bit | 520)) == "x32_execve");
  CHECK(syscall_name(x64(x32_bit | 59)) == "x32_syscall_59"); // the 64-bit execve is none of x32
  CHECK(syscall_name(x64(520)) == "syscall_520");
  CHECK(is_x32(x64(x32_bit)));
  CHECK_FALSE(is_x32(x86(x32_bit)));
  CHECK_FALSE(is_x32(x64(-1)));
}

TEST_CASE("finding is the inverse of naming") {
  std::vector<SyscallId> ids;
  for (const auto arch :
       {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64, AuditArch{0x28}}) {
    for (std::int32_t number = -2; number < 1100; ++number) {
      ids.push_back({arch, number});
      ids.push_back({arch, number | x32_bit});
    }
    ids.push_back({arch, INT32_MAX});
    ids.push_back({arch, INT32_MIN});
  }
  for (const auto id : ids) {
    for (const auto native : all_archs) {
      const auto name = qualified_name(id, native);
      CAPTURE(name);
      REQUIRE(find_syscall(name, native) == id);
    }
  }
}

TEST_CASE("what is no call is not found") {
  for (const char* name :
       {"", "opena", "OPENAT", "openat ", "syscall_", "syscall_x", "sparc:open", "i386:", ":open",
        "x32_", "x32_syscall_-1", "_llseek", "i386:openat:", "syscall_99999999999"}) {
    CAPTURE(name);
    CHECK_FALSE(find_syscall(name).has_value());
  }
  CHECK(find_syscall("i386:_llseek") == x86(140));
  CHECK(find_syscall("_llseek", AuditArch::i386) == x86(140));
  CHECK(find_syscall("x86_64:openat", AuditArch::i386) == x64(257));
}

TEST_CASE("every call has a note, and every note a call") {
  std::vector<std::string_view> names;
  for (const auto arch : all_archs) {
    for (const auto& call : syscalls_of(arch)) {
      names.push_back(call.name);
      CHECK(note_of(call.name).name == call.name);
    }
  }
  for (const auto& note : syscall_notes()) {
    CAPTURE(note.name);
    CHECK(std::ranges::find(names, note.name) != names.end());
    CHECK((note.risk == Risk::low) == note.reason.empty());
  }
  CHECK(note_of("execve").risk == Risk::critical);
  CHECK(note_of("i386:socketcall").category == Category::network);
  CHECK(note_of("stat64").category == Category::file);
  CHECK(note_of("setresuid32").reason == note_of("setuid").reason);
  CHECK(note_of("syscall_999").category == Category::other);
}

TEST_CASE("families are symmetric") {
  const auto family = family_of("openat");
  CHECK(std::ranges::find(family, "openat2") != family.end());
  CHECK(std::ranges::find(family_of("clone"), "clone3") != family_of("clone").end());
  CHECK(family_of("getpid").empty());
  for (const auto& note : syscall_notes()) {
    const auto members = family_of(note.name);
    for (const auto member : members) {
      CAPTURE(member);
      CHECK(std::ranges::equal(family_of(member), members));
    }
    if (!members.empty()) {
      CHECK(members.size() > 1);
      CHECK(std::ranges::find(members, note.name) != members.end());
    }
  }
}

TEST_CASE("the table agrees with the kernel headers of this machine") {
  if (!test::available("cc", "gcc")) {
    return;
  }
  const std::pair<AuditArch, const char*> headers[] = {{AuditArch::x86_64, "asm/unistd_64.h"},
                                                       {AuditArch::i386, "asm/unistd_32.h"}};
  for (const auto& [arch, header] : headers) {
    const auto numbers = numbers_of_header(header);
    if (numbers.empty()) {
      std::printf("skipped: no header %s\n", header);
      continue;
    }
    CHECK(numbers.size() > 300);
    for (const auto& [name, number] : numbers) {
      CAPTURE(name);
      const auto found = find_syscall(name, arch);
      if (!found) { // a kernel newer than the table
        CHECK(number > std::ranges::max(syscalls_of(arch), {}, &SyscallName::number).number);
        continue;
      }
      CHECK(found->number == number);
    }
  }
}
