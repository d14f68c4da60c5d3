// SPDX-License-Identifier: Apache-2.0
#include "tests/tracer/target.hpp"

#include "core/model/syscall_table.hpp"

#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::test {

Target::Target(std::vector<std::string> words) {
  auto null = open_file("/dev/null", O_RDONLY);
  const int memory = ::memfd_create("output", MFD_CLOEXEC);
  if (!null || memory < 0) {
    throw std::runtime_error("no streams for a target");
  }
  input_ = std::move(*null);
  output_ = Fd(memory);
  ::fcntl(memory, F_SETFL, O_APPEND);
  spec.executable = words.at(0);
  spec.arguments = std::move(words);
  spec.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C"};
  spec.streams = {input_.get(), output_.get(), output_.get()};
}

RunResult Target::run() {
  tracer::StopFlag stop;
  return run(stop);
}

RunResult Target::run(tracer::StopFlag& stop) {
  return tracer::run(spec, options, stop);
}

std::string Target::output() const {
  ::lseek(output_.get(), 0, SEEK_SET);
  auto text = read_all(output_.get());
  return text ? std::move(*text) : std::string();
}

Shown run_untraced(const std::vector<std::string>& words) {
  const Fd input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Fd output(::memfd_create("output", MFD_CLOEXEC));
  ::fcntl(output.get(), F_SETFL, O_APPEND);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.get(), 0);
  ::posix_spawn_file_actions_adddup2(&actions, output.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, output.get(), 2);
  std::vector<char*> argv;
  for (const auto& word : words) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  char* environment[] = {const_cast<char*>("PATH=/usr/bin:/bin"), const_cast<char*>("LC_ALL=C"),
                         nullptr};
  pid_t child = 0;
  if (::posix_spawn(&child, words[0].c_str(), &actions, nullptr, argv.data(), environment) != 0) {
    throw std::runtime_error("cannot start " + words[0]);
  }
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::lseek(output.get(), 0, SEEK_SET);
  auto text = read_all(output.get());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          WIFSIGNALED(status) && WCOREDUMP(status), text ? std::move(*text) : std::string()};
}

std::map<std::string, std::uint64_t> counts(const RunResult& result) {
  std::map<std::string, std::uint64_t> by_name;
  for (const auto& sighting : result.sightings) {
    by_name[qualified_name(sighting.call)] += sighting.calls.value_or(0);
  }
  return by_name;
}

std::map<std::string, std::uint64_t> counts_in(const RunResult& result, PhaseIndex phase) {
  std::map<std::string, std::uint64_t> by_name;
  for (const auto& sighting : result.sightings) {
    if (sighting.phase == phase) {
      by_name[qualified_name(sighting.call)] += sighting.calls.value_or(0);
    }
  }
  return by_name;
}

int exit_status(const RunResult& result) {
  const auto* exited = std::get_if<Exited>(&result.end);
  return exited != nullptr ? exited->status : -1;
}

std::string marker() {
  static int made = 0;
  return "marker-of-a-test-" + std::to_string(::getpid()) + "-" + std::to_string(++made);
}

std::vector<int> processes_with(const std::string& text) {
  std::vector<int> found;
  DIR* directory = ::opendir("/proc");
  while (const dirent* entry = ::readdir(directory)) {
    const std::string name = entry->d_name;
    int id = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), id).ec != std::errc() ||
        id == ::getpid()) {
      continue;
    }
    const auto line = read_file("/proc/" + name + "/cmdline");
    if (line && line->find(text) != std::string::npos) {
      found.push_back(id);
    }
  }
  ::closedir(directory);
  return found;
}

} // namespace harness::test
