// SPDX-License-Identifier: Apache-2.0
#include "core/model/input_limits.hpp"
#include "mutators/values.hpp"

#include <algorithm>
#include <iterator>

namespace harness::mutators {

namespace {

constexpr std::string_view plain_names[] = {"a",        "b",      "c",     "data",   "dir",
                                            "file.txt", "link",   "notes", "out",    "sub",
                                            "x.db",     "README", "log",   "a.conf", "backup~"};
constexpr std::string_view odd_names[] = {
    ".hidden", "-l",       "--",      " ",     "two words", "line\nnext", "tab\tname", "naïve",
    "日本",    "\xff\xfe", "*",       "$(id)", "~",         "a'b\"c",     "\x1b[31m",  "...",
    "#a",      "a;b",      "con.AUX", "%s%n",  "-",         "\\",         "A",         "@"};
/// Outside the run directory: read-only at best, the same on every run, and small: a program that
/// walks a whole system in each run finds nothing more for it.
constexpr std::string_view elsewhere[] = {"/dev/null", "/etc/passwd", "/etc/apt",     "/tmp",
                                          "/dev/zero", "/dev",        "/nonexistent", "..",
                                          ".",         "/dev/full"};

bool taken(TreeView tree, std::string_view path) {
  for (std::size_t i = 0; i < tree.size(); ++i) {
    if (tree[i].path == path) {
      return true;
    }
  }
  return false;
}

} // namespace

std::string draw_file_name(Random& random) {
  switch (random.below(8)) {
  case 0:
    return std::string(odd_names[random.below(std::size(odd_names))]);
  case 1:
    return random.chance(1, 4) ? std::string(input_limits::path_component_bytes, 'n')
                               : "n" + std::to_string(random.below(1000));
  default:
    return std::string(plain_names[random.below(std::size(plain_names))]);
  }
}

std::string draw_path(TreeView tree, std::optional<FileNode::Kind> kind, Random& random) {
  if (tree.size() > 0 && !random.chance(1, 12)) {
    const std::size_t start = random.below(tree.size());
    for (std::size_t i = 0; i < tree.size(); ++i) {
      const FileNode& node = tree[(start + i) % tree.size()];
      if (!kind || node.kind == *kind) {
        // A name that begins with a dash is an option to most programs; half the time that is
        // meant.
        return node.path.starts_with('-') && random.chance(1, 2) ? "./" + node.path : node.path;
      }
    }
  }
  if (kind == FileNode::Kind::directory && random.chance(1, 2)) {
    return ".";
  }
  return random.chance(1, 3) ? draw_file_name(random)
                             : std::string(elsewhere[random.below(std::size(elsewhere))]);
}

std::string draw_new_path(TreeView tree, Random& random) {
  std::string parent;
  if (tree.size() > 0 && random.chance(1, 3)) {
    const FileNode& node = tree[random.below(tree.size())];
    if (node.kind == FileNode::Kind::directory && node.path != "." &&
        node.path.size() + input_limits::path_component_bytes < input_limits::path_bytes) {
      parent = node.path + "/";
    }
  }
  std::string path = parent + draw_file_name(random);
  for (std::uint64_t number = 2; taken(tree, path); ++number) {
    path = parent + "n" + std::to_string(number);
  }
  return path;
}

} // namespace harness::mutators
