// The file tree: nodes of every kind, odd names, modes, owners, times, attributes.
// SPDX-License-Identifier: Apache-2.0
#include "mutators/mutation.hpp"

#include "mutators/lines.hpp"
#include "mutators/nodes.hpp"

namespace harness::mutators {

namespace {

using Kind = FileNode::Kind;

constexpr std::size_t max_content_bytes = 65536;

/// From the grammar or, where the plan switches the whole dimension on, of any kind.
std::optional<FileNode> draw_any_node(const Input& input, const Context& context) {
  const auto& choice = context.tables.files.of;
  const bool typed = context.tables.is_typed(Dimension::file_tree);
  if (!choice.empty() && (!typed || context.one_in(2))) {
    auto expander = context.expander(input);
    for (int tries = 0; tries < 4; ++tries) {
      if (auto node = node_from_words(expander.words(expander.choose(choice)))) {
        return std::move(*node);
      }
    }
    return std::nullopt;
  }
  return typed ? std::optional(draw_node(input, context)) : std::nullopt;
}

bool insert_node(Input& input, const Context& context) {
  auto node = draw_any_node(input, context);
  if (!node) {
    return false;
  }
  input.files.push_back(std::move(*node)); // parents come before what is in them
  return true;
}

bool erase_node(Input& input, const Context& context) {
  return erase_one(input.files, context);
}

bool change_node_metadata(Input& input, const Context& context) {
  if (input.files.empty()) {
    return false;
  }
  change_metadata(context.random.pick(input.files), context);
  return true;
}

bool change_node_kind(Input& input, const Context& context) {
  if (input.files.empty() || !context.tables.is_typed(Dimension::file_tree)) {
    return false;
  }
  FileNode& node = context.random.pick(input.files);
  FileNode other = draw_node(input, context);
  if (other.kind == Kind::hard_link && other.target == node.path) {
    return false; // a file can't be a hard link to itself
  }
  other.path = node.path;
  node = std::move(other);
  return true;
}

bool change_content(Input& input, const Context& context) {
  if (input.files.empty()) {
    return false;
  }
  FileNode& node = context.random.pick(input.files);
  switch (node.kind) {
  case Kind::file:
    if (context.tables.raw_mutation && context.one_in(2)) {
      node.content = mutate_bytes(std::move(node.content), context.dictionary, max_content_bytes,
                                  context.random);
      return true;
    }
    break;
  case Kind::fifo:
  case Kind::socket:
    return false;
  case Kind::directory:
  case Kind::symlink:
  case Kind::hard_link:
  case Kind::device:
  case Kind::file_system:
    break;
  }
  draw_kind_fields(node, input, context);
  return true;
}

bool rename_node(Input& input, const Context& context) {
  if (input.files.empty()) {
    return false;
  }
  FileNode& node = context.random.pick(input.files);
  const std::string old = node.path;
  node.path = draw_new_path(context.tree(input), context.random);
  // What is below it moves along; arguments that named it follow half the time.
  for (auto& other : input.files) {
    if (other.path.starts_with(old + "/")) {
      other.path = node.path + other.path.substr(old.size());
    }
  }
  if (context.one_in(2)) {
    std::replace(input.arguments.begin(), input.arguments.end(), old, node.path);
  }
  return true;
}

bool copy_node(Input& input, const Context& context) {
  if (input.files.empty()) {
    return false;
  }
  FileNode copy = context.random.pick(input.files);
  copy.path = draw_new_path(context.tree(input), context.random);
  input.files.push_back(std::move(copy));
  return true;
}

/// Many levels of directories in one path.
bool deepen(Input& input, const Context& context) {
  if (!context.tables.is_typed(Dimension::file_tree)) {
    return false;
  }
  FileNode node{.kind = Kind::directory,
                .path = draw_new_path(context.tree(input), context.random)};
  for (std::uint64_t levels = context.small_number(200); levels > 0; --levels) {
    node.path += "/d";
  }
  input.files.push_back(std::move(node));
  return true;
}

constexpr Mutation files_table[] = {
    {"insert node", Dimension::file_tree, 2, insert_node},
    {"erase node", Dimension::file_tree, 0.7, erase_node},
    {"change metadata", Dimension::file_tree, 1, change_node_metadata},
    {"change kind of node", Dimension::file_tree, 0.4, change_node_kind},
    {"change content", Dimension::file_tree, 0.6, change_content},
    {"rename node", Dimension::file_tree, 0.3, rename_node},
    {"copy node", Dimension::file_tree, 0.3, copy_node},
    {"deepen", Dimension::file_tree, 0.1, deepen},
};

} // namespace

std::span<const Mutation> file_mutations() {
  return files_table;
}

void draw_files(Input& input, const Context& context) {
  const auto& files = context.tables.files;
  const bool typed = context.tables.is_typed(Dimension::file_tree);
  std::int64_t count = files.of.empty() ? 0 : context.random.between(files.min, files.max);
  if (typed && !context.one_in(4)) {
    count += static_cast<std::int64_t>(context.small_number(6));
  }
  for (std::int64_t i = 0; i < count; ++i) {
    insert_node(input, context);
  }
}

} // namespace harness::mutators
