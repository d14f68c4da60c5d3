// SPDX-License-Identifier: Apache-2.0
#include "sandbox/sandbox.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "sandbox/find_program.hpp"
#include "sandbox/root_path.hpp"
#include "sandbox/sandbox_masks.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <link.h>
#include <set>

namespace harness::sandbox {

namespace fs = std::filesystem;

namespace {

/// Collects Bubblewrap's arguments. Later mounts cover earlier ones, so the order is: what is
/// shown, what is hidden again, what the plan asks for by name.
class Arguments {
public:
  explicit Arguments(std::string root) : root_(std::move(root)) {}

  void add(std::initializer_list<std::string> words) {
    words_.insert(words_.end(), words.begin(), words.end());
  }
  /// The same path inside and outside, but for the root.
  void show(const std::string& path) {
    // Bubblewrap would make directories on the way that root alone may enter; a target is nobody.
    for (auto slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      if (!shows(path.substr(0, slash))) {
        own_directory(path.substr(0, slash), "0755");
      }
    }
    // Bubblewrap would follow a link of an image out of it.
    add({"--ro-bind", path_in_root(root_, path).value_or(root_ + path), path});
    shown_.push_back(path);
  }
  /// As show, for a path that may lie where nothing is yet: Bubblewrap would make the directories
  /// above it 0700, and a target that is nobody could not even see itself.
  void show_with_parents(const std::string& path) {
    const std::string root_directory = "/";
    std::vector<std::string> parents;
    for (auto parent = std::filesystem::path(path).parent_path(); parent != root_directory;
         parent = parent.parent_path()) {
      parents.push_back(parent);
    }
    std::for_each(parents.rbegin(), parents.rend(), [this](const std::string& parent) {
      if (!shows(parent) && !made_.contains(parent)) {
        own_directory(parent, "0755");
      }
    });
    show(path);
  }
  void own_directory(const std::string& path, const char* mode) {
    made_.insert(path);
    add({"--perms", mode, "--dir", path});
  }
  void own_file_system(const std::string& path, const char* mode) {
    made_.insert(path);
    add({"--perms", mode, "--tmpfs", path});
  }
  void hide(const Mask& mask) {
    if (mask.directory) {
      own_file_system(mask.path, "0700");
    } else {
      add({"--ro-bind", "/dev/null", mask.path});
    }
  }
  bool shows(const std::string& path) const {
    return std::any_of(shown_.begin(), shown_.end(),
                       [&](const auto& directory) { return is_below(path, directory); });
  }
  const std::string& root() const { return root_; }
  const std::vector<std::string>& shown() const { return shown_; }
  std::vector<std::string> take() { return std::move(words_); }

private:
  std::string root_; // "" = the host's
  std::vector<std::string> words_;
  std::vector<std::string> shown_;
  std::set<std::string> made_; // directories of our own
};

void add_namespaces(Arguments& arguments, const TargetPlan& target, const SandboxOptions& options) {
  arguments.add({find_program("bwrap").value_or("bwrap"), "--die-with-parent", "--unshare-net",
                 "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", "sandbox"});
  if (!options.root) {
    // One identity alone is mapped: the one that the target runs as. The worker needs the
    // capabilities of the new namespace to isolate each run; the target keeps none of them.
    arguments.add({"--unshare-user", "--uid", std::to_string(target.uid), "--gid",
                   std::to_string(target.gid), "--cap-add", "ALL"});
  }
}

/// What an own root has of the host's: programs, libraries, configuration.
void show_host(Arguments& arguments) {
  for (const char* name : {"bin", "sbin", "lib", "lib32", "lib64", "libx32"}) {
    const std::string path = fmt::format("/{}", name);
    std::error_code problem;
    if (fs::is_symlink(path, problem)) {
      arguments.add({"--symlink", fs::read_symlink(path, problem).string(), path});
    } else if (fs::is_directory(path, problem)) {
      arguments.show(path);
    }
  }
  for (const char* path : {"/usr", "/etc", "/opt", "/sys"}) {
    std::error_code problem;
    if (fs::is_directory(path, problem)) {
      arguments.show(path);
    }
  }
}

/// The top level of an unpacked image, but for what is the sandbox's own.
void show_image(Arguments& arguments) {
  static const std::set<std::string> own = {"proc", "dev", "tmp", "run", "harness"};
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(arguments.root(), problem)) {
    const std::string name = entry.path().filename();
    if (own.contains(name)) {
      continue;
    }
    if (entry.is_symlink(problem)) {
      arguments.add({"--symlink", fs::read_symlink(entry.path(), problem).string(), "/" + name});
    } else if (entry.is_directory(problem) || entry.is_regular_file(problem)) {
      arguments.show("/" + name);
    }
  }
}

void add_own_places(Arguments& arguments, bool image) {
  arguments.add({"--proc", "/proc", "--dev", "/dev"});
  arguments.own_file_system("/tmp", "1777");
  arguments.own_directory("/run", "0755");
  if (!image) {
    for (const char* path : {"/var", "/var/cache", "/var/lib", "/var/log", "/home"}) {
      arguments.own_directory(path, "0755");
    }
    arguments.own_directory("/var/tmp", "1777");
    arguments.own_directory("/root", "0711"); // a target may live below it
    arguments.add({"--symlink", "/run", "/var/run", "--symlink", "/run/lock", "/var/lock"});
  }
  arguments.own_file_system(sandbox_directory, "0700");
}

/// `path` and what it is a link to, unless a shown directory holds them already.
void show_program(Arguments& arguments, const std::string& path) {
  std::error_code problem;
  const std::string real = fs::canonical(arguments.root() + path, problem).string();
  if (arguments.root().empty() && !problem && !arguments.shows(real)) {
    arguments.show_with_parents(real);
  }
  if (!arguments.shows(path)) {
    arguments.show_with_parents(path);
  }
}

void add_masks(Arguments& arguments, const TargetPlan& target) {
  const std::string& root = arguments.root();
  for (Mask mask : masks_below(root + "/etc")) {
    mask.path.erase(0, root.size());
    arguments.hide(mask);
    for (const auto& path : target.extra_paths) {
      if (is_below(path, mask.path)) {
        arguments.show(path); // asked for by name
      }
    }
  }
  std::vector<std::string> outside = arguments.shown();
  outside.insert(outside.end(), target.extra_paths.begin(), target.extra_paths.end());
  for (auto& path : outside) {
    path.insert(0, root);
  }
  std::error_code problem;
  if (fs::is_regular_file(fs::symlink_status(root + "/etc/resolv.conf", problem))) {
    arguments.hide({"/etc/resolv.conf", false}); // then port 53 of loopback is asked, everywhere
  }
  if (const auto sockets = read_file("/proc/net/unix")) {
    for (const auto& path : sockets_below(*sockets, outside)) {
      arguments.hide({path.substr(root.size()), false});
    }
  }
}

/// The libraries that this process has loaded, by the names under which the loader looked for them
/// (libfmt.so.9; /proc/self/maps has the files behind these links).
std::vector<std::string> own_libraries() {
  std::vector<std::string> paths;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* list) {
        const std::string path = info->dlpi_name;
        if (path.starts_with('/') && path.find(".so") != std::string::npos) {
          static_cast<std::vector<std::string>*>(list)->push_back(path);
        }
        return 0;
      },
      &paths);
  return paths;
}

/// Our own binary, hidden from the target. In a foreign root our libraries are mounted as well.
void add_worker(Arguments& arguments, const SandboxOptions& options) {
  const std::string inside = fmt::format("{}/bin/harness", sandbox_directory);
  arguments.add({"--ro-bind", options.harness, inside});
  if (arguments.root().empty()) {
    arguments.add({"--", inside});
    return;
  }
  const std::string library_directory = fmt::format("{}/lib", sandbox_directory);
  std::string loader;
  for (const auto& path : own_libraries()) {
    const std::string name = fs::path(path).filename();
    arguments.add({"--ro-bind", path, library_directory + "/" + name});
    if (name.starts_with("ld-linux") || name.starts_with("ld-2")) {
      loader = library_directory + "/" + name;
    }
  }
  arguments.add({"--", loader, "--library-path", library_directory, inside});
}

} // namespace

std::vector<std::string> sandbox_command(const TargetPlan& target, const SandboxOptions& options) {
  Arguments arguments(target.root);
  const bool image = !target.root.empty();
  add_namespaces(arguments, target, options);
  if (image) {
    show_image(arguments);
  } else {
    show_host(arguments);
  }
  add_own_places(arguments, image);
  if (!target.executable.empty()) {
    show_program(arguments, target.executable);
  }
  for (const auto& path : target.extra_paths) {
    if (!arguments.shows(path)) {
      arguments.show_with_parents(path);
    }
  }
  add_masks(arguments, target);
  if (!options.stand_in.empty()) {
    // Over the file itself: a mount over a link would follow it out of the new root.
    const std::string real =
        image ? path_in_root(target.root, target.executable).value().substr(target.root.size())
              : fs::canonical(target.executable).string();
    arguments.add({"--ro-bind", options.stand_in, real});
  }
  add_worker(arguments, options);
  std::vector<std::string> words = arguments.take();
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  return words;
}

} // namespace harness::sandbox
