// SPDX-License-Identifier: Apache-2.0
#include "mutators/help_grammar.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <set>

namespace harness::mutators {

namespace {

/// The rules that a written plan offers, and by which words in a value's name each is recognized.
struct ValueRule {
  std::string_view rule;
  std::vector<std::string_view> words; // in lower case; the whole name or a part between - and _
  std::vector<std::string> alternatives;
};

const std::vector<ValueRule>& value_rules() {
  static const std::vector<ValueRule> rules = {
      {"any_port", {"port"}, {"{int:1..65535}"}},      // {port} is the port of a workload
      {"when", {"when"}, {"always", "auto", "never"}}, // GNU's, often explained once for all
      {"folder",
       {"dir", "directory", "folder", "dirs", "prefix", "root", "cwd"},
       {"{directory}", ".", "{new_path}"}},
      {"file",
       {"file",     "filename", "path",   "archive",  "input", "output",    "outfile",  "infile",
        "db",       "database", "config", "conf",     "log",   "socket",    "script",   "keyfile",
        "certfile", "image",    "patch",  "pathname", "files", "filenames", "reference"},
       {"{path}", "{new_path}", "/dev/null", "-"}},
      {"number",
       {"n",       "num",    "number",  "count",       "cols",      "columns", "lines",
        "width",   "size",   "bytes",   "level",       "depth",     "secs",    "seconds",
        "digits",  "max",    "min",     "len",         "length",    "bits",    "rounds",
        "threads", "jobs",   "nodes",   "timeout",     "id",        "uid",     "gid",
        "pid",     "int",    "integer", "levels",      "blocks",    "offset",  "percent",
        "rate",    "limit",  "factor",  "generations", "context",   "octal",   "value-number",
        "k",       "memory", "retries", "speed",       "megabytes", "sec",     "ms"},
       {"{int:-1..1000}", "{int:-9223372036854775808..9223372036854775807}", "1K"}},
      {"address",
       {"url", "uri", "host", "hostname", "address", "addr", "server", "proxy", "ip", "interface"},
       {"127.0.0.1", "localhost", "::1", "127.0.0.1:{int:1..65535}", "http://127.0.0.1/",
        "file://{run}/{path}", "0.0.0.0"}},
      {"time",
       {"time", "date", "timestamp", "stamp", "age", "datetime"},
       {"0", "@0", "2001-02-03", "now", "{int:-1..100000}"}},
      {"mode",
       {"mode", "perm", "perms", "permissions", "mask"},
       {"0{int:0..7}{int:0..7}{int:0..7}", "u+x", "a=r"}},
      {"command_line",
       {"command", "cmd", "program", "prog", "util", "shell", "pager", "editor", "compressor"},
       {"true", "cat", "false", "sh{space}-c{space}:", "{path}"}},
      {"user",
       {"user", "username", "owner", "group", "login"},
       {"nobody", "root", "{int:0..65535}", "nogroup", "{word}"}},
      {"text", {}, {"{word}", "{string}", "{dictionary}"}},
  };
  return rules;
}

std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      parts.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!parts.back().empty()) {
      parts.emplace_back();
    }
  }
  return parts;
}

/// True if a value's name says nothing of what it is.
bool is_generic(std::string_view value_name) {
  static constexpr std::string_view names[] = {"",    "arg",    "argument", "value",
                                               "val", "string", "x"};
  const auto parts = parts_of(value_name);
  return parts.size() == 1 &&
         std::find(std::begin(names), std::end(names), parts[0]) != std::end(names);
}

/// The rule for a value of this name or, where that says nothing, of an option of that name.
std::string_view rule_for(const FoundOption& option) {
  std::vector<std::string> names = {option.value_name};
  if (is_generic(option.value_name)) {
    names.push_back(option.name());
  }
  for (const std::string& name : names) {
    const auto parts = parts_of(name);
    for (const auto& rule : value_rules()) {
      const bool meant = std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
        return std::find(rule.words.begin(), rule.words.end(), part) != rule.words.end();
      });
      if (meant) {
        return rule.rule;
      }
    }
  }
  return "text";
}

/// `text` as literal text of a template.
std::string literal(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '{' ? "{{" : std::string(1, c);
  }
  return escaped;
}

/// A whole word as literal text of an option or operand, in quotes if blanks would separate it.
std::string literal_word(const std::string& word) {
  const std::string text = literal(word);
  const bool plain = !word.empty() && word.find_first_of(" \t\"\\\n") == std::string::npos;
  return plain ? text : quote(text);
}

class Builder {
public:
  void add(const FoundOption& option) {
    const std::string name = literal(option.name());
    // "-NUM": the number is the option.
    if (name == "-NUM" || name == "-NUMBER") {
      use("number");
      made.options.push_back({"-{number}", option.description, 1});
      return;
    }
    // Help and version end a program at once: rarely worth a run.
    const bool ends = name == "--help" || name == "--version";
    if (option.value != FoundOption::Value::required) {
      made.options.push_back({name, option.description, ends ? 0.1 : 1});
    }
    if (option.value != FoundOption::Value::none) {
      const std::string hole = "{" + value_rule(option) + "}";
      const bool with_equals = option.attached && (name.starts_with("--") || name[0] != '-');
      const std::string between = with_equals ? "=" : option.attached ? "" : " ";
      made.options.push_back({name + between + hole, option.description, 1});
    }
  }

  void use(std::string_view rule) {
    if (!used_.insert(std::string(rule)).second) {
      return;
    }
    for (const auto& known : value_rules()) {
      if (known.rule == rule) {
        made.rules.emplace_back(rule, known.alternatives);
      }
    }
  }

  HelpGrammar made;

private:
  std::string value_rule(const FoundOption& option) {
    if (option.choices.empty()) {
      std::string rule(rule_for(option));
      use(rule);
      return rule;
    }
    std::string rule;
    for (const char c : option.name()) {
      rule += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    rule = rule.substr(std::min(rule.find_first_not_of('_'), rule.size() - 1)) + "_value";
    if (used_.insert(rule).second) {
      std::vector<std::string> alternatives;
      for (const auto& choice : option.choices) {
        alternatives.push_back(literal(choice));
      }
      made.rules.emplace_back(rule, std::move(alternatives));
    }
    return rule;
  }

  std::set<std::string> used_;
};

} // namespace

HelpGrammar help_grammar(const HelpText& help, const std::vector<std::string>& command_line) {
  Builder builder;
  for (const auto& option : help.options) {
    builder.add(option);
  }
  auto& operands = builder.made.operands;
  if (!help.commands.empty()) {
    std::vector<std::string> commands;
    for (const auto& command : help.commands) {
      commands.push_back(literal(command));
    }
    builder.made.rules.emplace_back("subcommand", std::move(commands));
    operands.push_back({"{subcommand}", "what the program lists as its commands", 2});
  }
  for (const auto& word : command_line) {
    if (!word.starts_with('-') && is_utf8(word)) {
      operands.push_back({literal_word(word), "of the command line", 1});
    }
  }
  operands.push_back({"{path}", "", 3});
  builder.use("text");
  operands.push_back({"{text}", "", 0.5});
  return std::move(builder.made);
}

Grammar to_grammar(const HelpGrammar& grammar) {
  const auto templates = [](const std::vector<CommentedTemplate>& from) {
    Alternatives made;
    for (const auto& one : from) {
      made.push_back({one.text, one.weight, {}});
    }
    return made;
  };
  Grammar made;
  made.options = {{"", templates(grammar.options)}};
  made.operands = {0, 3, templates(grammar.operands)};
  for (const auto& [name, alternatives] : grammar.rules) {
    for (const auto& text : alternatives) {
      made.rules[name].push_back({text, 1, {}});
    }
  }
  return made;
}

} // namespace harness::mutators
