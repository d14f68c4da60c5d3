// FileTree: creates the file tree of an Input below a directory, and removes such a directory. Its
// content may have been written by a hostile target or by an earlier node, so that no step follows
// a symbolic link, and nothing outside the directory is changed. Depends on the model and the
// kernel interface.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "core/base/result.hpp"
#include "core/model/input.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace harness::workloads {

struct TreeOptions {
  /// Who owns nodes that do not say it themselves; none: whoever we are.
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
  /// Set-id bits and devices of any number are harmless: nothing here is run or opened by anybody
  /// with privileges.
  bool confined = true;
};

/// What became of the nodes.
struct TreeOutcome {
  std::vector<FileNode> file_systems; // left to be mounted; an empty directory stands in for each
  std::vector<std::string> left_out;  // "PATH: STEP: REASON", a line each
};

/// Makes `nodes`, in their order, below the open directory `root`. Missing parents are made; a
/// second node of a path replaces the first unless that is a directory. Never fails as a whole.
TreeOutcome build_tree(int root, std::span<const FileNode> nodes, const TreeOptions& options);

/// Removes `name` in the open directory `parent` with everything below it, whatever its modes, its
/// depth and its names. No error if there is none.
Result<> remove_tree(int parent, const std::string& name);

/// The directory that holds the last component of the relative `path` below `root`, and that
/// component. Parents are made where missing if `make` says so. Errors: a symbolic link or another
/// non-directory on the way (ENOTDIR, ELOOP), ".." (EINVAL).
struct Place {
  Fd directory;
  std::string name;
};
Result<Place> find_place(int root, const std::string& path, bool make, const TreeOptions& options);

} // namespace harness::workloads
