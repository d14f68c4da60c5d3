#include "workloads/sidecar.hpp"

#include "core/base/text.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <future>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::workloads {

namespace {

/// Everything that the child needs, made before the fork: in the child of a process with threads
/// only plain system calls are safe.
struct Launch {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const NeighborSurroundings& where;
  int output = -1; // write end: its standard output
  int report = -1; // write end: errno of a launch that failed; closed by exec
};

[[noreturn]] void give_up(const Launch& launch) {
  const int code = errno;
  (void)!::write(launch.report, &code, sizeof code);
  ::_exit(127);
}

void enter_run(const Launch& launch) {
  const auto& place = launch.where.place;
  if (!place.isolated) {
    return;
  }
  if (::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount(place.directory.c_str(), "/tmp", nullptr, MS_BIND, nullptr) != 0) {
    give_up(launch);
  }
  if (!place.hidden_directory.empty() &&
      ::umount2(place.hidden_directory.c_str(), MNT_DETACH) != 0) {
    give_up(launch);
  }
  // Its own process namespace shows in its own /proc.
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    give_up(launch);
  }
  const auto& owner = launch.where.owner;
  // By the calls themselves: the C library's functions wait for all threads of the process, and
  // those that it knows of are our parent's. The groups: not allowed where only one is mapped, then
  // there are none.
  (void)::syscall(SYS_setgroups, 0, nullptr);
  if ((owner.gid && ::syscall(SYS_setresgid, *owner.gid, *owner.gid, *owner.gid) != 0) ||
      (owner.uid && ::syscall(SYS_setresuid, *owner.uid, *owner.uid, *owner.uid) != 0)) {
    give_up(launch);
  }
}

[[noreturn]] void become(const Launch& launch) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setsid();
  enter_run(launch);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a change of identity clears it
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (::chdir(launch.where.directory.c_str()) != 0) {
    give_up(launch);
  }
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, 0);
  ::dup2(launch.output, 1);
  ::dup2(null, 2);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvpe(launch.argv[0], launch.argv.data(), launch.environment.data());
  give_up(launch);
}

struct Running {
  pid_t id = -1;
  Fd output; // read end
};

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  for (const auto& word : words) {
    all.push_back(const_cast<char*>(word.c_str()));
  }
  all.push_back(nullptr);
  return all;
}

/// fork, into fresh namespaces where the run is isolated: then its end ends its children too.
pid_t fork_apart(bool isolated) {
  clone_args args{};
  args.flags = isolated ? CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC : 0;
  args.exit_signal = SIGCHLD;
  return static_cast<pid_t>(::syscall(SYS_clone3, &args, sizeof args));
}

Result<Running> start(const NeighborSpec& spec, const NeighborSurroundings& where) {
  auto output = make_pipe();
  auto report = make_pipe();
  if (!output || !report) {
    return Error::from_errno("pipe", errno);
  }
  const Launch launch{pointers(spec.words), pointers(where.environment), where,
                      output->second.get(), report->second.get()};
  const pid_t id = fork_apart(where.place.isolated);
  if (id == 0) {
    become(launch);
  }
  if (id < 0) {
    return Error::from_errno("clone3", errno);
  }
  report->second.reset();
  int code = 0;
  if (::read(report->first.get(), &code, sizeof code) == sizeof code) {
    ::waitpid(id, nullptr, __WALL);
    return Error::from_errno("start " + quote_if_needed(spec.words.front()), code);
  }
  return Running{id, std::move(output->first)};
}

void await_line(const Running& running, TimePoint deadline) {
  pollfd wait{running.output.get(), POLLIN, 0};
  std::array<char, 4096> buffer;
  while (poll_until({&wait, 1}, deadline)) {
    const auto got = ::read(running.output.get(), buffer.data(), buffer.size());
    if (got <= 0 || std::memchr(buffer.data(), '\n', static_cast<std::size_t>(got)) != nullptr) {
      return;
    }
  }
}

/// Reads what they write, so that they don't wait for us, until `stop`.
void drain_until(const EventFlag& stop, std::vector<Running>& all) {
  std::vector<pollfd> waits = {{stop.fd(), POLLIN, 0}};
  for (const auto& running : all) {
    waits.push_back({running.output.get(), POLLIN, 0});
  }
  std::array<char, 65536> buffer;
  while (::poll(waits.data(), waits.size(), -1) >= 0 && waits[0].revents == 0) {
    for (auto& wait : std::span(waits).subspan(1)) {
      if (wait.revents != 0 && ::read(wait.fd, buffer.data(), buffer.size()) <= 0) {
        wait.fd = -1;
      }
    }
  }
}

void look_after(const std::vector<NeighborSpec>& specs, const NeighborSurroundings& where,
                const EventFlag& stop, std::promise<std::vector<std::string>>& begun) {
  block_signals_here();
  std::vector<std::string> left_out;
  std::vector<Running> all;
  const auto deadline = TimePoint(std::chrono::steady_clock::now()) + where.ready_within;
  for (const auto& spec : specs) {
    auto running = start(spec, where);
    if (!running) {
      left_out.push_back(fmt::format("sidecar {}: {}", spec.name, running.error().message));
      continue;
    }
    await_line(*running, deadline);
    all.push_back(std::move(*running));
  }
  begun.set_value(std::move(left_out));
  drain_until(stop, all);
  for (const auto& running : all) {
    ::kill(-running.id, SIGKILL);
    ::kill(running.id, SIGKILL);
    ::waitpid(running.id, nullptr, __WALL);
  }
}

} // namespace

Sidecars::Sidecars(std::vector<NeighborSpec> specs, NeighborSurroundings surroundings,
                   std::vector<std::string>& left_out) {
  std::promise<std::vector<std::string>> begun;
  auto outcome = begun.get_future();
  thread_ =
      std::thread([this, specs = std::move(specs), where = std::move(surroundings),
                   begun = std::move(begun)]() mutable { look_after(specs, where, stop_, begun); });
  for (auto& line : outcome.get()) {
    left_out.push_back(std::move(line));
  }
}

Sidecars::~Sidecars() {
  stop_.set();
  thread_.join();
}

} // namespace harness::workloads
