// The project has one vocabulary, that of its field, and plain American English: names and phrases
// that were replaced do not come back. Reviews keep the rest of the writing rules.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "tests/lint/tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace harness;
using namespace harness::lint;

namespace {

constexpr std::string_view own_path = "tests/lint/vocabulary.cpp";

/// Identifiers that have another name now; compared as whole words, in code and documentation.
constexpr std::array forbidden_names = std::to_array<std::string_view>(
    {"Crew",           "CrewRoom",     "CrewListener", "ReplayRoom",    "Rehearsal",
     "OpenedCampaign", "label_pairs",  "set_aside",    "look_closer",   "deserves_a_look",
     "see_every_call", "look_up",      "WayOn",        "KeptStopped",   "session_outside",
     "give_birth",     "GoBetween",    "reloading",    "by_hand",       "likeness",
     "RunCompanion",   "witness_side", "most_options", "least_options", "max_heard",
     "with_reloading"});

/// Class names that are also words, and are forbidden in code outside comments and strings only.
constexpr std::array forbidden_types = std::to_array<std::string_view>(
    {"Seat", "Orders", "Told", "Replays", "Books", "Ledger", "News", "Witness", "Frozen", "Showing",
     "Alike", "Halted", "Birth", "Born", "Wake", "Companion", "Neighbours", "Draft", "Heard"});

/// Lower case; compared as parts of a line.
constexpr std::array forbidden_phrases =
    std::to_array<std::string_view>({"mends it",
                                     "mend it:",
                                     "is no program",
                                     "nothing for a terminal",
                                     "said twice",
                                     "seed of all chance",
                                     "as it pleases",
                                     "as a whole or not at all",
                                     "call it otherwise",
                                     "nothing makes up what",
                                     "nothing is decided by them",
                                     "befalls",
                                     "makes the tracer look up",
                                     "tries for ever",
                                     "has nothing to say but",
                                     "in the house",
                                     "names that bite",
                                     "thousand million",
                                     "a stranger's text",
                                     "explains no",
                                     "which a night may be",
                                     "whatever they are made to do",
                                     "until there is reason to believe",
                                     "find nobody",
                                     "two more plans come along",
                                     "for want of a program"});

/// British spellings, compared as whole words in lower case.
constexpr std::array british_words = std::to_array<std::string_view>(
    {"behaviour", "colour",     "favour",    "favours",   "neighbour", "honour",     "licence",
     "centre",    "whilst",     "learnt",    "spelt",     "serialise", "initialise", "recognise",
     "organise",  "optimise",   "normalise", "minimise",  "maximise",  "analyse",    "catalogue",
     "cancelled", "cancelling", "labelled",  "labelling", "modelled",  "modelling",  "travelled",
     "grey",      "artefact",   "defence",   "judgement", "fulfil"});

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool has_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_word_character(line[at - 1])) &&
        (end == line.size() || !is_word_character(line[end]))) {
      return true;
    }
  }
  return false;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// The line without its comment at the end and without string literals.
std::string code_of(std::string_view line) {
  std::string code;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) {
      quoted = !quoted;
    } else if (!quoted && line.substr(i).starts_with("//")) {
      break;
    } else if (!quoted) {
      code += line[i];
    }
  }
  return code;
}

/// Inputs of targets are data. The changelog names what was renamed, and so do the table of renamed
/// keys and its test.
bool is_exempt(const SourceFile& file) {
  return file.path == own_path || file.path == "CHANGELOG.md" || file.is_below("corpora/") ||
         file.is_below("tests/fuzz/seeds/") || file.path == "harness/plan/renamed_keys.cpp" ||
         file.path == "tests/plan/plan_errors.cpp";
}

/// "path:line: word" for every line and word for which `found` is true.
template <typename Words, typename Found>
std::vector<std::string> findings_of(const Words& words, const Found& found) {
  std::vector<std::string> findings;
  for (const auto& file : tree()) {
    if (is_exempt(file)) {
      continue;
    }
    for (std::size_t line = 0; line < file.lines.size(); ++line) {
      for (const auto word : words) {
        if (found(file, file.lines[line], word)) {
          findings.push_back(fmt::format("{}:{}: {}", file.path, line + 1, word));
        }
      }
    }
  }
  return findings;
}

} // namespace

TEST_CASE("replaced names do not come back") {
  auto findings = findings_of(forbidden_names, [](const SourceFile&, const std::string& line,
                                                  auto name) { return has_word(line, name); });
  CHECK_MESSAGE(findings.empty(), report(findings));
  findings =
      findings_of(forbidden_types, [](const SourceFile& file, const std::string& line, auto name) {
        const bool code = file.has_extension(".cpp") || file.has_extension(".hpp");
        return code && has_word(code_of(line), name);
      });
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("replaced phrases do not come back") {
  const auto findings =
      findings_of(forbidden_phrases, [](const SourceFile&, const std::string& line, auto phrase) {
        return lower(line).find(phrase) != std::string::npos;
      });
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("spelling is American") {
  const auto findings =
      findings_of(british_words, [](const SourceFile&, const std::string& line, auto word) {
        return has_word(lower(line), word);
      });
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("the vocabulary lint finds what it looks for") {
  CHECK(has_word("class Crew {", "Crew"));
  CHECK_FALSE(has_word("class CrewMember {", "Crew"));
  CHECK(has_word("a colour.", "colour"));
  CHECK(code_of("Seat a; // Seat").find("//") == std::string::npos);
  CHECK_FALSE(has_word(code_of("say(\"Seat\"); // Seat"), "Seat"));
}
