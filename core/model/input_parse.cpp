// SPDX-License-Identifier: Apache-2.0
#include "core/base/remedy.hpp"
#include "core/model/input_limits.hpp"
#include "core/model/input_text.hpp"
#include "core/model/read_input.hpp"
#include "core/model/word_reader.hpp"

#include <algorithm>
#include <set>
#include <variant>

namespace harness {

namespace {

constexpr std::string_view directives[] = {
    "arguments",  "env",         "unset",     "stdin",   "feed",      "stdout", "stderr",
    "terminal",   "file",        "directory", "symlink", "hard_link", "fifo",   "socket",
    "device",     "file_system", "config",    "connect", "command",   "send",   "receive",
    "half_close", "reset",       "close",     "pause",   "marker",    "signal", "fault",
    "limit",      "identity",    "sidecar"};

void read_environment(Input& input, const std::string& directive, WordReader& in) {
  std::string word = in.word("the variable", directive == "env" ? "env NAME=VALUE" : "unset NAME");
  if (directive == "unset") {
    input.environment.push_back({std::move(word), std::nullopt});
    return;
  }
  const auto equals = word.find('=');
  if (equals == std::string::npos) {
    in.fail(fmt::format("{} is not a variable; write env NAME=VALUE, or unset NAME to remove it",
                        WordReader::shown(word)));
    return;
  }
  input.environment.push_back({word.substr(0, equals), word.substr(equals + 1)});
}

void read_terminal(Input& input, WordReader& in) {
  const std::string size = in.word("the window size", "terminal COLUMNSxROWS");
  const auto cross = size.find('x');
  const auto columns = parse_integer(std::string_view(size).substr(0, cross));
  const auto rows = cross == std::string::npos
                        ? std::nullopt
                        : parse_integer(std::string_view(size).substr(cross + 1));
  if (!columns || !rows || *columns < 0 || *columns > 65535 || *rows < 0 || *rows > 65535) {
    in.fail(fmt::format("{} is not a window size; write terminal COLUMNSxROWS, for example 80x24",
                        WordReader::shown(size)));
    return;
  }
  input.terminal = {static_cast<std::uint16_t>(*columns), static_cast<std::uint16_t>(*rows), false};
  if (!in.done()) {
    static constexpr std::string_view words[] = {"hang_up"};
    in.choice<int>("terminal word", words);
    input.terminal.hang_up = true;
  }
}

void read_signal(Input& input, WordReader& in) {
  SignalEvent event;
  event.signal =
      in.word("the signal", "signal SIGNAME [after CALLS] [in PHASE] [to main|child|group]");
  static constexpr std::string_view keys[] = {"after", "in", "to"};
  while (!in.done()) {
    switch (in.choice<int>("word", keys)) {
    case 0:
      event.at.calls = in.number("the number of calls", 0, UINT64_MAX);
      break;
    case 1:
      event.at.phase = in.word("the phase", "in PHASE");
      break;
    default:
      event.to = in.choice<SignalEvent::To>("receiver", signal_to_words);
    }
  }
  input.signals.push_back(std::move(event));
}

void read_fault(Input& input, WordReader& in) {
  Fault fault;
  constexpr std::string_view form =
      "fault CALL error ERRNO | short BYTES | delay MS [nth N] [in PHASE]";
  fault.call = in.word("the call", form);
  static constexpr std::string_view effects[] = {"error", "short", "delay"};
  fault.kind = in.choice<Fault::Kind>("effect", effects);
  switch (fault.kind) {
  case Fault::Kind::error:
    fault.error = in.word("the error", "error ENOSPC");
    break;
  case Fault::Kind::short_count:
    fault.count = in.number("the count", 0, UINT64_MAX);
    break;
  case Fault::Kind::delay:
    fault.milliseconds =
        static_cast<std::uint32_t>(in.number("the delay (ms)", 0, input_limits::milliseconds));
    break;
  }
  static constexpr std::string_view keys[] = {"nth", "in"};
  while (!in.done()) {
    if (in.choice<int>("word", keys) == 0) {
      fault.nth = static_cast<std::uint32_t>(in.number("nth", 1, UINT32_MAX));
    } else {
      fault.phase = in.word("the phase", "in PHASE");
    }
  }
  input.faults.push_back(std::move(fault));
}

void read_identity(Input& input, WordReader& in) {
  Identity& identity = input.identity;
  static constexpr std::string_view keys[] = {"uid", "gid", "umask", "capability", "directory"};
  while (!in.done()) {
    switch (in.choice<int>("word", keys)) {
    case 0:
      identity.uid = static_cast<std::uint32_t>(in.number("the uid", 0, input_limits::id));
      break;
    case 1:
      identity.gid = static_cast<std::uint32_t>(in.number("the gid", 0, input_limits::id));
      break;
    case 2:
      identity.umask = in.octal("the umask", input_limits::umask);
      break;
    case 3:
      identity.capabilities.push_back(in.word("the capability", "capability CAP_NAME"));
      break;
    default:
      identity.directory = in.word("the directory", "directory PATH");
    }
  }
}

/// Reads the rest of a line into `input`; false if `directive` is none that this function knows.
bool read_simple(Input& input, const std::string& directive, WordReader& in) {
  if (directive == "arguments" || directive == "config") {
    std::vector<std::string> words;
    while (!in.done()) {
      words.push_back(in.word("", ""));
    }
    if (directive == "config") {
      input.configuration.push_back(std::move(words));
    } else {
      std::move(words.begin(), words.end(), std::back_inserter(input.arguments));
    }
  } else if (directive == "env" || directive == "unset") {
    read_environment(input, directive, in);
  } else if (directive == "stdin") {
    input.standard_input.kind =
        in.choice<StandardInput::Kind>("kind of standard input", standard_input_words);
  } else if (directive == "feed") {
    input.standard_input.bytes += in.word("the bytes", "feed \"TEXT\\n\"");
  } else if (directive == "stdout") {
    input.standard_output = in.choice<OutputKind>("kind of output", output_words);
  } else if (directive == "stderr") {
    input.standard_error = in.choice<OutputKind>("kind of output", output_words);
  } else if (directive == "sidecar") {
    input.sidecars.push_back(in.word("the name", "sidecar NAME"));
  } else if (directive == "limit") {
    const auto index = in.choice<std::size_t>("limit", resource_limit_words);
    input.limits.push_back(
        {std::string(resource_limit_words[index]), in.number("the limit", 0, UINT64_MAX)});
  } else {
    return false;
  }
  return true;
}

bool read_structured(Input& input, const std::string& directive, WordReader& in) {
  if (directive == "terminal") {
    read_terminal(input, in);
  } else if (directive == "signal") {
    read_signal(input, in);
  } else if (directive == "fault") {
    read_fault(input, in);
  } else if (directive == "identity") {
    read_identity(input, in);
  } else {
    return false;
  }
  return true;
}

template <typename Value> std::string keep(Result<Value> parsed, std::vector<Value>& into) {
  if (!parsed) {
    return std::move(parsed.error().message);
  }
  into.push_back(std::move(*parsed));
  return {};
}

/// What is wrong with the line, or "".
std::string read_line(Input& input, const std::vector<std::string>& words,
                      std::set<std::string, std::less<>>& seen) {
  const std::string& directive = words[0];
  const auto is = [&](std::span<const std::string_view> names) {
    return std::find(names.begin(), names.end(), directive) != names.end();
  };
  static constexpr std::string_view once[] = {"stdin", "stdout", "stderr", "terminal", "identity"};
  if (is(once) && !seen.insert(directive).second) {
    return fmt::format("duplicate directive {}; keep one of the lines", directive);
  }
  if (is(node_words)) {
    return keep(parse_file_node(words), input.files);
  }
  if (is(step_words) || directive.starts_with('@')) {
    return keep(parse_step(words), input.script);
  }
  WordReader in(std::span<const std::string>(words).subspan(1));
  if (!read_simple(input, directive, in) && !read_structured(input, directive, in)) {
    return WordReader::unknown("directive", directive, directives);
  }
  if (!in.failed() && !in.done()) {
    in.fail(fmt::format("{} takes no further word {}; remove it, or quote words that belong "
                        "together",
                        directive, WordReader::shown(in.word("", ""))));
  }
  return in.failure();
}

/// What is wrong with a text, and where; line 0: with the whole.
struct Mistake {
  std::size_t line = 0;
  std::string problem;
};
using Parsed = std::variant<Input, Mistake>;

/// Reads the first `lines` lines, without the checks that look at an input as a whole.
Parsed parse_lines(std::string_view text, std::size_t lines) {
  Input input;
  std::set<std::string, std::less<>> said;
  bool header_seen = false;
  for (std::size_t number = 1; !text.empty() && number <= lines; ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (!header_seen) {
      if (line != input_header) {
        return Mistake{number,
                       fmt::format("not an input; write {} as the first line", input_header)};
      }
      header_seen = true;
      continue;
    }
    const auto words = split_words(line);
    if (!words) {
      return Mistake{number, "a quoted word does not end, or is not apart from the next; write "
                             "\"…\" with \\n \\r \\t \\0 \\\" \\\\ or \\xHH inside"};
    }
    if (std::string problem = read_line(input, *words, said); !problem.empty()) {
      return Mistake{number, std::move(problem)};
    }
  }
  if (!header_seen) {
    return Mistake{1, fmt::format("an empty input; write {} as the first line", input_header)};
  }
  return input;
}

/// The first line with which `text`, whose lines can be read one by one, breaks a rule. What is
/// wrong with a beginning stays wrong, so halving finds it.
std::size_t first_bad_line(std::string_view text) {
  std::size_t good = 0;
  auto bad = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    const Parsed beginning = parse_lines(text, middle);
    const auto* input = std::get_if<Input>(&beginning);
    (input == nullptr || check_input(*input) ? good : bad) = middle;
  }
  return bad;
}

Parsed parse_text(std::string_view text) {
  if (text.size() > max_input_bytes) {
    return Mistake{
        0, fmt::format("an input of {} bytes; at most {} are read", text.size(), max_input_bytes)};
  }
  Parsed parsed = parse_lines(text, text.size() + 1);
  if (const auto* input = std::get_if<Input>(&parsed)) {
    if (const auto checked = check_input(*input); !checked) {
      return Mistake{first_bad_line(text), checked.error().message};
    }
  }
  return parsed;
}

} // namespace

Result<Input> parse_input(std::string_view text) {
  Parsed parsed = parse_text(text);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
    return Error{mistake->line == 0 ? mistake->problem
                                    : fmt::format("line {}: {}", mistake->line, mistake->problem)};
  }
  return std::get<Input>(std::move(parsed));
}

Input read_input(std::string_view text, const std::string& file) {
  Parsed parsed = parse_text(text);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
    throw with_remedy({file, static_cast<int>(mistake->line), 0}, mistake->problem,
                      "docs/user/inputs.md shows what an input looks like");
  }
  return std::get<Input>(std::move(parsed));
}

} // namespace harness
