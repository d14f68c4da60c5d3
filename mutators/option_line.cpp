// SPDX-License-Identifier: Apache-2.0
#include "mutators/option_line.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cctype>

namespace harness::mutators {

namespace {

bool in_option_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

/// Reads along a line; every function looks at what is next.
class Cursor {
public:
  explicit Cursor(std::string_view line) : rest_(line) {}
  std::string_view rest() const { return rest_; }
  bool skip(std::string_view text) {
    const bool found = rest_.starts_with(text);
    rest_.remove_prefix(found ? text.size() : 0);
    return found;
  }

  /// "-w", "--width", "-name"; empty if something else is next.
  std::string option() {
    std::size_t end = 0;
    while (end < 2 && end < rest_.size() && rest_[end] == '-') {
      ++end;
    }
    const bool begins = end > 0 && end < rest_.size() &&
                        (std::isalnum(static_cast<unsigned char>(rest_[end])) != 0 ||
                         rest_[end] == '?' || rest_[end] == '#' || rest_[end] == '@');
    if (!begins) {
      return {};
    }
    ++end;
    while (end < rest_.size() && in_option_name(rest_[end])) {
      ++end;
    }
    return take(end);
  }

  /// "<num>", "{a|b}", "[octal]" with its brackets, or a plain word; empty if none is next.
  std::string value() {
    static constexpr std::string_view open = "<{[";
    static constexpr std::string_view close = ">}]";
    if (rest_.empty()) {
      return {};
    }
    if (const auto kind = open.find(rest_[0]); kind != std::string_view::npos) {
      const auto end = rest_.find(close[kind]);
      return end == std::string_view::npos ? std::string() : take(end + 1);
    }
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != ' ' && rest_[end] != ',' && rest_[end] != ']' &&
           rest_[end] != ')' &&
           !(rest_[end] == ':' && (end + 1 == rest_.size() || rest_[end + 1] == ' '))) {
      ++end;
    }
    return take(end);
  }

private:
  std::string take(std::size_t count) {
    std::string taken(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return taken;
  }
  std::string_view rest_;
};

std::string without_brackets(std::string text) {
  static constexpr std::string_view brackets = "<>{}[]=\"'";
  text.erase(std::remove_if(text.begin(), text.end(),
                            [](char c) { return brackets.find(c) != std::string_view::npos; }),
             text.end());
  return text;
}

/// True if the word that begins `text` after an option is its value and not its description:
/// bracketed, in capitals, or followed by more than one blank, a comma, a colon or nothing.
bool looks_like_value(std::string_view text) {
  if (text.empty() || text[0] == '-') {
    return false;
  }
  if (text[0] == '<' || text[0] == '{') {
    return true;
  }
  const auto end = std::min(text.find_first_of(" ,"), text.size());
  const std::string_view word = text.substr(0, end);
  const bool letters =
      std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
  const bool capitals = letters && std::none_of(word.begin(), word.end(), [](unsigned char c) {
                          return std::islower(c) != 0;
                        });
  if (capitals) {
    return true;
  }
  const bool plain = letters && std::all_of(word.begin(), word.end(), [](char c) {
                       return in_option_name(c) || c == '=' || c == '|' || c == '/' || c == '.';
                     });
  const std::string_view after = text.substr(end);
  return plain && (after.empty() || after.starts_with("  ") || after.starts_with(",") ||
                   after.starts_with(" :"));
}

void read_value(Cursor& in, FoundOption& option) {
  std::string value;
  if (in.rest().starts_with("[=") || (in.rest().starts_with("[") && !in.rest().starts_with("[-"))) {
    value = in.value();
    option.value = FoundOption::Value::optional;
    option.attached = true;
  } else if (in.skip("=")) {
    value = in.value();
    option.value = FoundOption::Value::required;
    option.attached = true;
  } else if (in.rest().starts_with("<")) {
    value = in.value();
    option.value = FoundOption::Value::required;
  } else if (in.rest().starts_with(" [") && !in.rest().starts_with(" [-")) {
    in.skip(" ");
    value = in.value();
    option.value = FoundOption::Value::optional;
  } else if (in.rest().starts_with(" ") && looks_like_value(in.rest().substr(1))) {
    in.skip(" ");
    value = in.value();
    option.value = FoundOption::Value::required;
  } else {
    return;
  }
  option.choices = listed_choices(value);
  option.value_name = without_brackets(value);
}

bool skip_separator(Cursor& in) {
  for (const std::string_view separator : {", ", ",", " | ", "|", "/", " or ", " / ", "; "}) {
    if (in.rest().starts_with(separator) && in.rest().substr(separator.size()).starts_with("-")) {
      return in.skip(separator);
    }
  }
  return false;
}

} // namespace

std::optional<FoundOption> read_option_line(std::string_view line) {
  Cursor in(line);
  FoundOption found;
  do {
    // "--[no-]color" is two options that take the same.
    std::string spelling = in.option();
    if (spelling.empty() && in.rest().starts_with("--[no-]")) {
      in.skip("--[no-]");
      const std::string word = in.value();
      spelling = "--" + word.substr(0, word.find_first_of("=["));
      found.spellings.push_back("--no-" + spelling.substr(2));
    }
    if (spelling.size() < 2) {
      break;
    }
    found.spellings.push_back(std::move(spelling));
    read_value(in, found);
  } while (skip_separator(in));
  if (found.spellings.empty()) {
    return std::nullopt;
  }
  std::string_view description = trim(in.rest());
  while (!description.empty() &&
         (description[0] == ':' || description[0] == ')' || description[0] == ',')) {
    description = trim(description.substr(1));
  }
  found.description = description;
  return found;
}

std::vector<std::string> listed_choices(std::string_view text) {
  std::vector<std::string> choices;
  const auto add = [&](std::string_view word) {
    const bool plain =
        !word.empty() && word.size() <= 24 && std::all_of(word.begin(), word.end(), in_name);
    if (plain && std::find(choices.begin(), choices.end(), word) == choices.end()) {
      choices.emplace_back(word);
    }
    return plain;
  };
  // A bracket with bars or commas is a list of nothing else.
  if (const auto open = text.find_first_of("{<[("); open != std::string_view::npos) {
    const auto end = text.find_first_of("}>])", open);
    const std::string_view inner =
        text.substr(open + 1, end == std::string_view::npos ? end : end - open - 1);
    const char separator = inner.find('|') != std::string_view::npos ? '|' : ',';
    const auto pieces = split(inner, separator);
    if (pieces.size() > 1 && std::all_of(pieces.begin(), pieces.end(),
                                         [&](const auto& piece) { return add(trim(piece)); })) {
      return choices;
    }
    choices.clear();
  }
  // Words in quotes, of whichever kind.
  static constexpr std::pair<std::string_view, std::string_view> quotes[] = {
      {"'", "'"}, {"\"", "\""}, {"`", "'"}, {"‘", "’"}, {"“", "”"}};
  for (const auto& [open, close] : quotes) {
    for (auto at = text.find(open); at != std::string_view::npos; at = text.find(open, at)) {
      at += open.size();
      const auto end = text.find(close, at);
      if (end == std::string_view::npos) {
        break;
      }
      if (add(text.substr(at, end - at))) {
        at = end + close.size();
      }
    }
  }
  if (choices.size() < 2) {
    choices.clear();
  }
  return choices;
}

} // namespace harness::mutators
