// What holds for every file: short, headed by what it is, free of this and that.
#include "core/base/text.hpp"
#include "tests/lint/tree.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <map>
#include <regex>

using namespace harness;
using namespace harness::lint;

namespace {

constexpr std::size_t longest_file = 400; // lines; most stay under 250

/// Longer ones, and why they are one file nevertheless.
const std::map<std::string, std::string>& long_files() {
  static const std::map<std::string, std::string> files = {};
  return files;
}

bool is_code(const SourceFile& file) {
  return file.has_extension(".cpp") || file.has_extension(".hpp") || file.has_extension(".c");
}

} // namespace

TEST_CASE("files are short") {
  std::vector<std::string> findings;
  for (const auto& file : tree()) {
    if (is_code(file) && file.lines.size() > longest_file && !long_files().contains(file.path)) {
      findings.push_back(fmt::format("{}: {} lines, more than {}; split it by concept", file.path,
                                     file.lines.size(), longest_file));
    }
  }
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("headers say what they are, and are read once") {
  std::vector<std::string> findings;
  for (const auto& file : tree()) {
    if (!file.has_extension(".hpp")) {
      continue;
    }
    if (file.lines.empty() || !file.lines[0].starts_with("//")) {
      findings.push_back(file.path + ":1: begin with what this is and what it must not know");
    }
    if (std::find(file.lines.begin(), file.lines.end(), "#pragma once") == file.lines.end()) {
      findings.push_back(file.path + ": no #pragma once");
    }
  }
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("fixtures say what they do and what is expected") {
  std::vector<std::string> findings;
  for (const auto& file : tree()) {
    if (file.is_below("tests/fixtures/") && file.has_extension(".c") &&
        !file.lines[0].starts_with("//") && !file.lines[0].starts_with("/*")) {
      findings.push_back(file.path + ":1: begin with behavior and expected outcome");
    }
  }
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("no file names a place of one machine, or unfinished work") {
  // Pieces, so that this file does not find itself.
  const std::array<std::string, 4> words = {std::string("/wo") + "rk/",
                                            std::string("shared/") + "facts",
                                            std::string("TO") + "DO", std::string("FIX") + "ME"};
  std::vector<std::string> findings;
  for (const auto& file : tree()) {
    for (std::size_t line = 0; line < file.lines.size(); ++line) {
      for (const auto& word : words) {
        if (file.lines[line].find(word) != std::string::npos) {
          findings.push_back(fmt::format("{}:{}: {}", file.path, line + 1, word));
        }
      }
    }
  }
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("no command goes through a shell") {
  const std::regex call(R"((^|[^_A-Za-z.>])(std::)?(system|popen)\()");
  std::vector<std::string> findings;
  for (const auto& file : tree()) {
    if (!is_code(file) || file.is_below("tests/")) {
      continue;
    }
    for (std::size_t line = 0; line < file.lines.size(); ++line) {
      const std::string code = file.lines[line].substr(0, file.lines[line].find("//"));
      if (std::regex_search(code, call)) {
        findings.push_back(fmt::format("{}:{}: {}", file.path, line + 1, trim(code)));
      }
    }
  }
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("heavy headers stay out of headers") {
  const std::array<std::string_view, 6> heavy = {"<nlohmann/json.hpp>", "<yaml-cpp/", "<boost/",
                                                 "<CLI/CLI.hpp>",       "<kainjow/",  "<regex>"};
  std::vector<std::string> findings;
  for (const auto& file : tree()) {
    if (!file.has_extension(".hpp") || file.is_below("tests/")) {
      continue;
    }
    for (std::size_t line = 0; line < file.lines.size(); ++line) {
      for (const auto& header : heavy) {
        if (file.lines[line].starts_with("#include") &&
            file.lines[line].find(header) != std::string::npos) {
          findings.push_back(
              fmt::format("{}:{}: {} belongs into a .cpp", file.path, line + 1, header));
        }
      }
    }
  }
  CHECK_MESSAGE(findings.empty(), report(findings));
}

TEST_CASE("source files name their license") {
  std::vector<std::string> findings;
  for (const auto& file : tree()) {
    const bool is_source = is_code(file) || file.has_extension(".h") || file.has_extension(".sh") ||
                           file.has_extension(".py") || file.has_extension(".awk");
    if (!is_source || file.is_below("corpora/") || file.is_below("tests/fuzz/seeds/")) {
      continue;
    }
    const bool named = std::ranges::any_of(file.lines, [](const auto& line) {
      return line.find("SPDX-License-Identifier: Apache-2.0") != std::string::npos;
    });
    if (!named) {
      findings.push_back(file.path + ": no SPDX line; run python3 tools/add_spdx.py");
    }
  }
  CHECK_MESSAGE(findings.empty(), report(findings));
}
