// SPDX-License-Identifier: Apache-2.0
#include "sandbox/container_engine.hpp"

#include "core/base/text.hpp"
#include "sandbox/find_program.hpp"
#include "sandbox/helper_process.hpp"

#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>
#include <vector>

namespace harness::sandbox {

namespace {

using Words = std::vector<std::string>;

constexpr const char* engines[] = {"podman", "docker"}; // of one command line

/// Its standard output without the end of the line, if it ended well.
std::optional<std::string> answer(const Words& command) {
  const auto end = run_helper(command, {.stream = STDOUT_FILENO, .quiet = true});
  if (!end || !end->good) {
    return std::nullopt;
  }
  return end->said.substr(0, end->said.find('\n'));
}

/// The last line that it wrote to standard error; "" if it ended well.
std::string complaint(const Words& command) {
  const auto end = run_helper(command, {.stream = STDERR_FILENO, .quiet = true});
  if (!end) {
    return end.error().message;
  }
  if (end->good) {
    return "";
  }
  std::string last = "it ended with an error";
  for (const auto& line : split(end->said, '\n')) {
    last = line.empty() ? last : line;
  }
  return printable(last);
}

/// "sha256:12ab…" of docker, "12ab…" of podman.
std::string bare_digest(const std::string& id) {
  constexpr std::string_view prefix = "sha256:";
  return id.starts_with(prefix) ? id.substr(prefix.size()) : id;
}

StoredImage load_file(const std::string& name, const SourceLocation& where) {
  const auto podman = find_program("podman");
  if (!podman) {
    throw UserError(where, fmt::format("{} is loaded by podman, which is not installed", name),
                    "apt-get install -y --no-install-recommends podman");
  }
  const Words pull = {*podman, "pull", "--quiet", name};
  auto id = answer(pull);
  if (!id) {
    throw UserError(where, fmt::format("podman can't load {}: {}", name, complaint(pull)),
                    "name an image that skopeo, buildah or `podman save` has written");
  }
  return {.engine = *podman, .sha256 = bare_digest(std::move(*id))};
}

} // namespace

bool is_image_file(const std::string& name) {
  return name.starts_with("oci:") || name.starts_with("oci-archive:") ||
         name.starts_with("docker-archive:");
}

StoredImage find_image(const std::string& name, const SourceLocation& where) {
  if (is_image_file(name)) {
    return load_file(name, where);
  }
  std::string working; // the first engine that answers
  std::string trouble; // of those that do not
  for (const std::string engine : engines) {
    const auto program = find_program(engine);
    if (!program) {
      continue;
    }
    if (auto id = answer({*program, "image", "inspect", "--format", "{{.Id}}", "--", name})) {
      return {.engine = *program, .sha256 = bare_digest(std::move(*id))};
    }
    // Is it the image that is missing, or can the engine not be asked?
    const std::string problem = complaint({*program, "image", "ls", "--quiet"});
    if (problem.empty()) {
      working = working.empty() ? engine : working;
    } else {
      trouble += fmt::format("{}{}: {}", trouble.empty() ? "" : "; ", engine, problem);
    }
  }
  if (!working.empty()) {
    throw UserError(where, fmt::format("{} has no image {}", working, quote_if_needed(name)),
                    fmt::format("{0} pull {1}; {0} images lists those that are there", working,
                                quote_if_needed(name)));
  }
  if (!trouble.empty()) {
    throw UserError(where, fmt::format("the image can't be asked for: {}", trouble),
                    "start that engine, or write root: DIRECTORY of an unpacked image");
  }
  throw UserError(where, "an image needs a container engine, and none is installed",
                  "apt-get install -y --no-install-recommends podman, or write root: DIRECTORY of "
                  "an unpacked image");
}

void export_image(const StoredImage& image, const std::string& scratch, const std::string& file) {
  const auto remove = [&] { complaint({image.engine, "rm", "--force", scratch}); };
  remove();
  // Never started; an image without a command of its own wants some word in its place.
  const Words steps[] = {
      {image.engine, "create", "--name", scratch, image.sha256, "/none"},
      {image.engine, "export", "--output", file, scratch},
  };
  for (const auto& step : steps) {
    if (const auto problem = complaint(step); !problem.empty()) {
      remove();
      throw std::runtime_error(fmt::format("{} {}: {}", step[0], step[1], problem));
    }
  }
  remove();
}

} // namespace harness::sandbox
