// Codecs of the grammar of a plan. The placeholders of templates are defined in mutators.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "harness/plan/plan_codecs.hpp"
#include "harness/plan/renamed_keys.hpp"
#include "mutators/dictionary.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace harness::plan {

namespace {

using Kind = YamlTree::Kind;
using Weight = NumberCodec<0, 1'000'000, 1>;
using Count = IntegerCodec<std::uint32_t, 0, 10'000>;
constexpr std::size_t max_dictionary_bytes = std::size_t{1} << 20;

/// Rejects any key of the map `value` that is not among `known`.
void only_keys(const YamlTree& value, const std::vector<std::string>& known) {
  for (const auto& entry : value.entries) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      if (const auto now = renamed_key(entry.key)) {
        throw UserError(entry.where, fmt::format("the key {} was renamed", entry.key),
                        fmt::format("write {}", *now));
      }
      const auto near = nearest_word(entry.key, known);
      throw UserError(entry.where, fmt::format("unknown key {}", quote_if_needed(entry.key)),
                      near ? fmt::format("did you mean {}?", *near)
                           : fmt::format("possible keys: {}; quote a text that contains a colon",
                                         fmt::join(known, ", ")));
    }
  }
}

const YamlTree& required(const YamlTree& value, const char* key, const char* example) {
  const YamlTree* found = value.find(key);
  if (found == nullptr) {
    reject(value, fmt::format("the key {} is missing", key), fmt::format("write {}", example));
  }
  return *found;
}

Template read_template(const YamlTree& value) {
  if (value.kind == Kind::map) {
    only_keys(value, {"text", "weight"});
    const YamlTree& text = required(value, "text", "{text: \"--all\", weight: 2}");
    const YamlTree* weight = value.find("weight");
    return {TextCodec::read(text), weight != nullptr ? Weight::read(*weight) : 1, text.where};
  }
  if (value.kind != Kind::scalar) {
    reject_type(value, "a template", "\"--color={when}\" or {text: \"--all\", weight: 2}");
  }
  return {TextCodec::read(value), 1, value.where};
}

YamlTree write_template(const Template& one) {
  if (one.weight == 1) {
    return YamlTree::string(one.text);
  }
  return YamlTree::map(
      {{"text", YamlTree::string(one.text), {}}, {"weight", write_number(one.weight), {}}});
}

bool is_group(const YamlTree& value) {
  return value.kind == Kind::map && (value.find("group") != nullptr || value.find("of") != nullptr);
}

} // namespace

Alternatives AlternativesCodec::read(const YamlTree& value) {
  if (value.kind != Kind::list) {
    return {read_template(value)};
  }
  Alternatives alternatives;
  for (const auto& item : value.items) {
    alternatives.push_back(read_template(item));
  }
  return alternatives;
}

YamlTree AlternativesCodec::write(const Alternatives& alternatives) {
  YamlTree tree = YamlTree::list();
  for (const auto& one : alternatives) {
    tree.items.push_back(write_template(one));
  }
  return tree;
}

std::map<std::string, Alternatives> RulesCodec::read(const YamlTree& value) {
  std::map<std::string, Alternatives> rules;
  for (const auto& entry :
       entries_of(value, "a map of rules", "{when: [always, never, auto]}, one rule a line")) {
    rules[entry.key] = AlternativesCodec::read(entry.value);
    if (rules[entry.key].empty()) {
      reject(entry.value, fmt::format("the rule {} has no alternatives", entry.key),
             "write at least one, or remove the rule");
    }
  }
  return rules;
}

YamlTree RulesCodec::write(const std::map<std::string, Alternatives>& rules) {
  YamlTree tree = YamlTree::map();
  for (const auto& [name, alternatives] : rules) {
    tree.entries.push_back({name, AlternativesCodec::write(alternatives), {}});
  }
  return tree;
}

std::vector<OptionGroup> OptionsCodec::read(const YamlTree& value) {
  OptionGroup ungrouped;
  std::vector<OptionGroup> groups;
  for (const auto& item : items_of(value, "a list of options", "[-l, \"--color={when}\"]")) {
    if (!is_group(item)) {
      ungrouped.options.push_back(read_template(item));
      continue;
    }
    only_keys(item, {"group", "of"});
    const auto& name = required(item, "group", "{group: format, of: [-l, -C, -x]}");
    const auto& of = required(item, "of", "{group: format, of: [-l, -C, -x]}");
    OptionGroup group{TextCodec::read(name), AlternativesCodec::read(of)};
    if (group.name.empty()) {
      reject(name, "a group needs a name", "write {group: format, of: [...]}");
    }
    groups.push_back(std::move(group));
  }
  if (!ungrouped.options.empty()) {
    groups.insert(groups.begin(), std::move(ungrouped));
  }
  return groups;
}

YamlTree OptionsCodec::write(const std::vector<OptionGroup>& groups) {
  YamlTree tree = YamlTree::list();
  for (const auto& group : groups) {
    YamlTree of = AlternativesCodec::write(group.options);
    if (group.name.empty()) {
      tree.items.insert(tree.items.end(), of.items.begin(), of.items.end());
    } else {
      tree.items.push_back(
          YamlTree::map({{"group", YamlTree::string(group.name), {}}, {"of", std::move(of), {}}}));
    }
  }
  return tree;
}

std::vector<std::string> DictionaryCodec::read(const YamlTree& value) {
  if (value.kind == Kind::scalar) {
    return {TextCodec::read(value)};
  }
  std::vector<std::string> words;
  for (const auto& item : items_of(value, "a list of words", "[one, two, {file: words.dict}]")) {
    if (item.kind != Kind::map) {
      words.push_back(TextCodec::read(item));
      continue;
    }
    only_keys(item, {"file"});
    const YamlTree& name = required(item, "file", "{file: words.dict}");
    const std::string path = PathCodec::read(name);
    const auto text = read_file(path, max_dictionary_bytes + 1);
    if (!text) {
      reject(name,
             fmt::format("cannot read the dictionary {}: {}", quote_if_needed(path),
                         std::strerror(text.error().code)),
             "name a file with one word per line, relative to the directory of the plan");
    }
    if (text->size() > max_dictionary_bytes) {
      reject(name, fmt::format("the dictionary {} is larger than 1 MiB", quote_if_needed(path)),
             fmt::format("keep the {} most important words", mutators::Dictionary::max_words));
    }
    std::ranges::move(mutators::parse_dictionary(*text, path), std::back_inserter(words));
  }
  return words;
}

Repeated RepeatedCodec::read(const YamlTree& value) {
  constexpr std::uint32_t default_max = 4;
  if (value.kind != Kind::map || value.find("text") != nullptr) {
    return {0, default_max, AlternativesCodec::read(value)};
  }
  only_keys(value, {"min", "max", "of"});
  Repeated repeated{0, default_max,
                    AlternativesCodec::read(required(value, "of", "{min: 0, max: 3, of: [...]}"))};
  if (const YamlTree* min = value.find("min")) {
    repeated.min = Count::read(*min);
    repeated.max = std::max(repeated.max, repeated.min);
  }
  if (const YamlTree* max = value.find("max")) {
    repeated.max = Count::read(*max);
    if (repeated.max < repeated.min) {
      reject(*max, fmt::format("max ({}) is below min ({})", repeated.max, repeated.min),
             "swap them");
    }
  }
  return repeated;
}

YamlTree RepeatedCodec::write(const Repeated& repeated) {
  if (repeated == Repeated{}) {
    return {};
  }
  return YamlTree::map({{"min", Count::write(repeated.min), {}},
                        {"max", Count::write(repeated.max), {}},
                        {"of", AlternativesCodec::write(repeated.of), {}}});
}

} // namespace harness::plan
