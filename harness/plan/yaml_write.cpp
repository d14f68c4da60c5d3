// write_yaml: block style, one value a line, quotes only where YAML would read something else.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "harness/plan/yaml_tree.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace harness::plan {

namespace {

/// True if `text` without quotes is read back as this text by every YAML parser.
bool safe_without_quotes(std::string_view text) {
  constexpr std::array special = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '/' || c == '.' || c == '-' || c == '+';
  };
  if (text.empty() || !std::all_of(text.begin(), text.end(), plain)) {
    return false;
  }
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (std::find(special.begin(), special.end(), lower) != special.end()) {
    return false;
  }
  return std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '/' || text[0] == '_';
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string scalar(const YamlTree& tree) {
  return tree.plain || safe_without_quotes(tree.text) ? tree.text : double_quoted(tree.text);
}

bool is_block(const YamlTree& tree) {
  return (tree.kind == YamlTree::Kind::list && !tree.items.empty()) ||
         (tree.kind == YamlTree::Kind::map && !tree.entries.empty());
}

std::string inline_form(const YamlTree& tree) {
  switch (tree.kind) {
  case YamlTree::Kind::null:
    return "null";
  case YamlTree::Kind::scalar:
    return scalar(tree);
  case YamlTree::Kind::list:
    return "[]";
  case YamlTree::Kind::map:
    return "{}";
  }
  return "";
}

/// Appends `tree`, whose first line begins where `out` ends; further lines are indented.
void write_block(const YamlTree& tree, std::size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  bool first = true;
  const auto begin_line = [&] {
    if (!first) {
      out += margin;
    }
    first = false;
  };
  const auto write_value = [&](const YamlTree& value, std::size_t deeper) {
    if (is_block(value)) {
      write_block(value, deeper, out);
    } else {
      out += inline_form(value) + "\n";
    }
  };
  for (const auto& item : tree.items) {
    begin_line();
    out += "- ";
    write_value(item, indent + 2);
  }
  for (const auto& entry : tree.entries) {
    begin_line();
    out += scalar(YamlTree::string(entry.key)) + ":";
    if (is_block(entry.value)) {
      out += "\n" + margin + "  ";
    } else {
      out += " ";
    }
    write_value(entry.value, indent + 2);
  }
}

} // namespace

std::string write_yaml(const YamlTree& tree) {
  std::string out;
  if (is_block(tree)) {
    write_block(tree, 0, out);
  } else {
    out = inline_form(tree) + "\n";
  }
  return out;
}

} // namespace harness::plan
