// Is a sandbox possible on this machine, and if not, how can this be fixed? Tries it instead of
// deriving it from versions.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "sandbox/find_program.hpp"
#include "sandbox/helper_process.hpp"
#include "sandbox/sandbox.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace harness::sandbox {

namespace {

struct Trial {
  bool worked = false;
  std::string said; // on standard error
};

Trial attempt(const std::vector<std::string>& command) {
  const auto end = run_helper(command, {.stream = STDERR_FILENO, .quiet = true, .max_bytes = 4096});
  return end ? Trial{end->good, std::string(trim(end->said))} : Trial{false, end.error().message};
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

} // namespace harness::sandbox
