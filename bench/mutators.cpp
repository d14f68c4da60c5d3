// What a mutation costs: microseconds for each operation of the generator with the grammar of a
// plan. Usage: mutators PLAN.yaml [ROUNDS]
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan.hpp"
#include "mutators/generator.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fmt/format.h>

using namespace harness;

namespace {

template <typename Work> void measure(const char* name, std::uint64_t rounds, Work work) {
  const SteadyClock clock;
  const auto begin = clock.now();
  for (std::uint64_t i = 0; i < rounds; ++i) {
    work(i);
  }
  fmt::print("{:<22}{:8.2f} us\n", name,
             seconds(clock.now() - begin) * 1e6 / static_cast<double>(rounds));
}

void bench(const std::string& plan, std::uint64_t rounds) {
  const mutators::Generator generator(mutators::compile(plan::load_plan(plan).grammar), {});
  Random random(1);
  std::vector<Input> inputs;
  for (int i = 0; i < 256; ++i) {
    inputs.push_back(generator.fresh(random));
  }
  std::size_t bytes = 0;
  std::vector<std::string> texts;
  for (const auto& input : inputs) {
    texts.push_back(serialize_input(input));
    bytes += texts.back().size();
  }
  fmt::print("{}: inputs of {} bytes on average\n", plan, bytes / texts.size());
  std::size_t sink = 0;
  const auto pick = [&](std::uint64_t i) -> const Input& { return inputs[i % inputs.size()]; };
  measure("fresh", rounds, [&](auto) { sink += generator.fresh(random).arguments.size(); });
  measure("mutate", rounds,
          [&](auto i) { sink += generator.mutate(pick(i), random).arguments.size(); });
  measure("cross", rounds,
          [&](auto i) { sink += generator.cross(pick(i), pick(i * 7), random).files.size(); });
  measure("serialize", rounds, [&](auto i) { sink += serialize_input(pick(i)).size(); });
  measure("parse", rounds,
          [&](auto i) { sink += parse_input(texts[i % texts.size()])->arguments.size(); });
  measure("parse+mutate+serialize", rounds, [&](auto i) {
    const auto input = parse_input(texts[i % texts.size()]);
    sink += serialize_input(generator.mutate(*input, random)).size();
  });
  if (sink == 0) {
    fmt::print("nothing was made\n");
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: mutators PLAN.yaml [ROUNDS]\n", stderr);
    return 64;
  }
  try {
    bench(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20000);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mutators: %s\n", error.what());
    return 70;
  }
}
