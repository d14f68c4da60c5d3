// Codec of a plan's phases. A trigger is a map whose key is a trigger word, {symbol: aeMain+0x10},
// with the value in the form that `trace --phase` takes behind the colon.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "harness/plan/plan_codecs.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace harness::plan {

namespace {

using Kind = YamlTree::Kind;

const std::vector<std::string>& trigger_words() {
  static const std::vector<std::string> words = {"symbol", "offset", "call",  "signal", "output",
                                                 "time",   "marker", "spawn", "auto"};
  return words;
}

bool is_trigger_word(const std::string& word) {
  const auto& words = trigger_words();
  return std::find(words.begin(), words.end(), word) != words.end();
}

Trigger trigger_from_text(const YamlTree& value, const std::string& text) {
  auto trigger = parse_trigger(text);
  if (!trigger) {
    // The end of the message is what to write instead; it becomes the remedy.
    const std::string& message = trigger.error().message;
    const auto cut = message.find("; write ");
    reject(value, message.substr(0, cut), cut == std::string::npos ? "" : message.substr(cut + 2));
  }
  return *trigger;
}

std::string argument_text(const YamlTree& value) {
  return value.kind == Kind::null ? std::string() : TextCodec::read(value);
}

/// The trigger that the entries of `map` but `name` describe.
Trigger read_trigger_map(const YamlTree& map) {
  const YamlTree* argument = nullptr;
  std::string word;
  const YamlTree* file = nullptr;
  for (const auto& entry : map.entries) {
    if (entry.key == "name") {
      continue;
    }
    if (entry.key == "file") {
      file = &entry.value;
    } else if (!is_trigger_word(entry.key)) {
      const auto near = nearest_word(entry.key, trigger_words());
      throw UserError(entry.where, fmt::format("{} is not a trigger", quote_if_needed(entry.key)),
                      near
                          ? fmt::format("did you mean {}?", *near)
                          : fmt::format("possible triggers: {}", fmt::join(trigger_words(), ", ")));
    } else if (argument != nullptr) {
      throw UserError(entry.where, "a phase has one trigger, but this is a second one",
                      "keep one of them");
    } else {
      word = entry.key;
      argument = &entry.value;
    }
  }
  if (argument == nullptr) {
    reject(map, "the phase has no trigger", "write for example {symbol: aeMain}");
  }
  if (word == "output") { // any text, an exclamation mark too
    OutputTrigger output{argument_text(*argument), file != nullptr ? TextCodec::read(*file) : ""};
    if (output.text.empty()) {
      reject(*argument, "the text of the trigger is empty", "write {output: \"ready to accept\"}");
    }
    return output;
  }
  if (file != nullptr) {
    reject(*file, "only an output trigger can have a file", "write {output: TEXT, file: PATH}");
  }
  const std::string text = argument_text(*argument);
  return trigger_from_text(*argument, text.empty() && word == "auto" ? word : word + ":" + text);
}

Trigger read_trigger(const YamlTree& value) {
  if (value.kind == Kind::map) {
    return read_trigger_map(value);
  }
  if (value.kind == Kind::null) {
    return LaunchTrigger{};
  }
  return trigger_from_text(value, TextCodec::read(value));
}

/// `name`, `name: TRIGGER`, or `{name: NAME, WORD: ARGUMENT}`.
Phase read_phase(const YamlTree& value) {
  if (value.kind == Kind::scalar) {
    return {TextCodec::read(value), LaunchTrigger{}};
  }
  if (value.kind != Kind::map || value.entries.empty()) {
    reject_type(value, "a phase", "\"startup\" or \"serving: {symbol: aeMain}\"");
  }
  if (const YamlTree* name = value.find("name"); name != nullptr && value.entries.size() > 1) {
    return {TextCodec::read(*name), read_trigger_map(value)};
  }
  if (value.entries.size() > 1) {
    throw UserError(value.entries[1].where, "each phase must be an entry of the list",
                    "put a dash before each phase: - serving: {symbol: aeMain}");
  }
  return {value.entries[0].key, read_trigger(value.entries[0].value)};
}

void check_name(const YamlTree& value, const std::vector<Phase>& before, const Phase& phase) {
  if (phase.name.empty() || phase.name.size() > 64 || printable(phase.name) != phase.name) {
    reject(value, "the name of a phase must have 1 to 64 printable characters",
           "write for example serving");
  }
  for (const auto& other : before) {
    if (other.name == phase.name) {
      reject(value, fmt::format("two phases are named {}", quote_if_needed(phase.name)),
             "give each phase its own name");
    }
  }
  const bool launch = std::holds_alternative<LaunchTrigger>(phase.trigger);
  if (before.empty() && !launch) {
    reject(value,
           fmt::format("the first phase must begin at launch, but {} has another trigger",
                       quote_if_needed(phase.name)),
           "add a phase without a trigger before it: - startup");
  }
  if (!before.empty() && launch) {
    reject(value, fmt::format("the phase {} has no trigger", quote_if_needed(phase.name)),
           fmt::format("write for example - {}: {{symbol: main}}", quote_if_needed(phase.name)));
  }
}

} // namespace

std::vector<Phase> PhasesCodec::read(const YamlTree& value) {
  if (value.kind == Kind::scalar && value.text == "auto") {
    return {{"load", LaunchTrigger{}}, {"auto", AutoTrigger{}}};
  }
  std::vector<Phase> phases;
  for (const auto& item :
       items_of(value, "a list of phases", "[startup, {serving: {symbol: aeMain}}]")) {
    Phase phase = read_phase(item);
    check_name(item, phases, phase);
    phases.push_back(std::move(phase));
  }
  return phases;
}

YamlTree PhasesCodec::write(const std::vector<Phase>& phases) {
  YamlTree tree = YamlTree::list();
  for (const auto& phase : phases) {
    if (std::holds_alternative<LaunchTrigger>(phase.trigger)) {
      tree.items.push_back(YamlTree::string(phase.name));
      continue;
    }
    YamlTree trigger = YamlTree::map();
    if (const auto* output = std::get_if<OutputTrigger>(&phase.trigger)) {
      trigger.entries.push_back({"output", YamlTree::string(output->text), {}});
      if (!output->path.empty()) {
        trigger.entries.push_back({"file", YamlTree::string(output->path), {}});
      }
    } else {
      const std::string text = trigger_text(phase.trigger);
      const auto colon = text.find(':');
      const std::string argument = colon == std::string::npos ? "" : text.substr(colon + 1);
      trigger.entries.push_back({text.substr(0, colon), YamlTree::string(argument), {}});
    }
    tree.items.push_back(YamlTree::map({{phase.name, std::move(trigger), {}}}));
  }
  return tree;
}

} // namespace harness::plan
