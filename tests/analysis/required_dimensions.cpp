// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/required_dimensions.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace harness;
using namespace harness::analysis;

namespace {

constexpr SyscallId native_call(std::int32_t number) {
  return {AuditArch::x86_64, number};
}

bool has(const Input& input, std::string_view argument) {
  return std::find(input.arguments.begin(), input.arguments.end(), argument) !=
         input.arguments.end();
}

/// A target: 1 always; 2 with -l; 3 with -l and a file, or on a terminal; 4 under a fault.
SyscallSet calls_of(const Input& input) {
  SyscallSet calls = {native_call(1)};
  if (has(input, "-l")) {
    calls.insert(native_call(2));
  }
  if ((has(input, "-l") && !input.files.empty()) || input.standard_output == OutputKind::terminal) {
    calls.insert(native_call(3));
  }
  if (!input.faults.empty()) {
    calls.insert(native_call(4));
  }
  return calls;
}

std::vector<SyscallSet> show(const std::vector<std::string>& texts) {
  std::vector<SyscallSet> shown;
  for (const auto& text : texts) {
    shown.push_back(calls_of(*parse_input(text)));
  }
  return shown;
}

const Input rich{.arguments = {"-l"},
                 .environment = {{"TZ", "UTC"}},
                 .files = {{.path = "a"}},
                 .faults = {{.call = "read", .error = "EIO"}}};

} // namespace

TEST_CASE("what a call does not need is taken away, and a plain run needs nothing") {
  const std::string text = serialize_input(rich);
  const auto needs = required_dimensions_of({{native_call(1), {text}},
                                             {native_call(2), {text}},
                                             {native_call(3), {text}},
                                             {native_call(4), {text}}},
                                            show);
  CHECK(needs[0].dimensions.empty());
  CHECK(needs[1].dimensions == std::vector{Dimension::arguments});
  CHECK(needs[1].text == serialize_input(Input{.arguments = {"-l"}}));
  CHECK(needs[2].dimensions == std::vector{Dimension::arguments, Dimension::file_tree});
  CHECK(needs[3].dimensions == std::vector{Dimension::faults});
  for (const auto& need : needs) {
    CHECK(need.shown);
  }
}

TEST_CASE("of several inputs the one that needs least counts") {
  const std::string terminal =
      serialize_input(Input{.arguments = {"-a"}, .standard_output = OutputKind::terminal});
  const auto needs =
      required_dimensions_of({{native_call(3), {serialize_input(rich), terminal}}}, show);
  CHECK(needs[0].dimensions == std::vector{Dimension::terminal});
}

TEST_CASE("a call that its inputs do not show again is no plain one") {
  const auto needs = required_dimensions_of(
      {{native_call(9), {serialize_input(rich)}}, {native_call(2), {}}}, show);
  CHECK_FALSE(needs[0].shown);
  CHECK_FALSE(needs[1].shown);
}

TEST_CASE("an input is run once, however many calls ask for it") {
  std::size_t runs = 0;
  const std::string text = serialize_input(rich);
  required_dimensions_of({{native_call(2), {text}}, {native_call(4), {text}}},
                         [&](const std::vector<std::string>& texts) {
                           runs += texts.size();
                           return show(texts);
                         });
  CHECK(runs == 9); // the empty input, this one, and of each call four steps, one in common
}
