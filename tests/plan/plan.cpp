// Plans that load: short forms, defaults, paths, and the frozen form.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan.hpp"

#include "core/base/fd.hpp"
#include "harness/plan/yaml_tree.hpp"
#include "tests/plan/random_plan.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <filesystem>

using namespace harness;
using namespace harness::plan;

TEST_CASE("the smallest plan") {
  const auto plan = parse_plan("target: ls\n", "some/dir/first.yaml");
  CHECK(plan.name == "first");
  CHECK(plan.target.executable == "ls");
  REQUIRE(plan.phases.size() == 1);
  CHECK(plan.phases[0].name == "all");
  CHECK(plan.explore == ExplorePlan{});
}

TEST_CASE("an image is a name, or a file whose path counts from the plan") {
  const auto image_of = [](const std::string& image) {
    return parse_plan("target: {executable: x, image: '" + image + "'}\n", "/p/q.yaml")
        .target.image;
  };
  CHECK(image_of("debian:12") == "debian:12");
  CHECK(image_of("oci-archive:a/b.tar") == "oci-archive:/p/a/b.tar");
}

TEST_CASE("short forms of phases") {
  const auto plan = parse_plan("target: x\nphases:\n"
                               "  - startup\n"
                               "  - config: {symbol: loadServerConfig+0x10}\n"
                               "  - {name: ready, output: \"ready!\", file: log}\n"
                               "  - serving: symbol:aeMain\n"
                               "  - late: {time: 2s}\n",
                               "p.yaml");
  REQUIRE(plan.phases.size() == 5);
  CHECK(plan.phases[0] == Phase{"startup", LaunchTrigger{}});
  CHECK(plan.phases[1] == Phase{"config", SymbolTrigger{"loadServerConfig", 0x10, ""}});
  CHECK(plan.phases[2] == Phase{"ready", OutputTrigger{"ready!", "log"}});
  CHECK(plan.phases[3] == Phase{"serving", SymbolTrigger{"aeMain", 0, ""}});
  CHECK(plan.phases[4] == Phase{"late", TimeTrigger{std::chrono::seconds(2)}});
  const auto automatic = parse_plan("target: x\nphases: auto\n", "p.yaml");
  REQUIRE(automatic.phases.size() == 2);
  CHECK(automatic.phases[1].trigger == Trigger(AutoTrigger{}));
}

TEST_CASE("short forms of a grammar") {
  const auto plan = parse_plan("target: x\ngrammar:\n"
                               "  options: [-l, {text: -a, weight: 3}, {group: f, of: [-C, -x]}]\n"
                               "  operands: [\"{path}\"]\n"
                               "  script: {min: 1, of: PING}\n"
                               "  rules: {when: [always, never], one: 1}\n",
                               "p.yaml");
  REQUIRE(plan.grammar.options.size() == 2);
  CHECK(plan.grammar.options[0].options[1].weight == 3);
  CHECK(plan.grammar.options[0].options[1].where.line == 3);
  CHECK(plan.grammar.options[1].name == "f");
  CHECK(plan.grammar.operands == Repeated{0, 4, {{"{path}", 1, {}}}});
  CHECK(plan.grammar.script == Repeated{1, 4, {{"PING", 1, {}}}});
  CHECK(plan.grammar.rules.at("one")[0].text == "1");
}

TEST_CASE("paths count from the plan's directory, bare programs from PATH") {
  const test::TemporaryDirectory directory;
  REQUIRE(replace_file(directory / "p.yaml",
                       "target: {executable: sh, extra_paths: [data]}\nseeds: .\n"));
  REQUIRE(replace_file(directory / "data", ""));
  PlanPlaces places;
  const auto plan = load_plan(directory / "p.yaml", &places);
  CHECK(plan.target.executable.starts_with("/"));
  CHECK(plan.target.executable.ends_with("/sh"));
  CHECK(plan.target.extra_paths == std::vector<std::string>{directory / "data"});
  CHECK(plan.seeds == directory.path());
  CHECK(places.target.text() == (directory / "p.yaml") + ":1:9");
}

TEST_CASE("aliases stand for what they name") {
  const auto plan =
      parse_plan("target: x\ngrammar:\n  options: &o [-a, -b]\n  operands: *o\n", "p");
  CHECK(plan.grammar.operands.of.size() == 2);
}

TEST_CASE("the shipped plans load, and freeze") {
  for (const std::string name : {"ls", "sqlite", "redis"}) {
    const std::string file = test::source_root() + "/workloads/" + name + "/" + name + ".yaml";
    const std::string program = name == "ls" ? "ls" : name == "sqlite" ? "sqlite3" : "redis-server";
    if (!std::filesystem::exists(file) || !test::available(program, program)) {
      continue;
    }
    const auto plan = load_plan(file);
    CHECK(plan.name == name);
    CHECK(parse_plan(serialize_plan(plan), "/frozen/plan.yaml") == plan);
  }
}

TEST_CASE("a frozen plan loads back to an equal plan") {
  Random random(test::property_seed("frozen plans"));
  for (int i = 0; i < 400; ++i) {
    const CampaignPlan plan = test::random_plan(random);
    const std::string text = serialize_plan(plan);
    CAPTURE(text);
    CHECK(parse_plan(text, "/frozen/plan.yaml") == plan);
  }
}

TEST_CASE("YAML text of any kind comes back") {
  Random random(test::property_seed("YAML text"));
  for (int i = 0; i < 2000; ++i) {
    const std::string text = test::random_text(random);
    const auto tree = YamlTree::map({{text, YamlTree::list({YamlTree::string(text)}), {}}});
    CAPTURE(write_yaml(tree));
    const auto back = parse_yaml(write_yaml(tree), "f");
    REQUIRE(back.entries.size() == 1);
    CHECK(back.entries[0].key == text);
    CHECK(back.entries[0].value.items[0].text == text);
  }
}

TEST_CASE("docs/plan.schema.json and docs/user/plan.md say what the loader takes") {
  const auto check = [](const std::string& path, const std::string& wanted) {
    const std::string full = test::source_root() + "/" + path;
    const auto found = read_file(full);
    const bool same = found && found->find(wanted) != std::string::npos;
    if (!same && std::getenv("HARNESS_UPDATE_DOCS") != nullptr) {
      const std::string marker = "<!-- from the key tables; do not edit below -->\n";
      const auto at = found ? found->find(marker) : std::string::npos;
      const std::string head = at == std::string::npos ? "" : found->substr(0, at + marker.size());
      REQUIRE(replace_file(full, head + wanted));
      return;
    }
    CHECK_MESSAGE(same, path, " is old; HARNESS_UPDATE_DOCS=1 and this test write it anew");
  };
  check("docs/plan.schema.json", plan_schema());
  check("docs/user/plan.md", plan_reference());
}
