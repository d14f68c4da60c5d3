// Values: numbers, words, names and paths that programs often treat specially, and random changes
// of bytes. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.hpp"
#include "core/model/input.hpp"
#include "mutators/dictionary.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace harness::mutators {

/// In [low, high]: the bounds, small numbers and neighbors of powers of two more often than
/// others.
std::int64_t draw_integer(std::int64_t low, std::int64_t high, Random& random);
/// One plain word, often of the dictionary.
std::string draw_word(const Dictionary& dictionary, Random& random);
/// Any text without NUL: empty, several words, UTF-8, control bytes, long.
std::string draw_string(const Dictionary& dictionary, Random& random);

/// The files around a run: those of the input and those that the plan puts into every run.
struct TreeView {
  std::span<const FileNode> own;
  std::span<const FileNode> base;

  std::size_t size() const { return own.size() + base.size(); }
  const FileNode& operator[](std::size_t i) const {
    return i < own.size() ? own[i] : base[i - own.size()];
  }
};

/// A name for a file: mostly plain, sometimes one that breaks scripts and columns. No slash, no
/// NUL.
std::string draw_file_name(Random& random);
/// The path of a node of `tree` (of that kind), now and then one that does not exist or is outside.
std::string draw_path(TreeView tree, std::optional<FileNode::Kind> kind, Random& random);
/// A path below the run directory that `tree` does not have, passing check_tree_path.
std::string draw_new_path(TreeView tree, Random& random);

/// `bytes` after one blind change: bits, bytes, numbers, pieces copied, cut or repeated, words of
/// the dictionary put in. At most `most` bytes long.
std::string mutate_bytes(std::string bytes, const Dictionary& dictionary, std::size_t most,
                         Random& random);

} // namespace harness::mutators
