// Node lines and steps of the text form.
// SPDX-License-Identifier: Apache-2.0
#include "core/model/input_limits.hpp"
#include "core/model/input_text.hpp"
#include "core/model/word_reader.hpp"

namespace harness {

namespace {

using NodeKind = FileNode::Kind;

void read_device_number(FileNode& node, WordReader& in) {
  const std::string text = in.word("the device number", "MAJOR:MINOR");
  const auto colon = text.find(':');
  const auto major = parse_integer(std::string_view(text).substr(0, colon));
  const auto minor = colon == std::string::npos
                         ? std::nullopt
                         : parse_integer(std::string_view(text).substr(colon + 1));
  // The kernel packs a device number into 12 + 20 bits.
  if (!major || !minor || *major < 0 || *major > 0xfff || *minor < 0 || *minor > 0xfffff) {
    in.fail(fmt::format("{} is not a device number; write MAJOR:MINOR, for example 1:3",
                        WordReader::shown(text)));
    return;
  }
  node.device_major = static_cast<std::uint32_t>(*major);
  node.device_minor = static_cast<std::uint32_t>(*minor);
}

/// Reads the field `name`, if a node of this kind has it.
bool read_own_field(FileNode& node, const std::string& name, WordReader& in) {
  if (node.kind == NodeKind::file && name == "content") {
    node.content = in.word("the content", "content \"TEXT\"");
  } else if (node.kind == NodeKind::file && name == "size") {
    node.size_bytes = in.number("the size", 0, input_limits::file_size_bytes);
  } else if (node.kind == NodeKind::file_system && name == "size") {
    node.size_bytes = in.number("the size", 1, input_limits::file_system_bytes);
  } else if (node.kind == NodeKind::file_system && name == "read_only") {
    node.read_only = true;
  } else if (node.kind == NodeKind::directory && name == "entries") {
    node.entries = static_cast<std::uint32_t>(
        in.number("the number of entries", 0, input_limits::directory_entries));
  } else {
    return false;
  }
  return true;
}

/// Reads a field that any node has.
bool read_common_field(FileNode& node, const std::string& name, WordReader& in) {
  if (name == "mode") {
    node.mode = in.octal("the mode", input_limits::mode);
  } else if (name == "uid") {
    node.uid = static_cast<std::uint32_t>(in.number("the uid", 0, input_limits::id));
  } else if (name == "gid") {
    node.gid = static_cast<std::uint32_t>(in.number("the gid", 0, input_limits::id));
  } else if (name == "mtime") {
    node.mtime_s = in.signed_number("the time");
  } else if (name == "attribute") {
    std::string key = in.word("the attribute's name", "attribute NAME VALUE");
    std::string value = in.word("the attribute's value", "attribute NAME VALUE");
    node.attributes.emplace_back(std::move(key), std::move(value));
  } else {
    return false;
  }
  return true;
}

std::string_view fields_of(NodeKind kind) {
  switch (kind) {
  case NodeKind::file:
    return "content, size, mode, uid, gid, mtime or attribute";
  case NodeKind::directory:
    return "entries, mode, uid, gid, mtime or attribute";
  case NodeKind::file_system:
    return "size, read_only, mode, uid or gid";
  case NodeKind::symlink:
  case NodeKind::hard_link:
  case NodeKind::fifo:
  case NodeKind::socket:
  case NodeKind::device:
    break;
  }
  return "mode, uid, gid, mtime or attribute";
}

} // namespace

Result<FileNode> parse_file_node(std::span<const std::string> words) {
  WordReader in(words);
  FileNode node;
  node.kind = in.choice<NodeKind>("kind of file", node_words);
  node.path = in.word("the path", "KIND PATH");
  if (node.kind == NodeKind::symlink || node.kind == NodeKind::hard_link) {
    node.target = in.word("the target", "KIND PATH TARGET");
  } else if (node.kind == NodeKind::device) {
    read_device_number(node, in);
  }
  while (!in.done()) {
    const std::string name = in.word("a field", "NAME VALUE");
    if (!read_own_field(node, name, in) && !read_common_field(node, name, in)) {
      in.fail(fmt::format("a {} has no field {}; write {}", node_words[static_cast<int>(node.kind)],
                          WordReader::shown(name), fields_of(node.kind)));
    }
  }
  if (in.failed()) {
    return Error{in.failure()};
  }
  return node;
}

Result<Step> parse_step(std::span<const std::string> words) {
  Step step;
  if (!words.empty() && words[0].starts_with('@')) {
    const auto client = parse_integer(std::string_view(words[0]).substr(1));
    if (!client || *client < 0 || *client >= input_limits::clients) {
      return Error{fmt::format("{} is not a client; write @N with N below {}",
                               WordReader::shown(words[0]), input_limits::clients)};
    }
    step.client = static_cast<std::uint16_t>(*client);
    words = words.subspan(1);
  }
  WordReader in(words);
  step.kind = in.choice<Step::Kind>("step", step_words);
  if (step.kind == Step::Kind::pause) {
    step.milliseconds =
        static_cast<std::uint32_t>(in.number("a pause (ms)", 0, input_limits::milliseconds));
  }
  while (!in.done()) {
    step.words.push_back(in.word("", ""));
  }
  if (in.failed()) {
    return Error{in.failure()};
  }
  return step;
}

} // namespace harness
