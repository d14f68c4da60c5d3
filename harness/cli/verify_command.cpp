// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/verify_command.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "policy/policy_json.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::cli {

namespace {

namespace fs = std::filesystem;

/// A temporary directory for the lifetime of the object.
class Scratch {
public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "harness-verify.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error(
          fmt::format("cannot create a temporary directory {}: {}", pattern, std::strerror(errno)));
    }
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

void value_or_throw(Result<> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
}

/// `text` quoted as one word of a shell.
std::string shell_word(const std::string& text) {
  std::string word = "'";
  for (const char c : text) {
    word += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return word + "'";
}

/// Runs the user's command with /bin/sh; returns its wait status.
int run_shell(const std::string& command) {
  const char* words[] = {"sh", "-c", command.c_str(), nullptr};
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, "/bin/sh", nullptr, nullptr, const_cast<char* const*>(words), environ);
  if (error != 0) {
    throw std::runtime_error(Error::from_errno("start /bin/sh", error).message);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      throw std::runtime_error(Error::from_errno("wait for /bin/sh", errno).message);
    }
  }
  return status;
}

} // namespace

WrappedOutcome run_under_policy(const std::string& command, const Policy& policy) {
  const Scratch scratch;
  fs::create_directory(scratch / "bin");
  fs::create_directory(scratch / "refused");
  // The target may run as another user, which must be able to read the policy and write a report.
  fs::permissions(scratch / "",
                  fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  fs::permissions(scratch / "refused", fs::perms::all | fs::perms::sticky_bit);
  value_or_throw(replace_file(scratch / "policy.json", policy::write_policy_json(policy)));
  const auto wrapper = scratch / ("bin/" + fs::path(policy.executable).filename().string());
  const auto self = fs::read_symlink("/proc/self/exe").string();
  value_or_throw(replace_file(
      wrapper, fmt::format("#!/bin/sh\nexec {} enforce {} --accept-unconverged "
                           "--report {}/$$ -- {} \"$@\"\n",
                           shell_word(self), shell_word(scratch / "policy.json"),
                           shell_word(scratch / "refused"), shell_word(policy.executable))));
  fs::permissions(wrapper, fs::perms(0755));
  const char* path = std::getenv("PATH");
  ::setenv("PATH", fmt::format("{}:{}", scratch / "bin", path != nullptr ? path : "/bin").c_str(),
           1);
  ::setenv("HARNESS_TARGET", wrapper.c_str(), 1);
  const int status = run_shell(command);
  WrappedOutcome outcome;
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  for (const auto& entry : fs::directory_iterator(scratch / "refused")) {
    const auto text = read_file(entry.path().string());
    if (!text) {
      throw std::runtime_error(text.error().message);
    }
    ++outcome.starts;
    for (const auto& line : split(*text, '\n')) {
      if (!line.empty()) {
        outcome.violations.push_back(line);
      }
    }
  }
  return outcome;
}

} // namespace harness::cli
