// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/model/input_limits.hpp"
#include "core/model/input_text.hpp"
#include "core/model/kernel_names.hpp"
#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness {

namespace {

/// The first thing that is wrong, kept while the rest is looked at.
class Findings {
public:
  void require(bool good, auto&& message) {
    if (!good && first_.empty()) {
      first_ = message();
    }
  }
  void at_most(std::size_t count, std::size_t limit, std::string_view what) {
    require(count <= limit, [&] { return fmt::format("{} {}; at most {}", count, what, limit); });
  }
  void add(Result<> result) {
    if (!result && first_.empty()) {
      first_ = std::move(result.error().message);
    }
  }
  [[nodiscard]] Result<> result() const {
    if (first_.empty()) {
      return Done{};
    }
    return Error{first_};
  }

private:
  std::string first_;
};

std::string shown(std::string_view text) {
  return "'" + printable(text.substr(0, 60)) + "'";
}

bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

void check_launch(const Input& input, Findings& found) {
  found.at_most(input.arguments.size(), input_limits::arguments, "arguments");
  for (const auto& argument : input.arguments) {
    found.at_most(argument.size(), input_limits::string_bytes, "bytes in an argument");
    found.require(!has_nul(argument), [] { return "an argument can't hold a NUL; take \\0 out"; });
  }
  found.at_most(input.environment.size(), input_limits::environment, "environment variables");
  for (const auto& change : input.environment) {
    const std::string value = change.value.value_or("");
    found.require(!change.name.empty() && change.name.find('=') == std::string::npos &&
                      !has_nul(change.name) && !has_nul(value),
                  [&] {
                    return fmt::format("no environment variable: {}; write NAME=VALUE without NUL",
                                       shown(change.name));
                  });
    found.at_most(change.name.size() + value.size() + 1, input_limits::string_bytes,
                  "bytes in an environment variable");
  }
}

void check_node(const FileNode& node, Findings& found) {
  found.add(check_tree_path(node.path));
  if (node.kind == FileNode::Kind::symlink) {
    found.require(!node.target.empty() && !has_nul(node.target) &&
                      node.target.size() <= input_limits::path_bytes,
                  [&] {
                    return fmt::format("a symlink can't point to {}; write a text of 1 to {} bytes "
                                       "without NUL",
                                       shown(node.target), input_limits::path_bytes);
                  });
  } else if (node.kind == FileNode::Kind::hard_link) {
    found.add(check_tree_path(node.target));
  }
  found.at_most(node.attributes.size(), input_limits::attributes, "extended attributes of a file");
  for (const auto& attribute : node.attributes) {
    const std::string& name = attribute.first;
    // XATTR_NAME_MAX of linux/limits.h.
    found.require(!name.empty() && name.size() <= 255 && !has_nul(name), [&] {
      return fmt::format("no attribute name: {}; write 1 to 255 bytes, for example user.note",
                         shown(name));
    });
    found.at_most(attribute.second.size(), input_limits::attribute_value_bytes,
                  "bytes in an attribute");
  }
}

void check_files(const Input& input, Findings& found) {
  found.at_most(input.files.size(), input_limits::files, "files");
  std::uint64_t entries = 0;
  std::size_t file_systems = 0;
  for (const auto& node : input.files) {
    check_node(node, found);
    entries += node.entries;
    file_systems += node.kind == FileNode::Kind::file_system ? 1 : 0;
  }
  found.at_most(entries, input_limits::directory_entries, "directory entries in all");
  found.at_most(file_systems, input_limits::file_systems, "file systems");
}

void check_step(const Step& step, Findings& found) {
  const auto words = [&](bool good, std::string_view remedy) {
    found.require(good, [&] {
      return fmt::format("{} does not take {} words; write {}",
                         step_words[static_cast<int>(step.kind)], step.words.size(), remedy);
    });
  };
  switch (step.kind) {
  case Step::Kind::connect:
    words(step.words.empty() ||
              (step.words.size() == 1 && (step.words[0] == "tcp" || step.words[0] == "unix")),
          "connect, connect tcp or connect unix");
    break;
  case Step::Kind::command:
    words(!step.words.empty(), "command WORD...");
    break;
  case Step::Kind::send:
    words(!step.words.empty(), "send BYTES");
    break;
  case Step::Kind::marker:
    words(step.words.size() == 1, "marker NAME");
    break;
  case Step::Kind::receive:
  case Step::Kind::half_close:
  case Step::Kind::reset:
  case Step::Kind::close:
  case Step::Kind::pause:
    words(step.words.empty(), "it alone");
    break;
  }
  found.require(step.client < input_limits::clients, [] {
    return fmt::format("clients are numbered from 0 to {}", input_limits::clients - 1);
  });
}

void check_script(const Input& input, Findings& found) {
  found.at_most(input.configuration.size(), input_limits::configuration_lines,
                "configuration lines");
  found.at_most(input.script.size(), input_limits::steps, "steps");
  std::uint64_t milliseconds = 0;
  for (const auto& step : input.script) {
    check_step(step, found);
    milliseconds += step.milliseconds;
  }
  for (const auto& fault : input.faults) {
    milliseconds += fault.milliseconds;
  }
  found.require(milliseconds <= input_limits::total_milliseconds, [&] {
    return fmt::format("pauses and delays of {} ms; at most {} in all", milliseconds,
                       input_limits::total_milliseconds);
  });
}

std::string nearest_call(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& call : syscalls_of(AuditArch::x86_64)) {
    known.emplace_back(call.name);
  }
  return nearest_word(name.substr(0, 40), known).value_or("a name such as openat");
}

void check_disturbances(const Input& input, Findings& found) {
  found.at_most(input.signals.size(), input_limits::signals, "signals");
  for (const auto& event : input.signals) {
    found.require(signal_number(event.signal).has_value(), [&] {
      const auto near = nearest_word(event.signal.substr(0, 20), signal_names());
      return fmt::format("unknown signal {}; write {}", shown(event.signal),
                         near.value_or("a name such as SIGTERM"));
    });
  }
  found.at_most(input.faults.size(), input_limits::faults, "faults");
  for (const auto& fault : input.faults) {
    found.require(fault.nth > 0, [] { return "calls are counted from 1; write nth 1"; });
    found.require(find_syscall(fault.call).has_value(), [&] {
      return fmt::format("unknown system call {}; write {}", shown(fault.call),
                         nearest_call(fault.call));
    });
    found.require(fault.kind != Fault::Kind::error || errno_number(fault.error).has_value(), [&] {
      const auto near = nearest_word(fault.error.substr(0, 20), errno_names());
      return fmt::format("unknown error {}; write {}", shown(fault.error),
                         near.value_or("a name such as ENOSPC"));
    });
  }
}

void check_surroundings(const Input& input, Findings& found) {
  found.at_most(input.limits.size(), input_limits::resource_limits, "limits");
  found.at_most(input.sidecars.size(), input_limits::sidecars, "sidecars");
  const Identity& identity = input.identity;
  found.at_most(identity.capabilities.size(), input_limits::capabilities, "capabilities");
  for (const auto& name : identity.capabilities) {
    found.require(name.starts_with("CAP_"), [&] {
      return fmt::format("unknown capability {}; write a name such as CAP_CHOWN", shown(name));
    });
  }
  if (!identity.directory.empty()) {
    found.add(check_tree_path(identity.directory));
  }
}

} // namespace

Result<> check_tree_path(std::string_view path) {
  const auto wrong = [&](std::string_view why) {
    return Error{fmt::format("the path {} {}; write a path below the run directory, for example "
                             "a/b",
                             shown(path), why)};
  };
  if (path.empty() || has_nul(path) || path.size() > input_limits::path_bytes) {
    return wrong("is empty, too long or holds a NUL");
  }
  if (path == ".") {
    return Done{};
  }
  for (std::string_view rest = path;;) {
    const auto slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() || part == "." || part == "..") {
      return wrong("begins or ends with a slash, or has an empty, . or .. part");
    }
    if (part.size() > input_limits::path_component_bytes) {
      return wrong("has a part of more than 255 bytes");
    }
    if (slash == std::string_view::npos) {
      return Done{};
    }
    rest.remove_prefix(slash + 1);
  }
}

Result<> check_input(const Input& input) {
  Findings found;
  check_launch(input, found);
  check_files(input, found);
  check_script(input, found);
  check_disturbances(input, found);
  check_surroundings(input, found);
  return found.result();
}

} // namespace harness
