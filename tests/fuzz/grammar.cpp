// Arbitrary lines as a grammar: "NAME=TEMPLATE" is a rule, "files TEMPLATE" and "script TEMPLATE"
// are those, any other line an option. Either one UserError, or inputs that can be read back.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "mutators/generator.hpp"

#include <cstdlib>

using namespace harness;

namespace {

Grammar grammar_of(std::string_view text) {
  Grammar grammar;
  grammar.options.emplace_back();
  for (const auto& line : split(text, '\n')) {
    Template made{line, 1, {}};
    if (line.starts_with("files ")) {
      made.text.erase(0, 6);
      grammar.files.of.push_back(made);
      grammar.files.max = 2;
    } else if (line.starts_with("script ")) {
      made.text.erase(0, 7);
      grammar.script.of.push_back(made);
      grammar.script.max = 3;
    } else if (const auto equals = line.find('='); equals != std::string::npos && equals < 12) {
      made.text.erase(0, equals + 1);
      grammar.rules[line.substr(0, equals)].push_back(made);
    } else {
      grammar.options[0].options.push_back(made);
    }
  }
  return grammar;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const mutators::Generator generator(mutators::compile(grammar_of(text)), {});
    Random random(size);
    const Input input = generator.mutate(generator.fresh(random), random);
    const auto again = parse_input(serialize_input(input));
    if (!again || !(*again == input)) {
      std::abort();
    }
  } catch (const UserError&) {
  }
  return 0;
}
