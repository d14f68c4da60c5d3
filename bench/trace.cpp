// What tracing costs, next to strace and to nothing: paired and alternating, medians of ratios to
// the untraced run of the same round. Usage: trace [ROUNDS [PART]] (default 15, all of them); PART
// is ls, many, loop, threads, extras or redis.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/model/syscall_table.hpp"
#include "tracer/tracer.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace harness;
using Words = std::vector<std::string>;

namespace {

constexpr int redis_port = 17379;
constexpr int redis_requests = 50'000;

double now_us() {
  return std::chrono::duration<double, std::micro>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

int null_device() {
  static const int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  return fd;
}

pid_t spawn(const Words& words, int output = null_device()) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i) {
    ::posix_spawn_file_actions_adddup2(&actions, i == 1 ? output : null_device(), i);
  }
  std::vector<char*> argv;
  for (const auto& word : words) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  char* environment[] = {const_cast<char*>("PATH=/usr/bin:/bin"), const_cast<char*>("LC_ALL=C"),
                         nullptr};
  pid_t child = 0;
  ::posix_spawn(&child, words[0].c_str(), &actions, nullptr, argv.data(), environment);
  ::posix_spawn_file_actions_destroy(&actions);
  return child;
}

void finish(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
}

Words strace(Words words, bool filter) {
  Words command = {"/usr/bin/strace", "-f", "-c", "-o", "/dev/null"};
  if (filter) {
    command.emplace_back("--seccomp-bpf");
  }
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

/// What to launch, and how to watch it.
struct Job {
  RunSpec spec;
  TraceOptions options;
};

Job job_of(const Words& words) {
  Job job;
  job.spec.executable = words[0];
  job.spec.arguments = words;
  job.spec.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C"};
  job.spec.streams = {null_device(), null_device(), null_device()};
  job.spec.limits.wall = std::chrono::minutes(5);
  job.spec.limits.processes = 100'000;
  job.options.observe.sites = false;
  return job;
}

RunResult traced(const Job& job) {
  tracer::StopFlag stop;
  return tracer::run(job.spec, job.options, stop);
}

/// What a way of running measures: microseconds, where less is better, or requests a second.
using Way = std::function<double()>;
struct NamedWay {
  std::string name;
  Way run;
};

double timed(const std::function<void()>& work) {
  const double begin = now_us();
  work();
  return now_us() - begin;
}

void compare(const std::string& title, const std::string& unit, int rounds,
             const std::vector<NamedWay>& ways) {
  std::vector<std::vector<double>> values(ways.size());
  std::vector<std::vector<double>> ratios(ways.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
      values[i].push_back(ways[i].run());
      ratios[i].push_back(values[i].back() / values[0].back());
    }
  }
  fmt::print("\n{} ({}, median of {})\n", title, unit, rounds);
  for (std::size_t i = 0; i < ways.size(); ++i) {
    fmt::print("  {:22} {:12.1f}   x {:.2f}\n", ways[i].name, median(values[i]), median(ratios[i]));
  }
  std::fflush(stdout);
}

void compare_command(const std::string& title, const Words& words, int rounds) {
  const Job counting = job_of(words);
  const RunResult seen = traced(counting);
  Job discovering = counting;
  discovering.options.mode = Mode::discover;
  for (const auto& sighting : seen.sightings) {
    discovering.options.known.insert(sighting.call);
  }
  std::vector<NamedWay> ways = {
      {"untraced", [&] { return timed([&] { finish(spawn(words)); }); }},
      {"count", [&] { return timed([&] { traced(counting); }); }},
      {"discover", [&] { return timed([&] { traced(discovering); }); }},
  };
  if (std::filesystem::exists("/usr/bin/strace")) {
    ways.push_back(
        {"strace -f -c", [&] { return timed([&] { finish(spawn(strace(words, false))); }); }});
    ways.push_back({"strace --seccomp-bpf",
                    [&] { return timed([&] { finish(spawn(strace(words, true))); }); }});
  }
  compare(fmt::format("{} ({} calls)", title, seen.calls), "us", rounds, ways);
}

/// What isolation and the things to look at cost, against a plain run of ours.
void compare_extras(int rounds) {
  const std::string directory = "/dev/shm/harness-bench-run";
  std::filesystem::create_directories(directory + "/run");
  Job plain = job_of({"/usr/bin/true"});
  plain.options.mode = Mode::discover;
  for (const auto& sighting : traced(plain).sightings) {
    plain.options.known.insert(sighting.call);
  }
  Job isolated = plain;
  isolated.spec.isolation = Isolation{.run_directory = directory};
  isolated.spec.directory = "/tmp/run";
  compare("isolation, around `true` in discover", "us", rounds * 10,
          {{"plain", [&] { return timed([&] { traced(plain); }); }},
           {"isolated", [&] { return timed([&] { traced(isolated); }); }}});
  std::filesystem::remove_all(directory);

  const Job counting = job_of({"/usr/bin/ls", "-l", "/usr"});
  Job sites = counting;
  sites.options.observe.sites = true;
  Job arguments = counting;
  arguments.options.observe.arguments = arguments.options.observe.edges = true;
  Job words = counting;
  words.options.observe.strings = true;
  Job errors = counting;
  errors.options.observe.all_errno = true;
  Job phased = counting;
  phased.options.phases = {{"load", LaunchTrigger{}}, {"main", SymbolTrigger{"main", 0, ""}}};
  const auto way = [](const Job& job) { return [&job] { return timed([&] { traced(job); }); }; };
  compare("what to look at besides, `ls -l /usr` in count", "us", rounds * 5,
          {{"counts alone", way(counting)},
           {"all sites unknown", way(sites)},
           {"arguments and edges", way(arguments)},
           {"words", way(words)},
           {"errors of all calls", way(errors)},
           {"a phase at main", way(phased)}});
}

// ---- redis under load
// -----------------------------------------------------------------------------

const Words redis = {"/usr/bin/redis-server", "--port", std::to_string(redis_port), "--save", ""};

bool answers() {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(redis_port);
  return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

/// Requests a second of `test` ("set", "get"), as redis-benchmark itself reports them: what a
/// server's start costs is not in it.
double load(const std::string& test) {
  const Fd report(::memfd_create("report", MFD_CLOEXEC));
  finish(spawn({"/usr/bin/redis-benchmark", "-p", std::to_string(redis_port), "-t", test, "-n",
                std::to_string(redis_requests), "--csv"},
               report.get()));
  ::lseek(report.get(), 0, SEEK_SET);
  const auto text = read_all(report.get());
  // A line of titles, then "SET","138888.89",…
  const auto line = text ? text->rfind("\n\"") : std::string::npos;
  const auto rate = line == std::string::npos ? line : text->find(",\"", line);
  return rate == std::string::npos ? 0 : std::atof(text->c_str() + rate + 2);
}

class Load final : public RunDriver {
public:
  explicit Load(std::string test) : test_(std::move(test)) {}
  void started(RunControl& control, pid_t /*pid*/) override { control_ = &control; }
  void ready() override {
    thread_ = std::thread([this] {
      rate = load(test_);
      control_->request_signal(SIGTERM);
      control_->finish(std::chrono::seconds(2));
    });
  }
  void stop() override {
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  double rate = 0;

private:
  std::string test_;
  RunControl* control_ = nullptr;
  std::thread thread_;
};

double redis_spawned(const Words& words, const std::string& test) {
  const pid_t server = spawn(words);
  while (!answers()) {
    ::usleep(1000);
  }
  const double rate = load(test);
  finish(spawn({"/usr/bin/redis-cli", "-p", std::to_string(redis_port), "shutdown", "nosave"}));
  finish(server);
  return rate;
}

double redis_traced(Job job, const std::string& test) {
  Load load(test);
  job.spec.run_driver = &load;
  traced(job);
  return load.rate;
}

void compare_redis(const std::string& test, int rounds) {
  Job counting = job_of(redis);
  counting.options.phases = {{"startup", LaunchTrigger{}},
                             {"serving", SymbolTrigger{"aeMain", 0, ""}}};
  Job discovering = counting;
  discovering.options.mode = Mode::discover;
  Load first(test);
  counting.spec.run_driver = &first;
  const RunResult seen = traced(counting);
  for (const auto& sighting : seen.sightings) {
    if (sighting.phase == 1) {
      discovering.options.known.insert(sighting.call);
    }
  }
  std::vector<NamedWay> ways = {
      {"untraced", [&] { return redis_spawned(redis, test); }},
      {"count", [&] { return redis_traced(counting, test); }},
      {"discover", [&] { return redis_traced(discovering, test); }},
  };
  if (std::filesystem::exists("/usr/bin/strace")) {
    ways.push_back({"strace -f -c", [&] { return redis_spawned(strace(redis, false), test); }});
    ways.push_back(
        {"strace --seccomp-bpf", [&] { return redis_spawned(strace(redis, true), test); }});
  }
  compare(fmt::format("redis-benchmark -t {} -n {} ({} calls)", test, redis_requests, seen.calls),
          "requests/s", rounds, ways);
}

void compare_redis(int rounds) {
  if (!std::filesystem::exists(redis[0]) || !std::filesystem::exists("/usr/bin/redis-benchmark")) {
    fmt::print("left out: redis; apt-get install redis-server redis-tools\n");
    return;
  }
  compare_redis("set", rounds);
  compare_redis("get", rounds);
}

/// `ls -l` on 10,000 files.
void compare_many(int rounds) {
  const auto many = std::filesystem::temp_directory_path() / "harness-bench-many-files";
  std::filesystem::create_directories(many);
  for (int i = 0; i < 10'000; ++i) {
    const Fd file(::open((many / std::to_string(i)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
  }
  compare_command("ls -l, 10,000 files", {"/usr/bin/ls", "-l", many.string()}, rounds);
  std::filesystem::remove_all(many);
}

} // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  const std::string part = argc > 2 ? argv[2] : "";
  const auto wanted = [&](std::string_view name) { return part.empty() || part == name; };
  const std::string fixtures = HARNESS_FIXTURES;
  if (wanted("ls")) {
    compare_command("ls -l, small directory", {"/usr/bin/ls", "-l", "/usr"}, rounds);
  }
  if (wanted("many")) {
    compare_many(std::min(rounds, 5));
  }
  if (wanted("loop")) {
    compare_command("20,000 calls in a loop", {fixtures + "/busy_loop", "20000"}, rounds);
  }
  if (wanted("threads")) {
    compare_command("2,000 threads", {fixtures + "/many_threads", "2000"}, std::min(rounds, 7));
  }
  if (wanted("extras")) {
    compare_extras(rounds);
  }
  if (wanted("redis")) {
    compare_redis(std::min(rounds, 5));
  }
  return 0;
}
