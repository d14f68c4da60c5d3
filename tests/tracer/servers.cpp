// The point where serving begins, on real servers: found without help, on stripped binaries, and
// checked: it is entered once, before the first client is answered and after the socket listens.
// SPDX-License-Identifier: Apache-2.0
#include "core/model/syscall_table.hpp"
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"
#include "tracer/find_phases.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace harness;
using test::Target;

namespace {

/// A port that was free a moment ago.
int free_port() {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin_port);
}

/// Once the server is ready: three clients that each say something, then SIGTERM.
class Clients final : public RunDriver {
public:
  Clients(int port, std::string words) : port_(port), words_(std::move(words)) {}
  void started(RunControl& control, pid_t /*pid*/) override { control_ = &control; }
  void ready() override {
    was_ready = true;
    thread_ = std::thread([this] { talk(); });
  }
  void stop() override {
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  bool was_ready = false;
  int answered = 0;

private:
  void talk() {
    for (int i = 0; i < 3; ++i) {
      const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      const timeval patience{2, 0};
      ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      address.sin_port = htons(static_cast<std::uint16_t>(port_));
      char answer[512];
      if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
          ::send(socket.get(), words_.data(), words_.size(), MSG_NOSIGNAL) > 0 &&
          ::recv(socket.get(), answer, sizeof answer, 0) > 0) {
        ++answered;
      }
      ::usleep(20'000);
    }
    control_->request_signal(SIGTERM);
    control_->finish(std::chrono::seconds(1));
  }

  int port_;
  std::string words_;
  RunControl* control_ = nullptr;
  std::thread thread_;
};

struct Server {
  std::string name;
  std::string package;
  std::string executable;
  std::vector<std::string> words; // after argv[0]; {port} and {dir} are filled in
  std::string configuration;      // written to {dir}/conf
  std::string request;
  std::string serving; // the function that a person would name, where symbols tell
};

std::string filled(std::string text, int port, const std::string& directory) {
  const auto replace = [&](const std::string& what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what)) {
      text.replace(at, what.size(), by);
    }
  };
  replace("{port}", std::to_string(port));
  replace("{dir}", directory);
  return text;
}

struct Served {
  RunResult result;
  bool ready = false;
  int answered = 0;
};

Served serve(const Server& server, const std::string& directory, const std::vector<Phase>& phases,
             tracer::WaitLog* waits) {
  const int port = free_port();
  std::vector<std::string> words = {server.executable};
  for (const auto& word : server.words) {
    words.push_back(filled(word, port, directory));
  }
  REQUIRE(replace_file(directory + "/conf", filled(server.configuration, port, directory)).ok());
  Clients clients(port, server.request);
  Target target(words);
  target.options.phases = phases;
  target.spec.run_driver = &clients;
  target.spec.directory = directory;
  target.spec.limits.wall = std::chrono::seconds(20);
  tracer::StopFlag stop;
  Served served{tracer::run(target.spec, target.options, stop, waits), clients.was_ready,
                clients.answered};
  INFO(target.output());
  CHECK(served.ready);
  CHECK(served.answered == 3);
  return served;
}

void check_server(const Server& server) {
  INFO(server.name);
  if (!std::filesystem::exists(server.executable)) {
    MESSAGE("skipped: " << server.executable << " is missing; apt-get install " << server.package);
    return;
  }
  test::TemporaryDirectory directory;
  ::chmod(directory.path().c_str(), 0777);
  const auto phases =
      tracer::find_phases({{"load", LaunchTrigger{}}, {"auto", AutoTrigger{}}}, server.executable,
                          [&](const std::vector<Phase>& wanted, tracer::WaitLog* waits) {
                            return serve(server, directory.path(), wanted, waits).result;
                          });
  REQUIRE_MESSAGE(phases.ok(), (phases.ok() ? "" : phases.error().message));
  REQUIRE(phases->size() == 4);
  MESSAGE(server.name << ": init " << trigger_text((*phases)[1].trigger) << ", main "
                      << trigger_text((*phases)[2].trigger) << ", serving "
                      << trigger_text((*phases)[3].trigger));
  const auto served = serve(server, directory.path(), *phases, nullptr);
  CHECK_FALSE(std::count(served.result.incomplete.begin(), served.result.incomplete.end(),
                         Incomplete::breakpoint_lost));
  // Entered in order, listening before serving, the clients answered within serving.
  const auto before = test::counts_in(served.result, 2);
  const auto serving = test::counts_in(served.result, 3);
  CHECK(before.contains("listen"));
  CHECK_FALSE(serving.contains("listen"));
  CHECK((serving.contains("accept") || serving.contains("accept4")));
  CHECK_FALSE((before.contains("accept") || before.contains("accept4")));
  CHECK(test::counts_in(served.result, 0).at("execve") == 1);
}

} // namespace

TEST_CASE("serving is found: redis-server") {
  check_server({.name = "redis-server",
                .package = "redis-server",
                .executable = "/usr/bin/redis-server",
                .words = {"--port", "{port}", "--save", "", "--dir", "{dir}"},
                .configuration = "",
                .request = "PING\r\n"});
}

TEST_CASE("serving is found: nginx") {
  check_server({.name = "nginx",
                .package = "nginx",
                .executable = "/usr/sbin/nginx",
                .words = {"-p", "{dir}", "-c", "{dir}/conf", "-e", "{dir}/error.log"},
                .configuration =
                    "daemon off;\nworker_processes 1;\npid {dir}/pid;\n"
                    "events {}\nhttp { access_log off; client_body_temp_path {dir}/a;\n"
                    "proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c;\n"
                    "uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;\n"
                    "server { listen 127.0.0.1:{port}; return 200 hello; } }\n",
                .request = "GET / HTTP/1.0\r\n\r\n"});
}

TEST_CASE("serving is found: memcached") {
  check_server({.name = "memcached",
                .package = "memcached",
                .executable = "/usr/bin/memcached",
                .words = {"-u", "nobody", "-p", "{port}", "-U", "0", "-l", "127.0.0.1"},
                .configuration = "",
                .request = "version\r\n"});
}

TEST_CASE("serving is found: sshd -D") {
  if (::getuid() != 0) {
    MESSAGE("skipped: sshd must start as root");
    return;
  }
  test::TemporaryDirectory keys;
  const std::string key = keys / "key";
  if (test::run({.words = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key}}).status !=
      0) {
    MESSAGE("skipped: ssh-keygen is missing; apt-get install openssh-client");
    return;
  }
  ::mkdir("/run/sshd", 0755);
  check_server({.name = "sshd",
                .package = "openssh-server",
                .executable = "/usr/sbin/sshd",
                .words = {"-D", "-e", "-f", "{dir}/conf"},
                .configuration = "Port {port}\nListenAddress 127.0.0.1\nHostKey " + key +
                                 "\nUsePAM no\nPidFile {dir}/pid\n",
                .request = "SSH-2.0-test\r\n"});
}

TEST_CASE("serving is found: python3 -m http.server") {
  check_server({.name = "http.server",
                .package = "python3",
                .executable = std::filesystem::canonical("/usr/bin/python3"),
                .words = {"-m", "http.server", "--bind", "127.0.0.1", "{port}"},
                .configuration = "",
                .request = "GET / HTTP/1.0\r\n\r\n"});
}

TEST_CASE("programs that do not serve have no serving phase") {
  for (const char* program : {"/usr/bin/ls", "/usr/bin/sqlite3"}) {
    if (!std::filesystem::exists(program)) {
      MESSAGE("skipped: " << program << " is missing");
      continue;
    }
    INFO(program);
    const auto run = [&](const std::vector<Phase>& wanted, tracer::WaitLog* waits) {
      Target target({program});
      target.options.phases = wanted;
      tracer::StopFlag stop;
      return tracer::run(target.spec, target.options, stop, waits);
    };
    const auto phases =
        tracer::find_phases({{"load", LaunchTrigger{}}, {"auto", AutoTrigger{}}}, program, run);
    REQUIRE(phases.ok());
    REQUIRE(phases->size() == 3);
    const auto result = run(*phases, nullptr);
    REQUIRE(result.entries.size() == 3);
    CHECK(test::counts_in(result, 0).at("execve") == 1);
    CHECK(test::counts_in(result, 2).at("exit_group") == 1);
    const auto wrong = tracer::find_phases(
        {{"all", LaunchTrigger{}}, {"s", AutoTrigger{"serving"}}}, program, run);
    CHECK_FALSE(wrong.ok());
  }
}
