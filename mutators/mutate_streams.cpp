// Standard streams: bytes of standard input, where the streams lead, and a terminal with its keys.
// SPDX-License-Identifier: Apache-2.0
#include "mutators/mutation.hpp"

#include "core/model/input_text.hpp"

namespace harness::mutators {

namespace {

constexpr std::size_t max_input_bytes = 65536;

/// Typed keys: ^C ^D ^Z ^\ ^S ^Q ^U ^V, return, backspace, arrows, home, escape.
constexpr std::string_view keys[] = {"\x03",   "\x04", "\x1a",   "\x1c", "\x13", "\x11",
                                     "\x15",   "\x16", "\r",     "\n",   "\x7f", "\x1b[A",
                                     "\x1b[D", "\t",   "\x1b[H", "\x1b", "q",    "y\n",
                                     "n\n",    "\x12", "\x0c",   "\x01", "\x05", "\x17"};

bool has_bytes(const Input& input) {
  return input.standard_input.kind == StandardInput::Kind::file ||
         input.standard_input.kind == StandardInput::Kind::pipe ||
         input.standard_input.kind == StandardInput::Kind::terminal;
}

/// Makes sure that bytes of standard input reach the target.
void open_input(Input& input, const Context& context) {
  if (!has_bytes(input)) {
    input.standard_input.kind =
        context.one_in(4) ? StandardInput::Kind::file : StandardInput::Kind::pipe;
  }
}

bool insert_piece(Input& input, const Context& context) {
  if (context.tables.standard_input.of.empty()) {
    return false;
  }
  auto expander = context.expander(input);
  std::string& bytes = input.standard_input.bytes;
  // Pieces are mostly lines: put it where a line begins.
  std::size_t at = context.random.below(bytes.size() + 1);
  at = at == bytes.size() ? at : bytes.rfind('\n', at) + 1; // npos + 1 is the beginning
  if (!context.tables.name_kinds.empty()) {
    expander.names().find_in(std::string_view(bytes).substr(0, at), context.tables);
    expander.names().next_line();
  }
  bytes.insert(at, expander.text(expander.choose(context.tables.standard_input.of)));
  open_input(input, context);
  return true;
}

/// Takes out, repeats or moves one line.
bool change_line(Input& input, const Context& context) {
  std::string& bytes = input.standard_input.bytes;
  if (bytes.empty()) {
    return false;
  }
  const std::size_t somewhere = context.random.below(bytes.size());
  const std::size_t begin = somewhere == 0 ? 0 : bytes.rfind('\n', somewhere - 1) + 1;
  const std::size_t end = std::min(bytes.find('\n', somewhere), bytes.size() - 1) + 1;
  const std::string line = bytes.substr(begin, end - begin);
  if (!context.one_in(3)) {
    bytes.erase(begin, line.size());
  }
  if (!context.one_in(2)) {
    const std::size_t near = context.random.below(bytes.size() + 1);
    bytes.insert(near == bytes.size() ? near : bytes.rfind('\n', near) + 1, line);
  }
  return true;
}

bool mutate_input_bytes(Input& input, const Context& context) {
  input.standard_input.bytes = mutate_bytes(std::move(input.standard_input.bytes),
                                            context.dictionary, max_input_bytes, context.random);
  open_input(input, context);
  return true;
}

bool change_input_kind(Input& input, const Context& context) {
  if (context.tables.is_typed(Dimension::streams)) {
    // Not a terminal: that is another dimension.
    input.standard_input.kind = static_cast<StandardInput::Kind>(context.random.below(4));
  } else {
    input.standard_input.kind =
        context.one_in(2) ? StandardInput::Kind::file : StandardInput::Kind::pipe;
  }
  return true;
}

bool change_output_kind(Input& input, const Context& context) {
  OutputKind& kind = context.one_in(3) ? input.standard_error : input.standard_output;
  kind = static_cast<OutputKind>(context.random.below(output_words.size() - 1)); // no terminal
  return true;
}

bool usual_streams(Input& input, const Context&) {
  input.standard_output = OutputKind::capture;
  input.standard_error = OutputKind::capture;
  return true;
}

bool type_keys(Input& input, const Context& context) {
  input.standard_input.kind = StandardInput::Kind::terminal;
  std::string& bytes = input.standard_input.bytes;
  for (std::uint64_t count = context.small_number(6); count > 0; --count) {
    const std::string key(context.pick(keys));
    bytes.insert(context.one_in(2) ? bytes.size() : context.random.below(bytes.size() + 1), key);
  }
  return true;
}

bool use_terminal(Input& input, const Context& context) {
  const bool on = !context.one_in(3);
  if (context.one_in(2)) {
    input.standard_output = on ? OutputKind::terminal : OutputKind::capture;
    input.standard_error = input.standard_output;
  }
  if (context.one_in(2)) {
    input.standard_input.kind = on ? StandardInput::Kind::terminal : StandardInput::Kind::pipe;
  }
  return true;
}

bool change_window(Input& input, const Context& context) {
  static constexpr std::uint16_t sizes[] = {80, 0, 1, 2, 24, 40, 132, 1000, 65535};
  input.terminal.columns = context.pick(sizes);
  input.terminal.rows = context.pick(sizes);
  return true;
}

bool change_hang_up(Input& input, const Context&) {
  input.terminal.hang_up = !input.terminal.hang_up;
  return true;
}

constexpr Mutation streams_table[] = {
    {"insert piece of input", Dimension::standard_input, 2, insert_piece},
    {"change line of input", Dimension::standard_input, 1, change_line},
    {"change input bytes", Dimension::standard_input, 1, mutate_input_bytes, true},
    {"change kind of input", Dimension::standard_input, 0.3, change_input_kind},
    {"change where input comes from", Dimension::streams, 0.3, change_input_kind},
    {"change where output goes", Dimension::streams, 0.5, change_output_kind},
    {"usual streams", Dimension::streams, 0.3, usual_streams},
    {"type keys", Dimension::terminal, 0.4, type_keys},
    {"use a terminal", Dimension::terminal, 0.4, use_terminal},
    {"change window", Dimension::terminal, 0.2, change_window},
    {"hang up", Dimension::terminal, 0.2, change_hang_up},
};

} // namespace

std::span<const Mutation> stream_mutations() {
  return streams_table;
}

void draw_streams(Input& input, const Context& context) {
  const auto& tables = context.tables;
  if (!tables.standard_input.of.empty()) {
    auto expander = context.expander(input);
    const auto count = context.random.between(tables.standard_input.min, tables.standard_input.max);
    for (std::int64_t i = 0; i < count; ++i) {
      expander.names().next_line();
      input.standard_input.bytes += expander.text(expander.choose(tables.standard_input.of));
    }
    if (!input.standard_input.bytes.empty()) {
      open_input(input, context);
    }
  } else if (tables.is_typed(Dimension::standard_input) && context.one_in(2)) {
    input.standard_input.bytes = draw_string(context.dictionary, context.random);
    open_input(input, context);
  }
  if (tables.is_typed(Dimension::streams) && context.one_in(5)) {
    (context.one_in(3) ? change_input_kind : change_output_kind)(input, context);
  }
  if (tables.is_typed(Dimension::terminal) && context.one_in(8)) {
    type_keys(input, context);
    use_terminal(input, context);
    change_window(input, context);
    input.terminal.hang_up = context.one_in(4);
  }
}

} // namespace harness::mutators
