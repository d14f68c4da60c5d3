// Turns text files into a C++ include at build time: embed OUT NAME=FILE[,FILE...]...
// Each NAME becomes a string constant of the files' text, one after another. Knows only the
// standard library, since it is built before everything else.
// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

/// A raw string literal must not hold its own end, and compilers limit the length of one.
void write_literal(std::ostream& out, const std::string& text) {
  constexpr std::size_t piece = 8000;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    out << "\n    R\"embedded(" << text.substr(at, piece) << ")embedded\"";
  }
  if (text.empty()) {
    out << "\"\"";
  }
}

bool append_file(const std::string& path, std::string& text) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file.good() || content.str().find(")embedded\"") != std::string::npos) {
    std::cerr << "embed: cannot use " << path << "\n";
    return false;
  }
  text += content.str();
  return true;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: embed OUT NAME=FILE[,FILE...]...\n";
    return 64;
  }
  std::ofstream out(argv[1], std::ios::binary);
  out << "// Generated from the text files of this directory.\n";
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    const auto equals = word.find('=');
    std::istringstream files(word.substr(equals + 1));
    std::string text;
    for (std::string path; std::getline(files, path, ',');) {
      if (!append_file(path, text)) {
        return 1;
      }
    }
    out << "constexpr std::string_view " << word.substr(0, equals) << " =";
    write_literal(out, text);
    out << ";\n";
  }
  return out.good() ? 0 : 1;
}
