// SPDX-License-Identifier: Apache-2.0
#include "mutators/grammar.hpp"
#include "core/base/user_error.hpp"
#include "mutators/expander.hpp"
#include "mutators/tables.hpp"

#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::mutators;

namespace {

Template at_line_7(std::string text) {
  return {std::move(text), 1, {"plan.yaml", 7, 3}};
}

/// What compile says of `grammar`; "" if nothing.
std::string complaint(const Grammar& grammar) {
  try {
    mutators::compile(grammar);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

std::string complaint(std::string operand) {
  return complaint(Grammar{.operands = {0, 1, {at_line_7(std::move(operand))}}});
}

std::vector<std::string> one_operand(const Grammar& grammar, std::uint64_t seed = 1) {
  const auto compiled = mutators::compile(grammar);
  const Dictionary dictionary;
  Random random(seed);
  Expander expander(compiled.tables(), dictionary, random, {});
  return expander.words(expander.choose(compiled.tables().operands.of));
}

} // namespace

TEST_CASE("a bad template is named with its place and what to write instead") {
  CHECK(complaint("--color={wehn}").find("plan.yaml:7:3: ") == 0);
  Grammar grammar{.operands = {0, 1, {at_line_7("{wehn}")}}};
  grammar.rules["when"] = {at_line_7("always")};
  CHECK(complaint(grammar).find("did you mean {when}?") != std::string::npos);
  CHECK(complaint("{int:5..1}").find("write {int:LOW..HIGH}") != std::string::npos);
  CHECK(complaint("{int:5}").find("write {int:LOW..HIGH}") != std::string::npos);
  CHECK(complaint("{bytes:99999999}").find("N up to 65536") != std::string::npos);
  CHECK(complaint("{path:fil}").find("did you mean file?") != std::string::npos);
  CHECK(complaint("{word").find("{{ for a brace") != std::string::npos);
  CHECK(complaint("\"open").find("missing closing quote") != std::string::npos);
  CHECK(complaint("\"\\q\"").find("unknown escape") != std::string::npos);
  CHECK(complaint("\"\\").find("unknown escape") != std::string::npos);
  CHECK(complaint(Grammar{.dimensions = {"stream"}}).find("did you mean streams?") !=
        std::string::npos);
}

TEST_CASE("a rule can't take a built-in hole's name, nothing is asked for that is never made") {
  Grammar grammar{.operands = {0, 1, {at_line_7("{run}")}}};
  grammar.rules["run"] = {at_line_7("x")};
  CHECK(complaint(grammar).find("plan.yaml:7:3: the rule run has the name") == 0);
  CHECK(complaint("{old:key}").find("no template defines {new:key}, which {old:key} needs") !=
        std::string::npos);
  CHECK(complaint(
            Grammar{.script = {0, 1, {at_line_7("SET {new:key} 1"), at_line_7("GET {old:key}")}}})
            .empty());
  CHECK(complaint(Grammar{.environment = {0, 1, {at_line_7("={word}")}}})
            .find("a variable without a name") != std::string::npos);
  CHECK(complaint(Grammar{.environment = {0, 1, {at_line_7("TZ"), at_line_7("LANG={word}")}}})
            .empty());
}

TEST_CASE("a node line or script step that can never be read is a mistake of the plan") {
  CHECK(
      complaint(Grammar{.files = {0, 1, {at_line_7("fil {new_path}")}}}).find("plan.yaml:7:3: ") ==
      0);
  CHECK(complaint(Grammar{.files = {0, 1, {at_line_7("file ../x")}}}).find("'../x'") !=
        std::string::npos);
  CHECK(complaint(Grammar{.script = {0, 1, {at_line_7("@conect tcp")}}})
            .find("did you mean 'connect'?") != std::string::npos);
  CHECK(complaint(Grammar{.script = {0, 1, {at_line_7("@1 @pause 5"), at_line_7("@1 GET a")}}})
            .empty());
}

TEST_CASE("a rule that never ends is found, one that may end is not") {
  Grammar grammar{.operands = {0, 1, {at_line_7("{a}")}}};
  grammar.rules["a"] = {at_line_7("({b})")};
  grammar.rules["b"] = {at_line_7("{a}"), at_line_7("{b}{a}")};
  CHECK(complaint(grammar).find("plan.yaml:7:3: the rule a never ends") == 0);
  grammar.rules["b"].push_back(at_line_7("1"));
  CHECK(complaint(grammar).empty());
}

TEST_CASE("expansion is bounded however the rules multiply") {
  Grammar grammar{.operands = {0, 1, {at_line_7("{r0}")}}};
  for (int i = 0; i < 40; ++i) {
    const std::string next = "{r" + std::to_string(i + 1) + "}";
    grammar.rules["r" + std::to_string(i)] = {at_line_7(next + " x " + next)};
  }
  grammar.rules["r40"] = {at_line_7("{e}")};
  grammar.rules["e"] = {at_line_7("({e} {e} {string})"), at_line_7("1")};
  Random seeds(test::property_seed("expansion is bounded"));
  for (int round = 0; round < 100; ++round) {
    std::size_t bytes = 0;
    for (const auto& word : one_operand(grammar, seeds.next())) {
      bytes += word.size();
    }
    CHECK(bytes < 1 << 20);
  }
}

TEST_CASE("blanks separate words, quotes and {space} do not") {
  const auto words = [](const char* text) {
    return one_operand({.operands = {1, 1, {at_line_7(text)}}});
  };
  CHECK(words("-w  80") == std::vector<std::string>{"-w", "80"});
  CHECK(words("\"a b\\n\" c") == std::vector<std::string>{"a b\n", "c"});
  CHECK(words("a{space}b \"\"") == std::vector<std::string>{"a b", ""});
  CHECK(words("{{x} {run}/a --port={port}") ==
        std::vector<std::string>{"{x}", "{run}/a", "--port={port}"});
  Grammar grammar{.operands = {1, 1, {at_line_7("{r} \"{r}\"")}}};
  grammar.rules["r"] = {at_line_7("a b")};
  CHECK(one_operand(grammar) == std::vector<std::string>{"a", "b", "a b"});
}

TEST_CASE("alternatives are drawn by weight") {
  Grammar grammar{.operands = {1, 1, {{"never", 0, {}}, {"rare", 1, {}}, {"often", 9, {}}}}};
  const auto compiled = mutators::compile(grammar);
  const Dictionary dictionary;
  Random random(5);
  Expander expander(compiled.tables(), dictionary, random, {});
  int rare = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto words = expander.words(expander.choose(compiled.tables().operands.of));
    CHECK(words[0] != "never");
    rare += words[0] == "rare" ? 1 : 0;
  }
  CHECK(rare > 50);
  CHECK(rare < 200);
}

TEST_CASE("names that were made before are used later") {
  Grammar grammar;
  grammar.script = {1,
                    1,
                    {at_line_7("CREATE TABLE {new:table}({new:column} INT, {new:column} TEXT)"),
                     at_line_7("SELECT {old:column} FROM {old:table}")}};
  const auto compiled = mutators::compile(grammar);
  const GrammarTables& tables = compiled.tables();
  const Dictionary dictionary;
  Random random(3);
  Expander expander(tables, dictionary, random, {});
  // Written by hand: the names are found along the template.
  expander.names().find_in("create table users(id INT, mail TEXT)", tables);
  int known = 0;
  for (int i = 0; i < 200; ++i) {
    expander.names().next_line();
    const auto words = expander.words(tables.script.of.patterns[1]);
    REQUIRE(words.size() == 4);
    known += words[3] == "users" && (words[1] == "id" || words[1] == "mail") ? 1 : 0;
  }
  CHECK(known > 180);
}

TEST_CASE("names of one line belong together") {
  Names names;
  names.add("table", "t");
  names.add("column", "c");
  names.next_line();
  names.add("table", "u");
  names.add("column", "d");
  Random random(9);
  int together = 0;
  for (int i = 0; i < 200; ++i) {
    names.next_line();
    const std::string table = names.use("table", random);
    const std::string column = names.use("column", random);
    together += (table == "t" && column == "c") || (table == "u" && column == "d") ? 1 : 0;
  }
  CHECK(together > 150);
}

TEST_CASE("what is made in the company of an older name belongs to it") {
  Grammar grammar;
  grammar.script = {1,
                    1,
                    {at_line_7("CREATE TABLE {new:table}({new:column})"),
                     at_line_7("ALTER TABLE {old:table} ADD {new:column}")}};
  const auto compiled = mutators::compile(grammar);
  Names names;
  for (const char* line : {"CREATE TABLE t(a)", "CREATE TABLE u(b)", "ALTER TABLE t ADD c"}) {
    names.next_line();
    names.find_in(line, compiled.tables());
  }
  Random random(4);
  int of_u = 0;
  int together = 0;
  for (int i = 0; i < 400; ++i) {
    names.next_line();
    const std::string table = names.use("table", random);
    const std::string column = names.use("column", random);
    of_u += table == "u" ? 1 : 0;
    together += table == "u" && column == "b" ? 1 : 0;
    CHECK_FALSE(column.empty());
  }
  REQUIRE(of_u > 100);
  CHECK(together > of_u * 7 / 10); // c went to t
}
