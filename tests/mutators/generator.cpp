// SPDX-License-Identifier: Apache-2.0
#include "mutators/generator.hpp"
#include "core/model/input_limits.hpp"
#include "mutators/clamp_to_limits.hpp"
#include "mutators/mutation.hpp"

#include "tests/support/process.hpp"
#include "tests/support/random_input.hpp"

#include <doctest/doctest.h>
#include <map>
#include <set>

using namespace harness;
using namespace harness::mutators;

namespace {

Template plain(std::string text) {
  return {std::move(text), 1, {}};
}

/// Every dimension switched on, every field filled.
Grammar rich_grammar() {
  Grammar grammar;
  grammar.options = {{"", {plain("-a"), plain("--width={int:0..200}"), plain("-I {string}")}},
                     {"format", {plain("-l"), plain("-C")}}};
  grammar.operands = {0, 3, {plain("{path}"), plain("{path:directory}")}};
  grammar.environment = {0, 2, {plain("MODE={word}"), plain("MODE")}};
  grammar.configuration = {0, 3, {plain("save {int:0..900} {int:0..10}")}};
  grammar.script = {1,
                    6,
                    {plain("CREATE TABLE {new:table}({new:column} INT)"),
                     plain("SELECT {old:column} FROM {old:table} WHERE {expression}"),
                     plain("@1 @connect tcp")}};
  grammar.files = {
      0, 3, {plain("file {new_path} content \"{string}\""), plain("directory {new_path}")}};
  grammar.standard_input = {0, 3, {plain("{word} {bytes:8}\n")}};
  grammar.rules["expression"] = {plain("1"), plain("({expression} AND {expression})")};
  grammar.dictionary = {"LC_ALL", "--verbose", "a\nb"};
  grammar.sidecars = {"replica", "sentinel"};
  for (const auto name : dimension_names) {
    grammar.dimensions.emplace_back(name);
  }
  return grammar;
}

Generator rich_generator() {
  Generator generator(mutators::compile(rich_grammar()), {},
                      {.phases = {"main", "serving"},
                       .base_files = {{.kind = FileNode::Kind::directory, .path = "base"}}});
  generator.learn_call("openat");
  generator.learn_call("epoll_wait");
  return generator;
}

void require_sound(const Input& input) {
  const auto checked = check_input(input);
  REQUIRE_MESSAGE(checked.ok(), checked.error().message);
  const std::string text = serialize_input(input);
  REQUIRE(text.size() <= max_input_bytes);
  const auto parsed = parse_input(text);
  REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
  REQUIRE(*parsed == input);
}

} // namespace

TEST_CASE("the same seed gives the same inputs") {
  const std::uint64_t seed = test::property_seed("the same seed gives the same inputs");
  const Generator generator = rich_generator();
  Random first(seed);
  Random second(seed);
  Input a;
  Input b;
  for (int round = 0; round < 300; ++round) {
    a = round % 10 == 0 ? generator.fresh(first) : generator.mutate(a, first);
    b = round % 10 == 0 ? generator.fresh(second) : generator.mutate(b, second);
    REQUIRE(a == b);
    REQUIRE(generator.cross(a, b, first) == generator.cross(a, b, second));
  }
}

TEST_CASE("fresh inputs, chains of mutations and crossovers are always sound") {
  Random random(test::property_seed("fresh inputs and chains of mutations are sound"));
  const Generator generator = rich_generator();
  std::vector<Input> pool = {generator.fresh(random), test::random_input(random)};
  for (int round = 0; round < 1500; ++round) {
    const Input& one = pool[random.below(pool.size())];
    const Input& other = pool[random.below(pool.size())];
    Input made = round % 3 == 0   ? generator.mutate(one, random)
                 : round % 3 == 1 ? generator.cross(one, other, random)
                                  : generator.draw(pool, random);
    require_sound(made);
    if (pool.size() < 40) {
      pool.push_back(std::move(made));
    } else {
      pool[random.below(pool.size())] = std::move(made);
    }
  }
}

TEST_CASE("every mutation alone is sound and the same for the same seed, on any input") {
  const std::uint64_t seed = test::property_seed("every mutation alone is sound");
  const CompiledGrammar grammar = mutators::compile(rich_grammar());
  const Dictionary dictionary(std::vector<std::string>{"word", "LC_ALL", std::string("\0x", 2)});
  const GeneratorOptions options{.phases = {"main"}};
  const std::vector<std::string> calls = {"read"};
  std::map<std::string_view, int> applied;
  Random inputs(seed);
  for (const Mutation& mutation : all_mutations()) {
    CAPTURE(mutation.name);
    for (int round = 0; round < 60; ++round) {
      Random random(inputs.next());
      Random again = random;
      const Context context{grammar.tables(), dictionary, options, calls, random};
      const Context same{grammar.tables(), dictionary, options, calls, again};
      Input input = round % 8 == 0 ? Input{} : test::random_input(inputs);
      Input copy = input;
      const bool worked = mutation.apply(input, context);
      REQUIRE(worked == mutation.apply(copy, same));
      REQUIRE(input == copy);
      applied[mutation.name] += worked ? 1 : 0;
      clamp_to_limits(input);
      require_sound(input);
    }
    CHECK(applied[mutation.name] > 0);
  }
}

TEST_CASE("a mutation changes something") {
  Random random(test::property_seed("a mutation changes something"));
  const Generator generator = rich_generator();
  for (int round = 0; round < 500; ++round) {
    const Input input = generator.fresh(random);
    CHECK_FALSE(generator.mutate(input, random) == input);
  }
}

TEST_CASE("only the dimensions that the grammar enables are touched") {
  Random random(test::property_seed("only enabled dimensions are touched"));
  Grammar grammar;
  grammar.options = {{"", {plain("-a"), plain("-b")}}};
  const Generator generator(mutators::compile(grammar), {});
  Input input;
  for (int round = 0; round < 400; ++round) {
    input = generator.mutate(round % 20 == 0 ? generator.fresh(random) : input, random);
    Input rest = input;
    rest.arguments.clear();
    REQUIRE(rest == Input{});
  }
}

TEST_CASE("without raw mutation arguments come from grammar and dictionary alone") {
  Random random(test::property_seed("without raw mutation"));
  Grammar grammar;
  grammar.options = {{"", {plain("-a"), plain("-b")}}};
  grammar.raw_mutation = false;
  const Generator generator(mutators::compile(grammar), {});
  for (int round = 0; round < 400; ++round) {
    for (const auto& argument : generator.mutate(generator.fresh(random), random).arguments) {
      const bool known = argument == "-a" || argument == "-b" || argument == "--";
      CHECK(known);
    }
  }
}

TEST_CASE("at most one option of a group is drawn, as many as the plan says") {
  Random random(test::property_seed("at most one option of a group"));
  Grammar grammar;
  grammar.options = {{"format", {plain("-l"), plain("-C")}}, {"", {plain("-a")}}};
  grammar.max_options = 5;
  const Generator generator(mutators::compile(grammar), {});
  for (int round = 0; round < 400; ++round) {
    const auto arguments = generator.fresh(random).arguments;
    CHECK(arguments.size() <= 5);
    CHECK(std::count(arguments.begin(), arguments.end(), "-l") +
              std::count(arguments.begin(), arguments.end(), "-C") <=
          1);
  }
}

TEST_CASE("later lines of a script use the names of earlier ones") {
  Random random(test::property_seed("later lines use earlier names"));
  const Generator generator = rich_generator();
  int used = 0;
  int known = 0;
  for (int round = 0; round < 400; ++round) {
    const Input input = generator.fresh(random);
    std::set<std::string> tables;
    for (const auto& step : input.script) {
      if (step.words.size() > 2 && step.words[0] == "CREATE") {
        tables.insert(step.words[2].substr(0, step.words[2].find('(')));
      }
      if (step.words.size() > 3 && step.words[0] == "SELECT" && !tables.empty()) {
        ++used;
        known += tables.count(step.words[3]) > 0 ? 1 : 0;
      }
    }
  }
  REQUIRE(used > 100);
  CHECK(known > used * 8 / 10);
}

TEST_CASE("draw takes fresh inputs in the share that was asked for") {
  Random random(test::property_seed("draw takes fresh inputs"));
  Grammar grammar;
  grammar.options = {{"", {plain("-a")}}};
  grammar.raw_mutation = false;
  const Generator generator(mutators::compile(grammar), {}, {.fresh_share = 0.2});
  // A corpus entry of its own kind: what lacks its mark was drawn fresh.
  Input marked;
  marked.sidecars = {"mark"};
  const std::vector<Input> corpus = {marked};
  int fresh = 0;
  for (int round = 0; round < 2000; ++round) {
    fresh += generator.draw(corpus, random).sidecars.empty() ? 1 : 0;
  }
  CHECK(fresh > 300);
  CHECK(fresh < 500);
}

TEST_CASE("settle brings any heap of text back within the limits") {
  Input input;
  input.arguments.assign(10000, std::string(1000, '\xff'));
  input.standard_input.bytes.assign(1 << 21, '\n');
  input.files.assign(5000, {.kind = FileNode::Kind::directory, .path = "same", .entries = 20000});
  input.files.push_back({.path = "../out"});
  input.files.push_back({.kind = FileNode::Kind::directory, .path = "b", .entries = 20000});
  input.script.assign(20000, {.kind = Step::Kind::pause, .client = 900, .milliseconds = 1000});
  clamp_to_limits(input);
  require_sound(input);
}
