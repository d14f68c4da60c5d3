// SPDX-License-Identifier: Apache-2.0
#include "mutators/help_text.hpp"
#include "mutators/generator.hpp"
#include "mutators/help_grammar.hpp"

#include "tests/support/process.hpp"
#include "tests/support/random_input.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace harness;
using namespace harness::mutators;
using Value = FoundOption::Value;

namespace {

FoundOption option(const HelpText& help, const std::string& spelling) {
  for (const auto& found : help.options) {
    if (std::find(found.spellings.begin(), found.spellings.end(), spelling) !=
        found.spellings.end()) {
      return found;
    }
  }
  FAIL_CHECK("no option " << spelling);
  return {};
}

std::vector<std::string> templates(const char* text) {
  std::vector<std::string> all;
  for (const auto& one : help_grammar(read_help(text), {}).options) {
    all.push_back(one.text);
  }
  return all;
}

} // namespace

TEST_CASE("GNU options with their values and choices") {
  const auto help = read_help(R"(
Usage: ls [OPTION]... [FILE]...
  -a, --all                  do not ignore entries starting with .
      --block-size=SIZE      with -l, scale sizes by SIZE when printing them
      --color[=WHEN]         color the output WHEN; more info below
                               WHEN can be 'always', 'auto', or 'never'
  -I, --ignore=PATTERN       do not list implied entries matching shell PATTERN
  -w, --width=COLS           set output width to COLS.  0 means no limit
  -1                         list one file per line
)");
  CHECK(option(help, "-a").spellings == std::vector<std::string>{"-a", "--all"});
  CHECK(option(help, "-a").value == Value::none);
  CHECK(option(help, "-a").description == "do not ignore entries starting with .");
  CHECK(option(help, "--block-size").value == Value::required);
  CHECK(option(help, "--block-size").value_name == "SIZE");
  CHECK(option(help, "--color").value == Value::optional);
  CHECK(option(help, "--color").choices == std::vector<std::string>{"always", "auto", "never"});
  CHECK(option(help, "-w").value_name == "COLS");
  CHECK(option(help, "-1").value == Value::none);
}

TEST_CASE("the ways of other programs") {
  const auto help = read_help(R"(
usage: ssh-keygen [-q] [-a rounds] [-46Ac] [-C <path>] [--exec-path[=<path>]]

  -?,-h         : this help
  -c filename   : set configuration file (default: /etc/nginx/nginx.conf)
  -p, --port=<num>          TCP port to listen on
  -0[octal]         specify record separator
  -s, --enable-shutdown
  -d, --deflate | -u MODE   two ways
  --[no-]verify             check it
  •   --slurp/-s2:
  -name pattern
  -m MODE, --mode {fast,slow}  how
)");
  CHECK(option(help, "-q").value == Value::none);
  CHECK(option(help, "-a").value_name == "rounds");
  for (const char* letter : {"-4", "-6", "-A"}) {
    CHECK(option(help, letter).value == Value::none);
  }
  CHECK(option(help, "-C").value_name == "path");
  CHECK(option(help, "--exec-path").value == Value::optional);
  CHECK(option(help, "-?").spellings == std::vector<std::string>{"-?", "-h"});
  CHECK(option(help, "-p").value_name == "num");
  CHECK(option(help, "-0").value == Value::optional);
  CHECK(option(help, "-0").attached);
  CHECK(option(help, "--no-verify").spellings ==
        std::vector<std::string>{"--no-verify", "--verify"});
  CHECK(option(help, "--slurp").spellings == std::vector<std::string>{"--slurp", "-s2"});
  CHECK(option(help, "-name").value_name == "pattern");
  CHECK(option(help, "-m").choices == std::vector<std::string>{"fast", "slow"});
}

TEST_CASE("lists of commands are found") {
  const auto help = read_help(R"(
Standard commands
asn1parse         ca                ciphers           cms
crl               dgst

start a working area (see also: git help tutorial)
   clone     Clone a repository into a new directory
These are common Git commands used in various situations:
   init      Create an empty Git repository
)");
  for (const char* command : {"asn1parse", "ciphers", "init"}) {
    CHECK(std::count(help.commands.begin(), help.commands.end(), command) == 1);
  }
}

TEST_CASE("a description that mentions options defines none") {
  const auto help = read_help(R"(
       -s, --no-messages
              Suppress error messages.  Unlike others, this program has no
              -q option of that kind.

       -o     Show less.

  -x          first line
              -y TEXT is of the description
)");
  CHECK(help.options.size() == 3);
  CHECK(option(help, "-s").value == Value::none);
}

TEST_CASE("operands that are assignments, numbers that are options") {
  const auto help =
      read_help("  bs=BYTES        read that many\n  -NUM            lines\n  if=a x\n");
  CHECK(help.options.size() == 2);
  CHECK(templates("  bs=BYTES        read that many\n") == std::vector<std::string>{"bs={number}"});
  CHECK(templates("  -NUM            lines\n") == std::vector<std::string>{"-{number}"});
}

TEST_CASE("a manual page reads like a help text") {
  const auto help = read_help("OPTIONS\n       \x1b[1m-a\x1b[0m, \x1b[1m--all\x1b[0m\n"
                              "              print a\bal\bll\bl\n\n       -e_\bp script\n");
  CHECK(option(help, "--all").description == "print all");
}

TEST_CASE("merging keeps each option once and fills in what is missing") {
  auto help = read_help("  -w, --width  set it\n");
  merge_help(help, read_help("  --width=COLS\n  --new\n"));
  REQUIRE(help.options.size() == 2);
  CHECK(help.options[0].value == Value::required);
  CHECK(help.options[0].value_name == "COLS");
}

TEST_CASE("values become holes of the right kind") {
  CHECK(templates("  -w, --width=COLS  x\n") == std::vector<std::string>{"--width={number}"});
  CHECK(templates("  -f FILE  x\n") == std::vector<std::string>{"-f {file}"});
  CHECK(templates("  --sort[=KEY]  by 'size' or 'time'\n") ==
        std::vector<std::string>{"--sort", "--sort={sort_value}"});
  CHECK(templates("  --chdir=DIR\n") == std::vector<std::string>{"--chdir={folder}"});
  CHECK(templates("  --expr=EXPR\n") == std::vector<std::string>{"--expr={text}"});
}

TEST_CASE("values of every known kind have rules that compile") {
  std::string text = "options:\n";
  for (const char* kind : {"PORT", "WHEN", "DIR", "FILE", "NUM", "URL", "TIME", "MODE", "COMMAND",
                           "USER", "SOMETHING"}) {
    text += fmt::format("  --of-{}={}   a value\n", kind, kind);
  }
  const auto grammar = to_grammar(help_grammar(read_help(text), {}));
  CHECK(grammar.rules.size() == 11);
  CHECK_NOTHROW(mutators::compile(grammar));
}

TEST_CASE("any text gives a grammar that compiles") {
  Random random(test::property_seed("any help text gives a grammar that compiles"));
  static constexpr std::string_view pieces[] = {
      "-a",       "--all", "=",           "[",       "]",   "<",  ">", "{a|b}", " ",
      "  ",       "\n",    "FILE",        "usage: ", "'x'", ", ", "{", "}",     "\t",
      "--[no-]x", ":",     "commands:\n", "n",       "/",   "\"", "\\"};
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (auto left = random.below(60); left > 0; --left) {
      text += random.chance(1, 12) ? test::random_text(random, 6)
                                   : std::string(pieces[random.below(std::size(pieces))]);
    }
    CAPTURE(text);
    const Generator generator(
        mutators::compile(to_grammar(help_grammar(read_help(text), {"a b", "{x", "\"", "é"}))), {});
    REQUIRE(parse_input(serialize_input(generator.fresh(random))).ok());
  }
}
