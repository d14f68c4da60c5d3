// Scripts: steps of the grammar, their words, clients and connections.
// SPDX-License-Identifier: Apache-2.0
#include "mutators/mutation.hpp"

#include "mutators/lines.hpp"

namespace harness::mutators {

namespace {

/// As far back as names are looked for: what a long script made up at its start is gone by then.
constexpr std::size_t max_lines_back = 512;
constexpr std::size_t max_word_bytes = 16384;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    text += text.empty() ? "" : " ";
    text += word;
  }
  return text;
}

/// Teaches `names` what the steps before `at` make up.
void learn_names(Names& names, const std::vector<Step>& script, std::size_t at,
                 const Context& context) {
  if (context.tables.name_kinds.empty()) {
    return;
  }
  for (std::size_t i = at > max_lines_back ? at - max_lines_back : 0; i < at; ++i) {
    names.next_line();
    names.find_in(joined(script[i].words), context.tables);
  }
  names.next_line();
}

std::optional<Step> draw_step(Expander& expander, const Context& context) {
  if (context.tables.script.of.empty()) {
    return std::nullopt;
  }
  for (int tries = 0; tries < 4; ++tries) {
    if (auto step = step_from_words(expander.words(expander.choose(context.tables.script.of)))) {
      return std::move(*step);
    }
  }
  return std::nullopt;
}

bool insert_steps(Input& input, const Context& context) {
  std::size_t at =
      context.one_in(2) ? input.script.size() : context.random.below(input.script.size() + 1);
  auto expander = context.expander(input);
  learn_names(expander.names(), input.script, at, context);
  const std::uint16_t client =
      at > 0 ? input.script[at - 1].client : std::uint16_t{0}; // stay in the conversation
  bool any = false;
  for (std::uint64_t count = context.small_number(4); count > 0; --count) {
    auto step = draw_step(expander, context);
    if (!step) {
      return any;
    }
    if (step->client == 0) {
      step->client = client;
    }
    input.script.insert(input.script.begin() + static_cast<std::ptrdiff_t>(at++), std::move(*step));
    expander.names().next_line();
    any = true;
  }
  return any;
}

bool replace_step(Input& input, const Context& context) {
  if (input.script.empty()) {
    return false;
  }
  const std::size_t at = context.random.below(input.script.size());
  auto expander = context.expander(input);
  learn_names(expander.names(), input.script, at, context);
  auto step = draw_step(expander, context);
  if (!step) {
    return false;
  }
  input.script[at] = std::move(*step);
  return true;
}

bool erase_step(Input& input, const Context& context) {
  return erase_one(input.script, context);
}
bool duplicate_step(Input& input, const Context& context) {
  return duplicate_one(input.script, context);
}
bool swap_steps(Input& input, const Context& context) {
  return swap_two(input.script, context);
}
bool move_steps(Input& input, const Context& context) {
  return move_stretch(input.script, context);
}

/// The same step many times: buffers fill, tables grow.
bool repeat_step(Input& input, const Context& context) {
  if (input.script.empty()) {
    return false;
  }
  const std::size_t at = context.random.below(input.script.size());
  const Step step = input.script[at];
  input.script.insert(input.script.begin() + static_cast<std::ptrdiff_t>(at),
                      1 + context.small_number(32), step);
  return true;
}

void change_word(std::vector<std::string>& words, const Input& input, const Context& context) {
  std::string& word = context.random.pick(words);
  switch (context.random.below(context.tables.raw_mutation ? 6 : 4)) {
  case 0:
    word = draw_word(context.dictionary, context.random);
    break;
  case 1:
    word = std::to_string(draw_integer(INT64_MIN, INT64_MAX, context.random));
    break;
  case 2: {
    // A word of another line: keys, tables and users come to mean the same thing.
    const auto& other = context.pick(input.script).words;
    word = other.empty() ? "" : std::string(context.pick(other));
    break;
  }
  case 3:
    words.push_back(draw_word(context.dictionary, context.random));
    break;
  case 4:
    word = draw_string(context.dictionary, context.random);
    break;
  default:
    word = mutate_bytes(std::move(word), context.dictionary, max_word_bytes, context.random);
  }
}

bool change_step_word(Input& input, const Context& context) {
  if (input.script.empty()) {
    return false;
  }
  Step& step = context.random.pick(input.script);
  if (step.kind != Step::Kind::command && step.kind != Step::Kind::send) {
    return false;
  }
  change_word(step.words, input, context);
  return true;
}

/// From here on somebody else speaks.
bool change_client(Input& input, const Context& context) {
  if (input.script.empty()) {
    return false;
  }
  const auto client = static_cast<std::uint16_t>(context.small_number(4) - 1);
  const std::size_t from = context.random.below(input.script.size());
  const std::size_t count = context.small_number(input.script.size() - from);
  for (std::size_t i = from; i < from + count; ++i) {
    input.script[i].client = client;
  }
  return true;
}

bool insert_connection_event(Input& input, const Context& context) {
  if (input.script.empty()) {
    return false; // a program that is not talked to
  }
  Step step;
  step.client = context.pick(input.script).client;
  switch (context.random.below(8)) {
  case 0:
    step.kind = Step::Kind::half_close;
    break;
  case 1:
    step.kind = Step::Kind::reset;
    break;
  case 2:
    step.kind = Step::Kind::close;
    break;
  case 3:
    step.kind = Step::Kind::connect;
    step.client = static_cast<std::uint16_t>(context.small_number(8) - 1);
    if (context.one_in(2)) {
      step.words = {context.one_in(2) ? "tcp" : "unix"};
    }
    break;
  case 4:
    step.kind = Step::Kind::pause;
    step.milliseconds = static_cast<std::uint32_t>(context.small_number(200));
    break;
  case 5:
    step.kind = Step::Kind::send;
    step.words = {draw_string(context.dictionary, context.random)};
    break;
  default:
    step.kind = Step::Kind::receive;
  }
  context.insert(input.script, std::move(step));
  return true;
}

bool redraw_script(Input& input, const Context& context) {
  if (context.tables.script.of.empty()) {
    return false;
  }
  input.script.clear();
  draw_script(input, context);
  return true;
}

constexpr Mutation script_table[] = {
    {"insert steps", Dimension::script, 3, insert_steps},
    {"replace step", Dimension::script, 1, replace_step},
    {"erase step", Dimension::script, 1, erase_step},
    {"duplicate step", Dimension::script, 0.4, duplicate_step},
    {"swap steps", Dimension::script, 0.4, swap_steps},
    {"move steps", Dimension::script, 0.4, move_steps},
    {"repeat step", Dimension::script, 0.2, repeat_step},
    {"change word of a step", Dimension::script, 1.5, change_step_word},
    {"change client", Dimension::script, 0.3, change_client},
    {"insert connection event", Dimension::script, 0.4, insert_connection_event},
    {"redraw script", Dimension::script, 0.3, redraw_script},
};

} // namespace

std::span<const Mutation> script_mutations() {
  return script_table;
}

void draw_script(Input& input, const Context& context) {
  const auto& repeated = context.tables.script;
  if (repeated.of.empty()) {
    return;
  }
  auto expander = context.expander(input);
  const auto count = context.random.between(repeated.min, repeated.max);
  for (std::int64_t i = 0; i < count; ++i) {
    if (auto step = draw_step(expander, context)) {
      input.script.push_back(std::move(*step));
    }
    expander.names().next_line();
  }
}

} // namespace harness::mutators
