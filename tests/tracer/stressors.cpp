// stress-ng as oracle: every stressor that runs here ends traced as it does untraced, in count and
// in discover, by stress-ng's own verification. Run as nobody, without a way to more privileges: as
// root some stressors apply_faults_and_signals the machine. HARNESS_PART=1/2 takes every second
// one, HARNESS_STRESSORS="memfd fork" those alone.
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <grp.h>
#include <map>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/fd.hpp"
#include "core/base/text.hpp"

using namespace harness;
using test::Shown;
using test::Target;

namespace {

using Words = std::vector<std::string>;

const char* const stress_ng = "/usr/bin/stress-ng";
constexpr std::uint32_t nobody = 65534;

/// Never started: what each would do to the machine.
const std::map<std::string, std::string> left_out = {
    {"mmapfork", "its 32 children map and fill half of the machine's free memory"},
};

/// Options without which a stressor takes minutes for its set-up, whatever its time-out says.
const std::map<std::string, Words> smaller = {
    {"chdir", {"--chdir-dirs", "64"}},
    {"symlink", {"--temp-path", "/dev/shm"}},
};

void become_nobody() {
  if (::getuid() == 0) {
    REQUIRE(::setgroups(0, nullptr) == 0);
    REQUIRE(::setresgid(nobody, nobody, nobody) == 0);
    REQUIRE(::setresuid(nobody, nobody, nobody) == 0);
    ::prctl(PR_SET_DUMPABLE, 1); // our own /proc/self stays ours
  }
  REQUIRE(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

/// The stressors of this part, as stress-ng lists them.
Words stressors() {
  const char* named = std::getenv("HARNESS_STRESSORS");
  const auto words = split_words(
      named != nullptr ? named : trim(test::run({.words = {stress_ng, "--stressors"}}).output));
  REQUIRE(words.has_value());
  std::size_t part = 1;
  std::size_t parts = 1;
  if (const char* wish = std::getenv("HARNESS_PART"); wish != nullptr) {
    REQUIRE(std::sscanf(wish, "%zu/%zu", &part, &parts) == 2);
  }
  Words mine;
  for (std::size_t i = 0; i < words->size(); ++i) {
    if (i % parts == part - 1) {
      mine.push_back((*words)[i]);
    }
  }
  return mine;
}

Words command(const std::string& stressor, const std::string& directory) {
  Words words = {stress_ng,  "--" + stressor, "1",           "--timeout", "1s",
                 "--verify", "--keep-name",   "--temp-path", directory};
  if (const auto more = smaller.find(stressor); more != smaller.end()) {
    words.insert(words.end(), more->second.begin(), more->second.end());
  }
  return words;
}

/// What is compared: the exit status, and what stress-ng says of its own verification.
struct Verdict {
  int status = 0;
  bool successful = false;
  bool failed = false;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

Verdict verdict(int status, const std::string& output) {
  return {status, output.find("successful run completed") != std::string::npos,
          output.find("stress-ng: fail:") != std::string::npos};
}

std::string text(const Verdict& verdict) {
  return fmt::format("status {}{}{}", verdict.status, verdict.successful ? ", successful" : "",
                     verdict.failed ? ", verification failed" : "");
}

/// Why stress-ng did not start the stressor, in its own words; empty if it did.
std::string refusal(const std::string& output) {
  if (output.find("No stress workers invoked") == std::string::npos) {
    return "";
  }
  for (const auto& line : split(output, '\n')) {
    const auto begin = line.find("] ");
    if (begin != std::string::npos &&
        (line.find("skip") != std::string::npos || line.find("disabled") != std::string::npos)) {
      return std::string(line.substr(begin + 2));
    }
  }
  return "no worker was started";
}

class Comparison {
public:
  explicit Comparison(std::string stressor)
      : stressor_(std::move(stressor)), words_(command(stressor_, directory_.path())) {}

  /// Why it can't be compared, or nothing.
  std::string unfit() {
    const Shown shown = test::run_untraced(words_);
    expected_ = verdict(shown.status, shown.output);
    if (auto refused = refusal(shown.output); !refused.empty()) {
      return refused;
    }
    if (untraced() != expected_) {
      return "differs between two untraced runs";
    }
    // Untraced, stress-ng may end before a child that it killed.
    for (int i = 0; i < 1000 && !test::processes_with(directory_.path()).empty(); ++i) {
      ::usleep(10'000);
    }
    return test::processes_with(directory_.path()).empty() ? "" : "leaves processes untraced";
  }

  /// Why it can't be traced, or nothing.
  std::string in_mode(Mode mode, const SyscallSet& known) {
    Target target(words_);
    target.options.mode = mode;
    target.options.known = known;
    target.options.observe.sites = false;
    target.spec.limits = {.wall = std::chrono::minutes(2),
                          .output_bytes = UINT64_MAX,
                          .memory_bytes = UINT64_MAX,
                          .disk_bytes = UINT64_MAX,
                          .processes = UINT32_MAX};
    const auto result = target.run();
    const std::string output = target.output();
    for (const auto& sighting : result.sightings) {
      seen_.insert(sighting.call);
    }
    if (std::count(result.incomplete.begin(), result.incomplete.end(), Incomplete::own_tracer) !=
        0) {
      return "traces a child of its own, which has one tracer already; the run says so";
    }
    const Verdict got = verdict(test::exit_status(result), output);
    const std::string run =
        fmt::format("{} in {}{}: {}\n{}", stressor_, mode == Mode::count ? "count" : "discover",
                    known.empty() ? "" : " with known calls", describe(result.end), output);
    INFO(run);
    for (const int left : test::processes_with(directory_.path())) {
      const auto status = read_file(fmt::format("/proc/{}/status", left));
      FAIL_CHECK("a process is left: " << (status ? *status : ""));
    }
    if (got != expected_ && !untraced_shows(got)) {
      FAIL_CHECK("traced " << text(got) << ", untraced " << text(expected_));
    }
    return "";
  }

  const SyscallSet& seen() const { return seen_; }

private:
  Verdict untraced() const {
    const Shown shown = test::run_untraced(words_);
    return verdict(shown.status, shown.output);
  }

  /// A stressor that now and then ends so without us as well.
  bool untraced_shows(const Verdict& got) const {
    for (int i = 0; i < 5; ++i) {
      if (untraced() == got) {
        std::printf("skipped: stressor %s: now and then ends with %s untraced, too\n",
                    stressor_.c_str(), text(got).c_str());
        return true;
      }
    }
    return false;
  }

  std::string stressor_;
  test::TemporaryDirectory directory_;
  Words words_;
  Verdict expected_;
  SyscallSet seen_;
};

} // namespace

TEST_CASE("every stressor of stress-ng ends as untraced, in count and in discover") {
  if (!test::available("stress-ng", "stress-ng")) {
    return;
  }
  become_nobody();
  std::size_t compared = 0;
  for (const auto& stressor : stressors()) {
    std::string reason;
    if (const auto never = left_out.find(stressor); never != left_out.end()) {
      reason = never->second;
    } else {
      Comparison comparison(stressor);
      reason = comparison.unfit();
      if (reason.empty()) {
        reason = comparison.in_mode(Mode::count, {});
      }
      if (reason.empty()) {
        comparison.in_mode(Mode::discover, comparison.seen()); // free from its first instruction
        comparison.in_mode(Mode::discover, {});                // once it has learned
        ++compared;
      }
    }
    if (!reason.empty()) {
      std::printf("skipped: stressor %s: %s\n", stressor.c_str(), reason.c_str());
    }
    std::fflush(stdout);
  }
  MESSAGE(compared << " stressors compared");
  CHECK(compared > 0);
}
