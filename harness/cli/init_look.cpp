// The outside of a look: starts the sandbox and reads what the inside (init_look_inside.cpp)
// prints.
#include "harness/cli/init_look.hpp"

#include "harness/base/fd.hpp"
#include "harness/campaign/sandbox.hpp"

#include <fcntl.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace harness::cli {

namespace {

/// Runs `command` to its end; its standard output, or why it failed.
Result<std::string> output_of(const std::vector<std::string>& command) {
  auto pipe = make_pipe();
  auto null = open_file("/dev/null", O_RDONLY);
  if (!pipe || !null) {
    return Error{"no file descriptor left"};
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, null->get(), 0);
  posix_spawn_file_actions_adddup2(&actions, pipe->second.get(), 1);
  std::vector<char*> words;
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
  auto output = read_all(pipe->first.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{"the look at the program failed in its sandbox"};
  }
  return output;
}

} // namespace

Result<Look> look(const LookRequest& request) {
  std::error_code ignored;
  const std::string harness = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  std::vector<std::string> words = {"init-look"};
  if (!request.isolated) {
    words.emplace_back("--no-isolation");
  }
  words.insert(words.end(), {"--", request.executable});
  words.insert(words.end(), request.arguments.begin(), request.arguments.end());
  if (request.isolated) {
    TargetPlan target;
    target.executable = request.executable;
    target.needs = request.needs;
    words = campaign::sandbox_command(
        target, {.harness = harness, .arguments = words, .root = ::geteuid() == 0});
  } else {
    words.insert(words.begin(), harness);
  }
  auto output = output_of(words);
  if (!output) {
    return std::move(output).error();
  }
  const auto json = nlohmann::json::parse(*output, nullptr, false);
  if (json.is_discarded()) {
    return Error{"the look at the program ended without an answer"};
  }
  Look seen;
  json.at("output").get_to(seen.output);
  json.at("end").get_to(seen.end);
  json.at("launched").get_to(seen.launched);
  json.at("exited").get_to(seen.exited);
  json.at("listened").get_to(seen.listened);
  json.at("ports").get_to(seen.ports);
  json.at("seconds").get_to(seen.seconds);
  json.at("calls").get_to(seen.calls);
  return seen;
}

} // namespace harness::cli
