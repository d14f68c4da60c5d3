// SPDX-License-Identifier: Apache-2.0
#include "mutators/nodes.hpp"

#include "core/model/input_limits.hpp"

namespace harness::mutators {

namespace {

using Kind = FileNode::Kind;

std::string draw_content(const Context& context) {
  switch (context.random.below(6)) {
  case 0:
    return "";
  case 1:
    return "#!/bin/sh\nexit 0\n";
  case 2:
    return context.random.bytes(context.random.below(512));
  case 3:
    return std::string(context.random.below(20000), 'x');
  case 4:
    return draw_string(context.dictionary, context.random) + "\n";
  default:
    return "one\ntwo\nthree\n";
  }
}

/// A path of the tree that a hard link can name, or any.
std::string draw_link_target(const Input& input, const Context& context) {
  for (const auto& node : input.files) {
    if (node.kind == Kind::file && context.one_in(2)) {
      return node.path;
    }
  }
  return draw_file_name(context.random);
}

} // namespace

void change_metadata(FileNode& node, const Context& context) {
  static constexpr std::uint32_t modes[] = {0644, 0600, 0000, 0755,  04755, 02755, 01777,
                                            0444, 0222, 0111, 07777, 0700,  0666};
  static constexpr std::uint32_t ids[] = {0, 65534, 1, 12345, 4294967294};
  static constexpr std::int64_t times[] = {0,          -1,         86400,       1000000000,
                                           2147483648, 4294967296, -2208988800, 32503680000};
  switch (context.random.below(5)) {
  case 0:
  case 1:
    node.mode = context.pick(modes);
    break;
  case 2:
    node.mtime_s = context.pick(times);
    break;
  case 3:
    (context.one_in(2) ? node.uid : node.gid) = context.pick(ids);
    break;
  default: {
    static constexpr std::string_view names[] = {"user.note",           "user.mime_type",
                                                 "security.capability", "system.posix_acl_access",
                                                 "trusted.x",           "security.selinux"};
    node.attributes.emplace_back(context.pick(names),
                                 draw_word(context.dictionary, context.random));
  }
  }
}

void draw_kind_fields(FileNode& node, const Input& input, const Context& context) {
  switch (node.kind) {
  case Kind::file:
    node.content = draw_content(context);
    if (context.one_in(6)) {
      node.size_bytes = std::min<std::uint64_t>(std::uint64_t{1} << context.random.below(35),
                                                input_limits::file_size_bytes);
    }
    break;
  case Kind::directory:
    if (context.one_in(4)) {
      node.entries = static_cast<std::uint32_t>(context.small_number(4000));
    }
    break;
  case Kind::symlink:
    node.target = context.one_in(4) ? node.path // a loop
                                    : draw_path(context.tree(input), std::nullopt, context.random);
    break;
  case Kind::hard_link:
    node.target = draw_link_target(input, context);
    break;
  case Kind::device: {
    static constexpr std::uint32_t minors[] = {3, 5, 7, 8, 9}; // null, zero, full, random, urandom
    node.device_major = 1;
    node.device_minor = context.pick(minors);
    break;
  }
  case Kind::file_system:
    node.size_bytes = std::uint64_t{4096} << context.random.below(9);
    node.read_only = context.one_in(2);
    break;
  case Kind::fifo:
  case Kind::socket:
    break;
  }
}

FileNode draw_node(const Input& input, const Context& context) {
  static constexpr double weights[] = {6, 4, 2, 1, 0.6, 0.6, 0.4, 0.3}; // by kind
  FileNode node;
  node.kind = static_cast<Kind>(context.random.weighted(weights));
  node.path = draw_new_path(context.tree(input), context.random);
  draw_kind_fields(node, input, context);
  while (context.one_in(3)) {
    change_metadata(node, context);
  }
  return node;
}

} // namespace harness::mutators
