// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"

#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <poll.h>
#include <random>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.hpp"
#include "core/base/interrupt_0x80.hpp"

namespace harness::test {

namespace {

[[noreturn]] void become(const Command& command, int input, int output, int error) {
  ::dup2(input, 0);
  ::dup2(output, 1);
  ::dup2(error, 2);
  if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0) {
    ::_exit(127);
  }
  for (const auto& entry : command.environment) {
    ::putenv(const_cast<char*>(entry.c_str()));
  }
  std::vector<char*> words;
  for (const auto& word : command.words) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

/// Feeds and drains the three streams until both outputs are closed.
void converse(Fd input, std::string_view pending, Fd output, Fd error, Outcome& outcome) {
  while (output || error) {
    pollfd waits[3] = {{pending.empty() ? -1 : input.get(), POLLOUT, 0},
                       {output.get(), POLLIN, 0},
                       {error.get(), POLLIN, 0}};
    if (pending.empty()) {
      input.reset();
    }
    if (::poll(waits, 3, -1) < 0) {
      continue;
    }
    if ((waits[0].revents & (POLLERR | POLLHUP)) != 0) {
      pending = {};
    } else if ((waits[0].revents & POLLOUT) != 0) {
      const auto put =
          ::write(input.get(), pending.data(), std::min<std::size_t>(pending.size(), 4096));
      pending.remove_prefix(put > 0 ? static_cast<std::size_t>(put) : pending.size());
    }
    const auto drain = [](Fd& fd, short events, std::string& into) {
      if (events == 0) {
        return;
      }
      char buffer[65536];
      const auto got = ::read(fd.get(), buffer, sizeof buffer);
      if (got > 0) {
        into.append(buffer, static_cast<std::size_t>(got));
      } else {
        fd.reset();
      }
    };
    drain(output, waits[1].revents, outcome.output);
    drain(error, waits[2].revents, outcome.error);
  }
}

} // namespace

Outcome run(const Command& command) {
  auto input = make_pipe();
  auto output = make_pipe();
  auto error = make_pipe();
  if (!input || !output || !error) {
    throw std::runtime_error("no pipe for a test");
  }
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    become(command, input->first.get(), output->second.get(), error->second.get());
  }
  input->first.reset();
  output->second.reset();
  error->second.reset();
  Outcome outcome;
  converse(std::move(input->second), command.input, std::move(output->first),
           std::move(error->first), outcome);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "harness-test.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no temporary directory for a test");
  }
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  if (doctest::getContextOptions() != nullptr && std::uncaught_exceptions() > 0) {
    std::fprintf(stderr, "kept for a look: %s\n", path_.c_str());
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string fixture(const std::string& name) {
  return std::string(HARNESS_FIXTURES) + "/" + name;
}
std::string harness_binary() {
  return HARNESS_BINARY;
}
std::string source_root() {
  return HARNESS_SOURCE;
}

bool available(const std::string& program, const std::string& package) {
  const bool found = run({.words = {"sh", "-c", "command -v \"$0\"", program}}).status == 0;
  if (!found) {
    std::printf("skipped: %s is missing; apt-get install %s\n", program.c_str(), package.c_str());
  }
  return found;
}

bool can_interrupt_0x80() {
  if (!runs_interrupt_0x80()) {
    std::printf("skipped: int 0x80 does not run on this machine\n");
    return false;
  }
  return true;
}

bool open_to_all(const std::string& program) {
  namespace fs = std::filesystem;
  for (fs::path place = fs::canonical(program); place != place.root_path();
       place = place.parent_path()) {
    if ((fs::status(place).permissions() & fs::perms::others_exec) == fs::perms::none) {
      std::printf("skipped: nobody may enter %s; build outside of it\n", place.c_str());
      return false;
    }
  }
  return true;
}

unsigned long long property_seed(const char* test) {
  const char* given = std::getenv("HARNESS_TEST_SEED");
  const unsigned long long seed =
      given != nullptr ? std::strtoull(given, nullptr, 0) : std::random_device{}();
  std::printf("%s: HARNESS_TEST_SEED=%llu\n", test, seed);
  return seed;
}

} // namespace harness::test
