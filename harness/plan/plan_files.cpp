// Codecs of programs, paths, files and signals in a plan.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/model/input_text.hpp"
#include "core/model/kernel_names.hpp"
#include "harness/plan/plan_codecs.hpp"
#include "sandbox/container_engine.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace harness::plan {

std::string resolve_path(const YamlTree& value, const std::string& path) {
  namespace fs = std::filesystem;
  if (path.empty()) {
    return path;
  }
  const fs::path directory = fs::absolute(value.where.file).parent_path();
  std::string resolved = (directory / path).lexically_normal().string(); // absolute paths win
  if (resolved.size() > 1 && resolved.back() == '/') {
    resolved.pop_back();
  }
  return resolved;
}

std::string ProgramCodec::read(const YamlTree& value) {
  const std::string text = TextCodec::read(value);
  if (text.empty()) {
    reject(value, "the name of the program is empty", "write for example executable: redis-server");
  }
  return text.find('/') == std::string::npos ? text : resolve_path(value, text);
}

std::string PathCodec::read(const YamlTree& value) {
  return resolve_path(value, TextCodec::read(value));
}

std::string ImageCodec::read(const YamlTree& value) {
  const std::string name = TextCodec::read(value);
  if (name.empty()) {
    reject(value, "the name of the image is empty", "write for example image: debian:12");
  }
  const auto colon = name.find(':') + 1;
  return sandbox::is_image_file(name)
             ? name.substr(0, colon) + resolve_path(value, name.substr(colon))
             : name;
}

std::vector<std::string> PathListCodec::read(const YamlTree& value) {
  std::vector<std::string> paths;
  if (value.kind == YamlTree::Kind::scalar) {
    return {PathCodec::read(value)};
  }
  for (const auto& item : items_of(value, "a list of paths", "[/srv/data, ../fonts]")) {
    paths.push_back(PathCodec::read(item));
  }
  return paths;
}

std::string SignalCodec::read(const YamlTree& value) {
  const std::string name = TextCodec::read(value);
  const auto number = signal_number(name);
  if (!number) {
    const auto near = nearest_word(name, signal_names());
    reject(value, fmt::format("{} is not a signal", quote_if_needed(name)),
           near ? fmt::format("did you mean {}?", *near) : "write for example SIGTERM");
  }
  return signal_name(*number);
}

std::vector<FileNode> FileNodesCodec::read(const YamlTree& value) {
  std::vector<FileNode> nodes;
  for (const auto& item :
       items_of(value, "a list of file lines", "[\"file notes content hello mode 0600\"]")) {
    const auto words = split_words(TextCodec::read(item));
    auto node = words ? parse_file_node(*words) : Error{"missing closing quote"};
    if (!node) {
      reject(item, node.error().message,
             "the documentation of inputs lists the forms of file lines");
    }
    nodes.push_back(std::move(*node));
  }
  return nodes;
}

YamlTree FileNodesCodec::write(const std::vector<FileNode>& nodes) {
  YamlTree tree = YamlTree::list();
  for (const auto& node : nodes) {
    tree.items.push_back(YamlTree::string(file_node_text(node)));
  }
  return tree;
}

} // namespace harness::plan
