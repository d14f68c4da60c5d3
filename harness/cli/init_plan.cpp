// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/init_plan.hpp"

#include "core/base/text.hpp"
#include "core/model/input_text.hpp"
#include "mutators/help_grammar.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness::cli {

namespace {

/// `text` as a YAML scalar in double quotes. Control bytes only; what is no UTF-8 is replaced.
std::string scalar(std::string_view text) {
  std::string made = "\"";
  for (const char c : is_utf8(text) ? std::string(text) : printable(text)) {
    if (c == '"' || c == '\\') {
      made += '\\';
      made += c;
    } else if (c == '\n') {
      made += "\\n";
    } else if (c == '\r') {
      made += "\\r";
    } else if (c == '\t') {
      made += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      made += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      made += c;
    }
  }
  return made + "\"";
}

std::string list(const std::vector<std::string>& items) {
  std::vector<std::string> scalars;
  std::transform(items.begin(), items.end(), std::back_inserter(scalars), scalar);
  return fmt::format("[{}]", fmt::join(scalars, ", "));
}

std::string comment(const std::string& text) {
  return text.empty() ? "" : "  # " + printable(text);
}

std::string template_line(const mutators::CommentedTemplate& one, int indent) {
  const std::string text = scalar(one.text);
  return fmt::format("{:{}}- {}{}\n", "", indent,
                     one.weight == 1 ? text
                                     : fmt::format("{{text: {}, weight: {}}}", text, one.weight),
                     comment(one.comment));
}

std::string target_section(const InitFindings& findings) {
  std::string text = fmt::format("target:\n  executable: {}\n", scalar(findings.executable));
  if (findings.server && !findings.arguments.empty()) {
    text += fmt::format("  arguments: {}  # of every run; an input adds its own\n",
                        list(findings.arguments));
  }
  if (!findings.extra_paths.empty()) {
    text +=
        fmt::format("  extra_paths: {}  # read-only in the sandbox\n", list(findings.extra_paths));
  }
  return text +
         "  # uid: 0             # a target that wants to be root: root of its sandbox alone\n";
}

std::string workload_section(const InitFindings& findings) {
  std::string text = fmt::format("workload:\n  kind: {}\n", findings.server ? "server" : "command");
  if (findings.server) {
    text += "  protocol: lines      # or resp, raw: how a command of the script is sent\n";
    if (!findings.ports.empty()) {
      text += fmt::format(
          "  port: {}          # where it listened; each run has a network of its own\n",
          findings.ports.front());
    }
    text += "  stop_signal: SIGTERM\n";
  }
  if (!findings.files.empty()) {
    text += "  files:               # in every run directory\n";
    for (const auto& node : findings.files) {
      text += fmt::format("    - {}\n", scalar(file_node_text(node)));
    }
  }
  return text;
}

std::string script_section() {
  static constexpr std::string_view lines[] = {
      "{text}",
      "{word} {word}",
      "help",
      "version",
      "stats",
      "quit",
      "PING",
      "@send GET{space}/{word}{space}HTTP/1.1\r\nHost:{space}localhost\r\n\r\n",
      "@send HEAD{space}/{space}HTTP/1.0\r\n\r\n",
      "@send {bytes:64}",
      "@receive",
      "@half_close",
      "@1 {text}",
      "@1 @reset"};
  std::string text = "  script:              # what clients send; a line is a command\n"
                     "    min: 0\n    max: 8\n    of:\n";
  for (const auto line : lines) {
    text += template_line({std::string(line), "", 1}, 6);
  }
  return text;
}

std::string input_section() {
  static constexpr std::string_view pieces[] = {
      "{text}\n",
      "one two three\n",
      "{word},{word};{int:0..99}\t{word}\n",
      "{{\"a\": [{int:-9..9}, null, \"{word}\"], \"b\": {{}}\n",
      "{bytes:64}",
      "{string}"};
  std::string text = "  standard_input:      # pieces of it, joined\n"
                     "    min: 0\n    max: 4\n    of:\n";
  for (const auto piece : pieces) {
    text += template_line({std::string(piece), "", 1}, 6);
  }
  return text;
}

std::string grammar_section(const InitFindings& findings) {
  const auto grammar = mutators::help_grammar(findings.help, findings.arguments);
  std::string text = "grammar:\n";
  // Options of a server often make it another program: few at a time.
  text += fmt::format("  max_options: {}\n", findings.server ? 1 : 4);
  if (grammar.options.empty()) {
    text += "  # options: none were found\n";
  } else {
    text += fmt::format("  options:             # from {}\n", findings.sources);
    for (const auto& option : grammar.options) {
      text += template_line(option, 4);
    }
  }
  if (!findings.server) {
    text += "  operands:\n    min: 0\n    max: 3\n    of:\n";
    for (const auto& operand : grammar.operands) {
      text += template_line(operand, 6);
    }
  }
  text += findings.server ? script_section() : input_section();
  text += "  rules:               # what the holes in templates stand for\n";
  for (const auto& [name, alternatives] : grammar.rules) {
    text += fmt::format("    {}: {}\n", name, list(alternatives));
  }
  return text +
         "  dimensions: [environment, file_tree, streams, terminal, limits, signals, faults]\n";
}

} // namespace

std::string init_plan(const InitFindings& findings) {
  std::string text = fmt::format(
      "# A first plan for {}, written by `harness init`: it explores as it is; edit what you know\n"
      "# better. docs/user/plan.md explains every key, docs/user/grammar.md the templates.\n"
      "name: {}\n\n{}\n{}\n"
      "phases: auto           # load, init, main{}: found by a first run\n\n"
      "limits:\n"
      "  wall: {}             # a run that takes longer is ended; the given command took {:.2f} s\n"
      "  memory: 1G\n"
      "  disk: 64M\n\n",
      quote_if_needed(printable(findings.executable)), scalar(findings.name),
      target_section(findings), workload_section(findings), findings.server ? ", serving" : "",
      findings.seconds > 1 ? "10s" : "3s", findings.seconds);
  if (!findings.seeds.empty()) {
    text += fmt::format("seeds: {}  # inputs to begin with, to be read and edited\n\n",
                        scalar(findings.seeds));
  }
  text += grammar_section(findings);
  return text + "\nexplore:\n  until: converged     # by the statistical rule, or\n"
                "  for: 10m             # after this time\n";
}

std::vector<std::pair<std::string, std::string>> init_seeds(const InitFindings& findings) {
  std::vector<std::pair<std::string, std::string>> seeds;
  const auto add = [&](const char* name, const char* why, const Input& input) {
    // The second line says where it comes from.
    std::string text = serialize_input(input);
    text.insert(input_header.size() + 1, fmt::format("# {}\n", why));
    seeds.emplace_back(name, std::move(text));
  };
  if (findings.server) {
    add("plain", "The server as given, with nobody to talk to it.", {});
    add("greeting", "One client, one word.", {.script = {{.words = {"help"}}}});
    return seeds;
  }
  add("command-line", "The given command line.", {.arguments = findings.arguments});
  Input piped{.arguments = findings.arguments};
  piped.standard_input = {StandardInput::Kind::pipe, "one\ntwo\nthree\n"};
  add("with-input", "The same with something to read.", piped);
  add("help", "Its help.", {.arguments = {"--help"}});
  return seeds;
}

} // namespace harness::cli
