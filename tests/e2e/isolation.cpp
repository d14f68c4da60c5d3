// What a target can't do, whatever it is made to do, on the real way: plan, coordinator, sandbox,
// worker, tracer. The hostile fixture aborts when it reaches anything; then the campaign reports a
// crash.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/e2e/running.hpp"
#include "tests/support/process.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace harness;
using namespace harness::test;

namespace {

/// Sockets of the host that wait for a connection.
struct HostSockets {
  explicit HostSockets(const std::string& path) {
    local = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un place{};
    place.sun_family = AF_UNIX;
    std::strncpy(place.sun_path, path.c_str(), sizeof place.sun_path - 1);
    REQUIRE(::bind(local.get(), reinterpret_cast<sockaddr*>(&place), sizeof place) == 0);
    REQUIRE(::listen(local.get(), 8) == 0);
    ::chmod(path.c_str(), 0777);
    tcp = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(tcp.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(tcp.get(), 8) == 0);
    socklen_t length = sizeof address;
    REQUIRE(::getsockname(tcp.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port = ntohs(address.sin_port);
  }
  Fd local;
  Fd tcp;
  int port = 0;
};

/// False, with the reason printed, where targets can't be isolated.
bool possible() {
  const auto doctor = run({.words = {harness_binary(), "doctor"}});
  const bool good = doctor.output.find("BAD      isolation") == std::string::npos;
  if (!good) {
    std::printf("skipped: no isolation here\n%s", doctor.output.c_str());
  }
  return good;
}

struct Campaign {
  Outcome outcome;
  nlohmann::json report;
};

/// `before`: words that start a command in another way.
Campaign explore(const std::string& directory, const std::string& target,
                 const std::vector<std::string>& before = {}) {
  REQUIRE(replace_file(
      directory + "/hostile.yaml",
      target + "phases: [all]\n"
               "explore: {until: budget, runs: 8, workers: 2}\n"
               "grammar: {raw_mutation: false}\n"
               "limits: {wall: 2s}\n" // the daemon that it leaves behind ends with the run
               "gates: {crashes: 0}\n"));
  Campaign campaign;
  std::vector<std::string> words = before;
  words.insert(words.end(), {harness_binary(), "explore", "hostile.yaml"});
  campaign.outcome = run({.words = words, .directory = directory});
  const auto report = read_file(directory + "/hostile.campaign/report.json");
  REQUIRE_MESSAGE(report, campaign.outcome.error);
  campaign.report = nlohmann::json::parse(*report);
  return campaign;
}

/// One campaign of the hostile fixture, as user and group `id` inside.
void be_hostile(unsigned id, const std::vector<std::string>& before = {}) {
  const TemporaryDirectory directory;
  ::chmod(directory.path().c_str(), 0777);
  const HostSockets sockets(directory / "host.sock");
  const std::string mark = fmt::format("harness-hostile-{}-{}", ::getpid(), id);
  const auto campaign = explore(
      directory.path(),
      fmt::format("target:\n  executable: {}\n  arguments: [{}, {}, \"{}\", {}]\n"
                  "  extra_paths: [{}]\n  uid: {}\n  gid: {}\n",
                  fixture("hostile"), directory / "hostile.campaign", directory / "host.sock",
                  sockets.port, mark, directory / "host.sock", id, id),
      before);
  INFO(campaign.outcome.error);
  INFO(campaign.report.at("failures").dump(2));
  CHECK(campaign.outcome.status == 0);
  CHECK(campaign.report.at("runs") >= 8);
  for (const auto& failure : campaign.report.at("failures")) {
    CHECK(failure.at("crash") == false);
    const auto name = failure.at("name").get<std::string>();
    CHECK_FALSE(name.starts_with("launch-")); // what never ran proves nothing
    CHECK_FALSE(name.starts_with("tracer-"));
  }
  CHECK(processes_with(mark).empty());
  CHECK_FALSE(std::filesystem::exists("/etc/harness-hostile-was-here"));
  CHECK_FALSE(std::filesystem::exists(directory / "hostile.campaign/harness-hostile-was-here"));
}

} // namespace

TEST_CASE("a hostile target reaches nothing") {
  if (possible()) {
    be_hostile(65534);
  }
}

TEST_CASE("nor as root inside") {
  if (!possible()) {
    return;
  }
  if (::geteuid() != 0) {
    std::printf("skipped: another identity inside needs root outside\n");
    return;
  }
  be_hostile(0);
}

TEST_CASE("nor without root outside") {
  if (!possible()) {
    return;
  }
  if (::geteuid() != 0) {
    std::printf("skipped: all the tests here ran without root\n");
    return;
  }
  const std::vector<std::string> as_nobody = {"setpriv", "--reuid=65534", "--regid=65534",
                                              "--clear-groups", "--bounding-set=-all"};
  const auto may = [&](const std::vector<std::string>& command) {
    auto words = as_nobody;
    words.insert(words.end(), command.begin(), command.end());
    return run({.words = words}).status == 0;
  };
  if (!may({"bwrap", "--unshare-user", "--ro-bind", "/", "/", "true"})) {
    std::printf("skipped: users may not make user namespaces here\n");
    return;
  }
  if (!test::open_to_all(harness_binary())) {
    return;
  }
  be_hostile(65534, as_nobody);
}

TEST_CASE("had it reached something, the campaign would say so") {
  if (!possible()) {
    return;
  }
  const TemporaryDirectory directory;
  const auto campaign =
      explore(directory.path(), fmt::format("target: {{executable: {}, arguments: [succeed]}}\n",
                                            fixture("hostile")));
  CHECK(campaign.outcome.status == 8);
  CHECK_FALSE(campaign.report.at("failures").empty());
}
