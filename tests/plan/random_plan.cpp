// SPDX-License-Identifier: Apache-2.0
#include "tests/plan/random_plan.hpp"

#include <array>
#include <filesystem>

namespace harness::test {

std::string random_text(Random& random) {
  static constexpr std::array pieces = {"a",
                                        "true",
                                        "no",
                                        "null",
                                        "~",
                                        "12",
                                        "-1.5",
                                        "0x1f",
                                        "1e3",
                                        "",
                                        " ",
                                        "  ",
                                        "- x",
                                        ": ",
                                        "#",
                                        " # c",
                                        "'",
                                        "\"",
                                        "\\",
                                        "\n",
                                        "\t",
                                        "\r",
                                        "\x1b[",
                                        "\x7f",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        ",",
                                        "&a",
                                        "*a",
                                        "!t",
                                        "%",
                                        "@",
                                        "`",
                                        "|",
                                        ">",
                                        "?",
                                        "---",
                                        "...",
                                        "é",
                                        "漢",
                                        "\U0001F600",
                                        "\u0085",
                                        "\u2028",
                                        "\ufeff",
                                        "--color={when}",
                                        "key: value",
                                        "\x01",
                                        "/usr/bin/ls"};
  std::string text;
  for (std::uint64_t i = random.below(5); i > 0; --i) {
    text += random.pick(pieces);
  }
  return text;
}

namespace {

template <typename T> T one_of(Random& random, std::initializer_list<T> values) {
  return values.begin()[random.below(values.size())];
}

std::vector<std::string> texts(Random& random) {
  std::vector<std::string> list(random.below(4));
  for (auto& text : list) {
    text = random_text(random);
  }
  return list;
}

Alternatives alternatives(Random& random, std::uint64_t least) {
  Alternatives list(least + random.below(3));
  for (auto& one : list) {
    one.text = random_text(random);
    one.weight = one_of(random, {1.0, 2.0, 0.25, 0.0});
  }
  return list;
}

Repeated repeated(Random& random) {
  if (random.chance(1, 3)) {
    return {};
  }
  const auto least = static_cast<std::uint32_t>(random.below(5));
  return {least, least + static_cast<std::uint32_t>(random.below(5)), alternatives(random, 0)};
}

Trigger trigger(Random& random) {
  return one_of<Trigger>(
      random,
      {SymbolTrigger{"aeMain", random.below(3), one_of<std::string>(random, {"", "libc"})},
       OffsetTrigger{random.below(1 << 20), ""},
       CallTrigger{"epoll_wait", 2, CallTrigger::On::exit}, SignalTrigger{"SIGUSR1"},
       OutputTrigger{random_text(random) + "!", random_text(random)},
       TimeTrigger{std::chrono::microseconds(random.below(10'000'000))}, MarkerTrigger{"ready"},
       SpawnTrigger{SpawnTrigger::By::exec, "nginx"}, AutoTrigger{}, AutoTrigger{"serving"}});
}

Grammar grammar(Random& random) {
  Grammar grammar;
  if (random.chance(1, 2)) {
    grammar.options.push_back({"", alternatives(random, 1)});
  }
  if (random.chance(1, 2)) {
    grammar.options.push_back({"g" + random_text(random), alternatives(random, 0)});
  }
  grammar.max_options = static_cast<std::uint32_t>(random.below(20));
  for (Repeated* part : {&grammar.operands, &grammar.environment, &grammar.configuration,
                         &grammar.script, &grammar.files, &grammar.standard_input}) {
    *part = repeated(random);
  }
  for (std::uint64_t i = random.below(3); i > 0; --i) {
    grammar.rules["r" + random_text(random)] = alternatives(random, 1);
  }
  grammar.dictionary = texts(random);
  grammar.raw_mutation = random.chance(1, 2);
  grammar.dimensions = {"streams"};
  return grammar;
}

WorkloadPlan workload(Random& random) {
  WorkloadPlan workload;
  workload.kind = one_of(random, {WorkloadPlan::Kind::command, WorkloadPlan::Kind::server});
  workload.protocol = one_of(random, {Protocol::none, Protocol::sql, Protocol::resp});
  workload.port = static_cast<std::uint16_t>(random.below(65536));
  workload.unix_socket = random_text(random);
  workload.stop_command = texts(random);
  workload.stop_signal = one_of<std::string>(random, {"SIGTERM", "SIGINT"});
  workload.ready_within = std::chrono::milliseconds(random.below(100'000));
  workload.configuration_base = texts(random);
  workload.files = {{.path = "a file", .content = random_text(random)}};
  workload.sidecars["n"] = texts(random);
  return workload;
}

} // namespace

CampaignPlan random_plan(Random& random) {
  CampaignPlan plan;
  plan.name = "plan-" + std::to_string(random.below(1000));
  plan.target.executable =
      std::filesystem::path("/usr/bin/" + random_text(random) + "x").lexically_normal().string();
  plan.target.arguments = texts(random);
  plan.target.environment["NAME" + random_text(random)] = random_text(random);
  plan.target.extra_paths =
      random.chance(1, 2) ? std::vector<std::string>{"/srv/a b"} : std::vector<std::string>{};
  plan.target.image = one_of<std::string>(random, {"", "debian:12", "docker-archive:/a b"});
  plan.target.root =
      plan.target.image.empty() ? one_of<std::string>(random, {"", "/srv/root"}) : "";
  plan.target.uid = static_cast<std::uint32_t>(random.below(70000));
  plan.workload = workload(random);
  plan.phases.push_back({"first", LaunchTrigger{}});
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    plan.phases.push_back({"phase: " + std::to_string(i), trigger(random)});
  }
  plan.limits.wall = std::chrono::milliseconds(random.below(1 << 20));
  plan.limits.output_bytes = random.below(std::uint64_t{1} << 40);
  plan.grammar = grammar(random);
  plan.seeds = random.chance(1, 2) ? "/seeds" : "";
  plan.explore.until = one_of(random, {Until::converged, Until::quiet, Until::budget});
  plan.explore.epsilon = one_of(random, {0.01, 0.1, 1e-6, 1.0 / 3});
  plan.explore.seed = random.next();
  plan.explore.fresh_share = random.unit();
  if (random.chance(1, 2)) {
    plan.explore.budget = std::chrono::seconds(random.below(100'000));
    plan.explore.runs = 1 + random.below(1'000'000);
    plan.gates.crashes = random.below(3);
  }
  return plan;
}

} // namespace harness::test
