// Is a sandbox possible here, and if not, what mends it? Tries it; guesses nothing from versions.
#include "harness/base/fd.hpp"
#include "harness/base/text.hpp"
#include "harness/campaign/find_program.hpp"
#include "harness/campaign/sandbox.hpp"

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace harness::campaign {

namespace {

struct Trial {
  bool worked = false;
  std::string said; // on standard error
};

Trial attempt(const std::vector<std::string>& command) {
  auto pipe = make_pipe();
  auto null = open_file("/dev/null", O_RDWR);
  if (!pipe || !null) {
    return {false, "no file descriptor left"};
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, null->get(), 0);
  posix_spawn_file_actions_adddup2(&actions, null->get(), 1);
  posix_spawn_file_actions_adddup2(&actions, pipe->second.get(), 2);
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
    return {false, std::strerror(failed)};
  }
  auto said = read_all(pipe->first.get(), 4096);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0,
          said ? std::string(trim(*said)) : std::string()};
}

bool is_number(const char* file, std::string_view number) {
  const auto text = read_file(file, 64);
  return text && trim(*text) == number;
}

bool in_container() {
  namespace fs = std::filesystem;
  std::error_code ignored;
  return fs::exists("/.dockerenv", ignored) || fs::exists("/run/.containerenv", ignored);
}

std::string remedy_for_user() {
  if (is_number("/proc/sys/kernel/unprivileged_userns_clone", "0")) {
    return "sysctl -w kernel.unprivileged_userns_clone=1 (as root), or run as root";
  }
  if (is_number("/proc/sys/user/max_user_namespaces", "0")) {
    return "sysctl -w user.max_user_namespaces=15000 (as root), or run as root";
  }
  if (is_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")) {
    return "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (as root), or run as root";
  }
  return "run as root";
}

} // namespace

std::optional<SandboxProblem> sandbox_problem() {
  if (!find_program("bwrap")) {
    return SandboxProblem{"Bubblewrap (bwrap) is not installed",
                          "apt-get install bubblewrap (as root)"};
  }
  const bool root = ::geteuid() == 0;
  std::error_code ignored;
  const std::string harness = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  const Trial trial =
      attempt(sandbox_command({}, {.harness = harness, .arguments = {"--version"}, .root = root}));
  if (trial.worked) {
    return std::nullopt;
  }
  SandboxProblem problem{fmt::format("Bubblewrap fails: {}",
                                     trial.said.empty() ? "without a word" : printable(trial.said)),
                         ""};
  if (in_container()) {
    problem.remedy = "start this container with --privileged, or with --cap-add SYS_ADMIN "
                     "--security-opt seccomp=unconfined --security-opt apparmor=unconfined "
                     "--security-opt systempaths=unconfined";
  } else {
    problem.remedy = root ? "run as root with all capabilities" : remedy_for_user();
  }
  return problem;
}

std::vector<std::string> sandbox_limits() {
  if (::geteuid() == 0) {
    return {};
  }
  return {"not root: targets run as one identity only; setuid, chown to others and device files "
          "fail in them"};
}

} // namespace harness::campaign
