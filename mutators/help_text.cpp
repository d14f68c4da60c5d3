// SPDX-License-Identifier: Apache-2.0
#include "mutators/help_text.hpp"

#include "core/base/text.hpp"
#include "mutators/option_line.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace harness::mutators {

namespace {

constexpr std::size_t max_help_bytes = std::size_t{1} << 20;
constexpr std::size_t max_options = 600;
constexpr std::size_t max_commands = 300;
constexpr std::size_t max_description = 76;

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool same_option(const FoundOption& a, const FoundOption& b) {
  return std::any_of(a.spellings.begin(), a.spellings.end(), [&](const auto& spelling) {
    return std::find(b.spellings.begin(), b.spellings.end(), spelling) != b.spellings.end();
  });
}

void add_option(HelpText& help, FoundOption option) {
  for (auto& known : help.options) {
    if (same_option(known, option)) {
      for (auto& spelling : option.spellings) {
        if (std::find(known.spellings.begin(), known.spellings.end(), spelling) ==
            known.spellings.end()) {
          known.spellings.push_back(std::move(spelling));
        }
      }
      if (known.value == FoundOption::Value::none && option.value != FoundOption::Value::none) {
        known.value = option.value;
        known.attached = option.attached;
        known.value_name = option.value_name;
      }
      if (known.choices.empty()) {
        known.choices = std::move(option.choices);
      }
      if (known.description.empty()) {
        known.description = std::move(option.description);
      }
      return;
    }
  }
  if (help.options.size() < max_options) {
    help.options.push_back(std::move(option));
  }
}

/// "[-q] [-b bits] [-46AaCf]" of a usage line.
void read_usage(std::string_view line, HelpText& help) {
  for (auto open = line.find("[-"); open != std::string_view::npos;
       open = line.find("[-", open + 1)) {
    const auto end = line.find(']', open);
    if (end == std::string_view::npos) {
      return;
    }
    std::string_view inner = line.substr(open + 1, end - open - 1);
    // "[-46AaC]": one letter each, where nothing else is in the bracket.
    const bool cluster = inner.size() > 2 && inner[1] != '-' &&
                         std::all_of(inner.begin() + 1, inner.end(),
                                     [](unsigned char c) { return std::isalnum(c) != 0; });
    if (cluster) {
      for (const char letter : inner.substr(1)) {
        add_option(help, {.spellings = {std::string("-") + letter}});
      }
    } else if (auto option = read_option_line(inner)) {
      option->description.clear();
      add_option(help, std::move(*option));
    }
  }
}

bool is_command_word(std::string_view word) {
  return word.size() > 1 && word.size() <= 24 &&
         std::islower(static_cast<unsigned char>(word[0])) != 0 &&
         std::all_of(word.begin(), word.end(), [](unsigned char c) {
           return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '_';
         });
}

/// A line of a list of commands: one and its description behind two blanks, or several in columns.
void read_command_line(std::string_view line, HelpText& help) {
  const auto add = [&](std::string_view word) {
    if (is_command_word(word) && help.commands.size() < max_commands &&
        std::find(help.commands.begin(), help.commands.end(), word) == help.commands.end()) {
      help.commands.emplace_back(word);
    }
  };
  std::vector<std::string_view> columns;
  for (std::string_view rest = trim(line); !rest.empty();) {
    const auto end = std::min(rest.find("  "), rest.size());
    columns.push_back(rest.substr(0, end));
    rest = trim(rest.substr(end));
  }
  if (columns.empty()) {
    return;
  }
  const bool all_words =
      columns.size() > 2 && std::all_of(columns.begin(), columns.end(), is_command_word);
  if (all_words) {
    std::for_each(columns.begin(), columns.end(), add);
  } else if (columns.size() == 2) {
    add(columns[0]);
  }
}

/// "bs=BYTES  read that many": an operand of the form NAME=VALUE, as dd(1) has them.
std::optional<FoundOption> read_assignment(std::string_view line) {
  const auto equals = line.find('=');
  const auto end = std::min(line.find(' ', std::min(equals, line.size())), line.size());
  if (equals == std::string_view::npos || !is_command_word(line.substr(0, equals)) ||
      !(end == line.size() || line.substr(end).starts_with("  "))) {
    return std::nullopt;
  }
  const std::string_view value = line.substr(equals + 1, end - equals - 1);
  const bool capitals =
      !value.empty() &&
      std::all_of(value.begin(), value.end(), [](unsigned char c) { return std::isupper(c) != 0; });
  if (!capitals) {
    return std::nullopt;
  }
  return FoundOption{.spellings = {std::string(line.substr(0, equals))},
                     .value = FoundOption::Value::required,
                     .attached = true,
                     .value_name = std::string(value),
                     .description = std::string(trim(line.substr(end)))};
}

/// Lines in the order of the text, with what is remembered from one to the next.
class Reader {
public:
  void read(std::string_view line) {
    const std::string_view bare = trim(line);
    const std::string small = lower(bare.substr(0, 60));
    if (bare.empty()) {
      in_usage_ = false;
      describing_ = false;
      return;
    }
    if (small.starts_with("usage:") || small.starts_with("synopsis") || small.starts_with("or: ")) {
      in_usage_ = true;
    }
    if (in_usage_) {
      read_usage(bare, help);
    }
    std::string_view definition = bare;
    for (const std::string_view bullet : {"•", "·", "*", "o"}) {
      if (definition.starts_with(bullet) &&
          trim(definition.substr(bullet.size())).starts_with("-")) {
        definition = trim(definition.substr(bullet.size()));
      }
    }
    // A line as far in as the description goes on with it, even if it begins with "-s option …".
    const bool continues = describing_ && indentation(line) >= description_indent_;
    auto option = read_option_line(definition);
    if (!option) {
      option = read_assignment(definition);
    }
    if (option && !continues) {
      flush();
      pending_ = std::move(*option);
      describing_ = true;
      description_ = pending_.description;
      indent_ = indentation(line);
      description_indent_ = description_.empty() ? std::string::npos : line.find(description_);
      in_commands_ = false;
      return;
    }
    if (describing_ && indentation(line) > indent_ && description_.size() < 600) {
      description_indent_ = std::min(description_indent_, indentation(line));
      description_ += (description_.empty() ? "" : " ") + std::string(bare);
      return;
    }
    describing_ = false;
    const bool heading = small.find("command") != std::string::npos &&
                         (bare.ends_with(':') || indentation(line) == 0);
    if (heading) {
      in_commands_ = true;
    } else if (in_commands_) {
      read_command_line(line, help);
    }
  }

  void flush() {
    if (!pending_.spellings.empty()) {
      if (pending_.choices.empty() && pending_.value != FoundOption::Value::none) {
        pending_.choices = listed_choices(description_);
      }
      pending_.description = description_.substr(0, max_description);
      add_option(help, std::move(pending_));
      pending_ = {};
    }
  }

  HelpText help;

private:
  FoundOption pending_;     // whose description goes on
  std::string description_; // all of it
  std::size_t indent_ = 0;
  std::size_t description_indent_ = std::string::npos;
  bool describing_ = false;
  bool in_usage_ = false;
  bool in_commands_ = false;
};

} // namespace

const std::string& FoundOption::name() const {
  const auto found = std::find_if(spellings.begin(), spellings.end(),
                                  [](const auto& spelling) { return spelling.starts_with("--"); });
  return found != spellings.end() ? *found : spellings.front();
}

std::string plain_text(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\b' && !plain.empty()) {
      plain.pop_back();
    } else if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '[') {
      i = std::min(text.find_first_of("mK", i), text.size() - 1);
    } else if (text[i] == '\t') {
      plain += "    ";
    } else if (text[i] != '\r') {
      plain += text[i];
    }
  }
  return plain;
}

HelpText read_help(std::string_view text) {
  Reader reader;
  const std::string plain = plain_text(text.substr(0, max_help_bytes));
  for (std::string_view rest = plain; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    reader.read(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  reader.flush();
  return std::move(reader.help);
}

void merge_help(HelpText& into, const HelpText& more) {
  for (const auto& option : more.options) {
    add_option(into, option);
  }
  for (const auto& command : more.commands) {
    if (std::find(into.commands.begin(), into.commands.end(), command) == into.commands.end()) {
      into.commands.push_back(command);
    }
  }
}

} // namespace harness::mutators
