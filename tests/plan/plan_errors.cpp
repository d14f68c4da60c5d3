// What a person reads who made a mistake in a plan: place, problem, what to write instead.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "harness/plan/plan.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <vector>

using namespace harness;
using namespace harness::plan;

namespace {

struct Mistake {
  const char* plan;
  const char* message; // behind the file's name
};

/// The message of the error that the plan causes; empty if it loads.
std::string message_of(const std::string& text) {
  const test::TemporaryDirectory directory;
  const std::string path = directory / "bad.yaml";
  REQUIRE(replace_file(path, text));
  std::filesystem::create_directory(directory / "sub");
  REQUIRE(replace_file(directory / "plain.txt", "no program"));
  REQUIRE(replace_file(directory / "words.dict", "# words\ngood\n\"open\n"));
  try {
    load_plan(path);
    return "";
  } catch (const UserError& error) {
    std::string message = error.what();
    for (std::size_t at = message.find(directory.path()); at != std::string::npos;
         at = message.find(directory.path())) {
      message.replace(at, directory.path().size(), "DIR");
    }
    return message;
  }
}

} // namespace

TEST_CASE("every mistake in a plan has its place and its remedy") {
  const std::vector<Mistake> mistakes = {
      {"", "DIR/bad.yaml:1:1: the plan is empty\n"
           "  begin with these lines:\n    target: ls\n    phases: [run]"},
      {"# nothing but this\n", "DIR/bad.yaml:1:1: the plan is empty\n"
                               "  begin with these lines:\n    target: ls\n    phases: [run]"},
      {"name: x\n", "DIR/bad.yaml:1:1: the plan names no target\n  write target: PROGRAM"},
      {"just words\n", "DIR/bad.yaml:1:1: expected a map of keys, found \"just words\"\n"
                       "  write for example key: value, one per line, indented"},
      {"tagret: ls\n", "DIR/bad.yaml:1:1: unknown key tagret in the plan\n  did you mean target?"},
      {"target: ls\nexplore:\n  worker: 2\n",
       "DIR/bad.yaml:3:3: unknown key worker in `explore`\n  did you mean workers?"},
      {"target: ls\nexplore:\n  workers: many\n",
       "DIR/bad.yaml:3:12: expected a whole number, found many\n  write for example 10"},
      {"target: ls\nexplore:\n  workers: \"2\"\n",
       "DIR/bad.yaml:3:12: expected a whole number, found 2\n  write for example 10"},
      {"target: ls\nexplore:\n  workers: -1\n",
       "DIR/bad.yaml:3:12: -1 is out of range\n  write a whole number from 0 to 1024"},
      {"target: ls\nexplore: {epsilon: 2}\n",
       "DIR/bad.yaml:2:20: 2 is out of range\n  write a number from 1e-06 to 0.5"},
      {"target: ls\nexplore: {epsilon: nan}\n",
       "DIR/bad.yaml:2:20: expected a number, found nan\n  write for example 0.5"},
      {"target: ls\nlimits: {wall: soon}\n", "DIR/bad.yaml:2:16: expected a duration, found soon\n"
                                             "  write for example 250ms, 10s, 5m or 2h"},
      {"target: ls\nlimits: {memory: lots}\n", "DIR/bad.yaml:2:18: expected a size, found lots\n"
                                               "  write for example 512K, 16M or 2G"},
      {"target: ls\nexplore: {edges: 1}\n",
       "DIR/bad.yaml:2:18: expected true or false, found 1\n  write for example true"},
      {"target: ls\nexplore: {until: convergd}\n",
       "DIR/bad.yaml:2:18: unknown value convergd\n"
       "  did you mean converged? Possible values: converged, quiet, budget"},
      {"target: [ls]\n", "DIR/bad.yaml:1:9: expected a map of keys, found a list\n"
                         "  write for example key: value, one per line, indented"},
      {"target: ls\ntarget: ls\n", "DIR/bad.yaml:2:1: target is given twice\n"
                                   "  the first is in line 1; keep one"},
      {"target: no-such-program-here\n",
       "DIR/bad.yaml:1:9: program no-such-program-here not found in PATH\n"
       "  install it, or write its path"},
      {"target: {executable: /no/such/file}\n",
       "DIR/bad.yaml:1:22: the target /no/such/file does not exist\n"
       "  install it, or write the path of an existing program"},
      {"target: ./plain.txt\n", "DIR/bad.yaml:1:9: the target DIR/plain.txt is not executable\n"
                                "  chmod +x DIR/plain.txt, or write the path of a program"},
      {"target: ./sub\n", "DIR/bad.yaml:1:9: the target DIR/sub is a directory\n  write the path "
                          "of a program in this directory"},
      {"target: {arguments: [-l]}\n", "DIR/bad.yaml:1:9: the target names no executable\n"
                                      "  write executable: PROGRAM below target:"},
      {"target: ls\nseeds: nowhere\n",
       "DIR/bad.yaml:2:8: directory DIR/nowhere not found\n"
       "  name a directory, relative to the directory of the plan, or omit seeds"},
      {"target: {executable: ls, extra_paths: [/usr, /no/such]}\n",
       "DIR/bad.yaml:1:46: path /no/such not found\n  write a path that exists, or omit it"},
      {"target: {executable: ls, capabilities: [CAP_CHOWN]}\n",
       "DIR/bad.yaml:1:40: a target without uid 0 cannot keep capabilities\n"
       "  add uid: 0 below target:, or omit capabilities"},
      {"target: ls\nname: a/b\n", "DIR/bad.yaml:2:7: \"a/b\" is not a valid campaign name\n"
                                  "  it names a directory: use letters, digits, - _ . +, as in "
                                  "name: redis-7"},
      {"target: ls\nworkload: {kind: server}\n",
       "DIR/bad.yaml:2:18: a server needs a port or a Unix socket\n"
       "  write port: 6379 or unix_socket: NAME below workload:"},
      {"target: ls\nworkload: {stop_signal: SIGTERN}\n",
       "DIR/bad.yaml:2:25: SIGTERN is not a signal\n  did you mean SIGTERM?"},
      {"target: ls\nphases: [{serving: {symbol: main}}]\n",
       "DIR/bad.yaml:2:10: the first phase must begin at launch, but serving has another trigger\n"
       "  add a phase without a trigger before it: - startup"},
      {"target: ls\nphases: [a, {b: {simbol: main}}]\n",
       "DIR/bad.yaml:2:18: simbol is not a trigger\n  did you mean symbol?"},
      {"target: ls\nphases: [a, b]\n", "DIR/bad.yaml:2:13: the phase b has no trigger\n"
                                       "  write for example - b: {symbol: main}"},
      {"target: ls\nphases: [a, {a: auto}]\n",
       "DIR/bad.yaml:2:13: two phases are named a\n  give each phase its own name"},
      {"target: ls\nphases: [a, {b: {offset: here}}]\n",
       "DIR/bad.yaml:2:26: offset:here: not an offset in the file\n  write offset:0x1a2b"},
      {"target: ls\ngrammar: {options: [{weight: 2}]}\n",
       "DIR/bad.yaml:2:21: the key text is missing\n  write {text: \"--all\", weight: 2}"},
      {"target: ls\ngrammar: {operands: {min: 3, max: 1, of: [a]}}\n",
       "DIR/bad.yaml:2:35: max (1) is below min (3)\n  swap them"},
      {"target: ls\ngrammar: {operands: {least: 3, of: [a]}}\n",
       "DIR/bad.yaml:2:22: the key least was renamed\n  write min"},
      {"target: ls\ngrammar: {most_options: 3}\n",
       "DIR/bad.yaml:2:11: the key most_options was renamed\n  write max_options"},
      {"target: {executable: ls, needs: [/usr]}\n",
       "DIR/bad.yaml:1:26: the key needs was renamed\n  write extra_paths"},
      {"target: ls\nworkload: {neighbours: {a: [cat]}}\n",
       "DIR/bad.yaml:2:12: the key neighbours was renamed\n  write sidecars"},
      {"target: ls\ngrammar: {options: [a: b]}\n",
       "DIR/bad.yaml:2:21: unknown key a\n"
       "  possible keys: text, weight; quote a text that contains a colon"},
      {"target: ls\ngrammar: {dimensions: [faults, stream]}\n",
       "DIR/bad.yaml:2:32: unknown dimension \"stream\"; did you mean streams?\n"
       "  write one of arguments, environment, standard_input, streams, terminal, file_tree, "
       "identity, limits, configuration, script, signals, faults, sidecars"},
      {"target: ls\nworkload: {sidecars: {reader: [cat, p]}}\ngrammar: {sidecars: [raeder]}\n",
       "DIR/bad.yaml:3:22: the plan defines no sidecar raeder\n  did you mean reader?"},
      {"target: ls\ngrammar: {sidecars: [ghost]}\n",
       "DIR/bad.yaml:2:22: the plan defines no sidecar ghost\n"
       "  write ghost: [COMMAND, ARG] below workload: sidecars:"},
      {"target: ls\ngrammar: {configuration: [\"depth {int:0..9}\"]}\n",
       "DIR/bad.yaml:2:26: `configuration` has lines, but the workload has no configuration file\n"
       "  write configuration_file: NAME below workload:, and {configuration} among the target's "
       "arguments"},
      {"target: ls\ngrammar: {script: [\"SELECT {old:table}\"]}\n",
       "DIR/bad.yaml:2:20: template \"SELECT {old:table}\": no template defines {new:table}, which "
       "{old:table} needs\n  rename it, or add a template with {new:table}"},
      {"target: ls\ngrammar: {options: [\"{word}\"], rules: {word: [x]}}\n",
       "DIR/bad.yaml:2:47: the rule word has the name of a built-in placeholder\n"
       "  rename it, for example to my_word"},
      {"target: ls\ngrammar: {environment: [\"=x\"]}\n",
       "DIR/bad.yaml:2:25: template \"=x\": a variable without a name\n"
       "  write NAME=value, or NAME to remove it"},
      {"target: ls\ngrammar: {files: [\"fil {new_path}\"]}\n",
       "DIR/bad.yaml:2:19: template \"fil {new_path}\": unknown kind of file 'fil'\n"
       "  did you mean 'file'?; write file, directory, symlink, hard_link, fifo, socket, device, "
       "file_system"},
      {"target: ls\ngrammar: {dictionary: [one, {file: none.dict}]}\n",
       "DIR/bad.yaml:2:36: cannot read the dictionary DIR/none.dict: No such file or directory\n"
       "  name a file with one word per line, relative to the directory of the plan"},
      {"target: ls\ngrammar: {dictionary: [{file: words.dict}]}\n",
       "DIR/words.dict:3:1: not a dictionary word\n"
       "  write one word per line: plain, or \"quoted\" with \\n \\\" \\\\ \\xHH"},
      {"target: ls\ngrammar: {dictionary: [{files: words.dict}]}\n",
       "DIR/bad.yaml:2:25: unknown key files\n  did you mean file?"},
      {"target: ls\nphases:\n  - a\n  - b: {symbol: no_such_function}\n", nullptr},
      {"target: ls\nphases:\n  - a\n  - b: {call: opnat}\n", nullptr},
      {"target: ls\ngrammar:\n  operands: [\"{nothing}\"]\n", nullptr},
      {"target: ls\nworkload: {files: [\"fil a\"]}\n", nullptr},
      {"target: ls\nname: [a\n", nullptr},
      {"target: ls\n\tname: a\n", nullptr},
      {"target: ls\n---\ntarget: ls\n", "DIR/bad.yaml:3:1: a second document begins here\n"
                                        "  a file holds one plan: remove the line ---"},
      {"target: ls\n? [a, b]\n: c\n", nullptr},
      {"target: \xff\n", "DIR/bad.yaml: is not UTF-8 text\n  save it as UTF-8"},
  };
  for (const auto& mistake : mistakes) {
    CAPTURE(std::string(mistake.plan));
    const std::string message = message_of(mistake.plan);
    if (mistake.message != nullptr) {
      CHECK(message == mistake.message);
    } else { // the words are another room's; place and remedy are ours
      CHECK(message.starts_with("DIR/bad.yaml:"));
      CHECK(message.find("\n  ") != std::string::npos);
    }
  }
}

TEST_CASE("bounds: aliases that multiply, deep nesting and large files end at once") {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name < 'k'; ++name) {
    const char before = static_cast<char>(name - 1);
    bomb += fmt::format("{0}: &{0} [*{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}]\n", name,
                        before);
  }
  CHECK(message_of(bomb).find("more than 100,000 values") != std::string::npos);
  CHECK(message_of("target: " + std::string(40, '[')).find("nested deeper than 32") !=
        std::string::npos);
  CHECK(message_of("target: " + std::string(100'000, '[')).find("nested deeper than 32") !=
        std::string::npos);
  CHECK(message_of("# " + std::string(2 << 20, 'x')).find("larger than") != std::string::npos);
  CHECK(message_of("target: &a [*a]\n").find("an alias refers to a value that contains it") !=
        std::string::npos);
}

TEST_CASE("a plan that is not there") {
  CHECK_THROWS_WITH_AS(load_plan("no-such.yaml"),
                       "no-such.yaml: cannot read the plan: No such file or directory\n"
                       "  name a plan file; harness init -- PROGRAM writes one for any program",
                       UserError);
  CHECK_THROWS_WITH_AS(load_plan("/"), "/: is a directory\n  name the plan file itself, PLAN.yaml",
                       UserError);
}
