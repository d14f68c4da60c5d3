// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/yaml_tree.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>
#include <map>
#include <optional>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace harness::plan {

namespace {

/// Builds the tree from yaml-cpp's events. Its own Node class expands aliases without bound and
/// keeps duplicate keys in silence, so it is not used.
class Builder final : public YAML::EventHandler {
public:
  explicit Builder(std::string file) : file_(std::move(file)) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(leaf(YamlTree::Kind::null, mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlTree tree = leaf(YamlTree::Kind::scalar, mark);
    tree.text = value;
    tree.plain = tag == "?"; // what yaml-cpp calls a scalar without quotes and tag
    add(std::move(tree), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      throw UserError(place(mark), "an alias refers to a value that contains it",
                      "write the value instead of the alias");
    }
    count(found->second, mark);
    put(YamlTree(found->second));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlTree::Kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlTree::Kind::map, mark, anchor);
  }
  void OnMapEnd() override { close(); }

  std::optional<YamlTree> take() { return std::move(root_); }

private:
  /// A list or map that is not complete yet; a map also holds the key that waits for its value.
  struct Open {
    YamlTree tree;
    YAML::anchor_t anchor = 0;
    std::optional<YamlTree::Entry> key;
  };

  SourceLocation place(const YAML::Mark& mark) const {
    return {file_, mark.line + 1, mark.column + 1};
  }

  YamlTree leaf(YamlTree::Kind kind, const YAML::Mark& mark) {
    count_one(mark);
    YamlTree tree;
    tree.kind = kind;
    tree.where = place(mark);
    return tree;
  }

  void count_one(const YAML::Mark& mark) {
    if (++parts_ > max_yaml_parts) {
      throw UserError(place(mark), fmt::format("more than {} values", with_commas(max_yaml_parts)),
                      "remove nested aliases (*name), or write fewer values");
    }
  }

  void count(const YamlTree& tree, const YAML::Mark& mark) {
    count_one(mark);
    for (const auto& item : tree.items) {
      count(item, mark);
    }
    for (const auto& entry : tree.entries) {
      count(entry.value, mark);
    }
  }

  void open(YamlTree::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() >= max_yaml_depth) {
      throw UserError(place(mark), fmt::format("nested deeper than {}", max_yaml_depth),
                      "remove brackets: no key of a plan needs this depth");
    }
    open_.push_back({leaf(kind, mark), anchor, std::nullopt});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.tree), done.anchor);
  }

  void add(YamlTree tree, YAML::anchor_t anchor) {
    if (anchor != 0) {
      anchors_[anchor] = tree;
    }
    put(std::move(tree));
  }

  void put(YamlTree tree) {
    if (open_.empty()) {
      root_ = std::move(tree);
      return;
    }
    Open& parent = open_.back();
    if (parent.tree.kind == YamlTree::Kind::list) {
      parent.tree.items.push_back(std::move(tree));
    } else if (!parent.key) {
      begin_entry(parent, tree);
    } else {
      parent.key->value = std::move(tree);
      parent.tree.entries.push_back(std::move(*parent.key));
      parent.key.reset();
    }
  }

  static void begin_entry(Open& parent, const YamlTree& key) {
    if (key.kind != YamlTree::Kind::scalar) {
      throw UserError(key.where, fmt::format("a key is {}", name_of(key.kind)),
                      "write a word, a colon and a value: name: redis");
    }
    for (const auto& entry : parent.tree.entries) {
      if (entry.key == key.text) {
        throw UserError(key.where, fmt::format("{} is given twice", quote_if_needed(key.text)),
                        fmt::format("the first is in line {}; keep one", entry.where.line));
      }
    }
    parent.key = YamlTree::Entry{key.text, {}, key.where};
  }

  std::string file_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlTree> anchors_;
  std::optional<YamlTree> root_;
  std::size_t parts_ = 0;
};

} // namespace

const YamlTree* YamlTree::find(std::string_view key) const {
  for (const auto& entry : entries) {
    if (entry.key == key) {
      return &entry.value;
    }
  }
  return nullptr;
}

YamlTree YamlTree::string(std::string text) {
  YamlTree tree;
  tree.kind = Kind::scalar;
  tree.text = std::move(text);
  return tree;
}

YamlTree YamlTree::word(std::string text) {
  YamlTree tree = string(std::move(text));
  tree.plain = true;
  return tree;
}

YamlTree YamlTree::list(std::vector<YamlTree> items) {
  YamlTree tree;
  tree.kind = Kind::list;
  tree.items = std::move(items);
  return tree;
}

YamlTree YamlTree::map(std::vector<Entry> entries) {
  YamlTree tree;
  tree.kind = Kind::map;
  tree.entries = std::move(entries);
  return tree;
}

std::string_view name_of(YamlTree::Kind kind) {
  switch (kind) {
  case YamlTree::Kind::null:
    return "nothing";
  case YamlTree::Kind::scalar:
    return "a single value";
  case YamlTree::Kind::list:
    return "a list";
  case YamlTree::Kind::map:
    return "a map";
  }
  return "";
}

YamlTree parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > max_yaml_bytes) {
    throw UserError({file}, fmt::format("larger than {} bytes", with_commas(max_yaml_bytes)),
                    "store inputs in the `seeds` directory, not in the plan");
  }
  if (!is_utf8(text)) {
    throw UserError({file}, "is not UTF-8 text", "save it as UTF-8");
  }
  Builder builder(file);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    auto tree = builder.take();
    if (parser.HandleNextDocument(builder)) {
      const auto second = builder.take();
      throw UserError(second ? second->where : SourceLocation{file},
                      "a second document begins here",
                      "a file holds one plan: remove the line ---");
    }
    return tree ? std::move(*tree) : YamlTree{.where = {file, 1, 1}};
  } catch (const YAML::Exception& error) {
    throw UserError({file, error.mark.line + 1, error.mark.column + 1},
                    fmt::format("not YAML: {}", error.msg),
                    "check indentation (spaces, not tabs), brackets and quotes near this place");
  }
}

} // namespace harness::plan
