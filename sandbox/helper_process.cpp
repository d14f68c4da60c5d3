// SPDX-License-Identifier: Apache-2.0
#include "sandbox/helper_process.hpp"

#include "core/base/fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::sandbox {

Result<HelperEnd> run_helper(const std::vector<std::string>& command,
                             const HelperOptions& options) {
  auto pipe = make_pipe();
  auto null = open_file("/dev/null", O_RDWR);
  if (!pipe || !null) {
    return Error{"no file descriptor left"};
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, null->get(), STDIN_FILENO);
  if (options.quiet) {
    const int other = options.stream == STDERR_FILENO ? STDOUT_FILENO : STDERR_FILENO;
    posix_spawn_file_actions_adddup2(&actions, null->get(), other);
  }
  posix_spawn_file_actions_adddup2(&actions, pipe->second.get(), options.stream);
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const auto& word : command) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  pid_t child = -1;
  const int failed = ::posix_spawnp(&child, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  pipe->second.reset();
  if (failed != 0) {
    return Error::from_errno(command[0], failed);
  }
  auto said = read_all(pipe->first.get(), options.max_bytes);
  pipe->first.reset(); // one that says more is not to wait for us
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!said) {
    return std::move(said).error();
  }
  return HelperEnd{WIFEXITED(status) && WEXITSTATUS(status) == 0, *std::move(said)};
}

} // namespace harness::sandbox
