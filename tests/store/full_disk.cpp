// A full disk ends with a clear message; once there is space again everything goes on.
#include "harness/store/ledger.hpp"
#include "tests/support/process.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

using namespace harness;
using namespace harness::store;
using harness::test::TemporaryDirectory;

namespace {

/// A small file system of its own, unmounted at the end; says why if there is none.
class SmallDisk {
public:
  SmallDisk(const std::string& path, const char* options) : path_(path) {
    mounted_ = ::mount("tmpfs", path.c_str(), "tmpfs", 0, options) == 0;
    if (!mounted_) {
      std::printf("left out: no small tmpfs can be mounted (%s)\n", std::strerror(errno));
    }
  }
  ~SmallDisk() {
    if (mounted_) {
      ::umount2(path_.c_str(), MNT_DETACH);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }

  /// Takes all free space but about `left_bytes`.
  void fill(std::size_t left_bytes) {
    const Fd file(::open((path_ + "/filler").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const std::string block(4096, 'x');
    off_t size = 0;
    while (::write(file.get(), block.data(), block.size()) == 4096) {
      size += 4096;
    }
    REQUIRE(::ftruncate(file.get(), size - static_cast<off_t>(left_bytes)) == 0);
  }
  void free() { REQUIRE(::unlink((path_ + "/filler").c_str()) == 0); }

private:
  std::string path_;
  bool mounted_ = false;
};

RunRecord run_of(Ledger& ledger, WriterIndex writer, std::int32_t number, std::size_t bytes) {
  RunRecord run{.writer = writer, .reached = {1}};
  run.pairs.push_back({.pair = ledger.pair(1, {AuditArch::x86_64, number}, "srv"), .calls = 1});
  run.input = "args " + std::to_string(number) + " " + std::string(bytes, 'a') + "\n";
  return run;
}

} // namespace

TEST_CASE("a full disk: a clear message, no damage, and on it goes when there is space") {
  // With large inputs the corpus hits the limit first, with small ones the database.
  for (const std::size_t input_bytes : {std::size_t{10}, std::size_t{20'000}}) {
    CAPTURE(input_bytes);
    TemporaryDirectory place;
    SmallDisk disk(place.path(), "size=4m");
    if (!disk.mounted()) {
      return;
    }
    std::int32_t found = 0;
    {
      auto directory = WorkDir::create(place / "c");
      REQUIRE(directory);
      auto ledger = Ledger::create(std::move(*directory), {"startup", "serving"});
      REQUIRE(ledger);
      const auto writer = ledger->begin_writer();
      REQUIRE(ledger->record(run_of(*ledger, writer, found++, input_bytes)));
      disk.fill(input_bytes < 100 ? 64 * 1024 : 200 * 1024);
      Result<News> last = News{};
      for (; found < 10'000; ++found) {
        last = ledger->record(run_of(*ledger, writer, found, input_bytes));
        if (!last) {
          break;
        }
      }
      REQUIRE_FALSE(last);
      CAPTURE(last.error().message);
      CHECK(last.error().code == ENOSPC);
      CHECK(last.error().message.find("--resume") != std::string::npos);
    }
    {
      // While it is still full, what was found can be read.
      const auto directory = WorkDir::open(place / "c");
      REQUIRE(directory);
      const auto books = Ledger::read(*directory);
      REQUIRE(books);
      CHECK(books->profile.pairs.size() >= static_cast<std::size_t>(found));
    }
    disk.free();
    auto resumed = WorkDir::open(place / "c");
    REQUIRE(resumed);
    REQUIRE(resumed->lock());
    auto ledger = Ledger::resume(std::move(*resumed));
    REQUIRE(ledger);
    for (std::int32_t i = 0; i < found; ++i) {
      const auto& pairs = ledger->books().profile.pairs;
      const auto pair = pairs.find({"serving", {AuditArch::x86_64, i}, "srv"});
      REQUIRE(pair != pairs.end());
      REQUIRE(ledger->directory().input(pair->second.first.input));
    }
    const auto writer = ledger->begin_writer();
    CHECK(ledger->record(run_of(*ledger, writer, 20'000, input_bytes)));
    CHECK(ledger->checkpoint());
  }
}
