// The outside of a look: starts the sandbox and reads what the inside (init_look_inside.cpp)
// prints.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/init_look.hpp"

#include "core/model/input_text.hpp"
#include "sandbox/helper_process.hpp"
#include "sandbox/sandbox.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace harness::cli {

namespace {
constexpr std::size_t max_word_bytes = std::size_t{120} << 10;
} // namespace

Result<Look> look(const LookRequest& request) {
  std::error_code ignored;
  const std::string harness = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  std::vector<std::string> words = {"init-look"};
  if (!request.isolated) {
    words.emplace_back("--no-isolation");
  }
  for (const auto& node : request.files) {
    // A word of a command line has at most 128 KiB (MAX_ARG_STRLEN, execve(2)).
    if (const std::string text = file_node_text(node); text.size() < max_word_bytes) {
      words.insert(words.end(), {"--file", text});
    }
  }
  words.insert(words.end(), {"--", request.executable});
  words.insert(words.end(), request.arguments.begin(), request.arguments.end());
  if (request.isolated) {
    TargetPlan target;
    target.executable = request.executable;
    target.extra_paths = request.extra_paths;
    words = sandbox::sandbox_command(
        target, {.harness = harness, .arguments = words, .root = ::geteuid() == 0});
  } else {
    words.insert(words.begin(), harness);
  }
  auto end = sandbox::run_helper(words, {});
  if (!end) {
    return std::move(end).error();
  }
  if (!end->good) {
    return Error{"the look at the program failed in its sandbox"};
  }
  const auto json = nlohmann::json::parse(end->said, nullptr, false);
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
