// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/running.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::test {

Running::Running(const std::vector<std::string>& words, const std::string& directory) {
  auto pipe = make_pipe();
  if (!pipe) {
    throw std::runtime_error(pipe.error().message);
  }
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);
    ::signal(SIGHUP, SIG_DFL); // the tests may run under nohup
    ::dup2(pipe->second.get(), 1);
    ::dup2(pipe->second.get(), 2);
    if (!directory.empty() && ::chdir(directory.c_str()) != 0) {
      ::_exit(127);
    }
    std::vector<char*> argv;
    for (const auto& word : words) {
      argv.push_back(const_cast<char*>(word.c_str()));
    }
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  ::setpgid(pid_, pid_); // whoever of the two is first
  pipe_ = std::move(pipe->first);
}

Running::~Running() {
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

bool Running::read_more() {
  char buffer[4096];
  const auto got = ::read(pipe_.get(), buffer, sizeof buffer);
  if (got > 0) {
    output_.append(buffer, static_cast<std::size_t>(got));
  }
  return got > 0 || (got < 0 && errno == EINTR);
}

bool Running::wait_for(const std::string& text) {
  while (output_.find(text) == std::string::npos) {
    if (!read_more()) {
      return false;
    }
  }
  return true;
}

void Running::send(int signal) const {
  ::kill(pid_, signal);
}
void Running::send_group(int signal) const {
  ::kill(-pid_, signal);
}

int Running::finish() {
  while (read_more()) {
  }
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<pid_t> processes_with(const std::string& text) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (!std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); })) {
      continue;
    }
    auto line = read_file(entry.path() / "cmdline", 1 << 16);
    if (line && line->find(text) != std::string::npos) {
      found.push_back(std::stoi(name));
    }
  }
  return found;
}

} // namespace harness::test
