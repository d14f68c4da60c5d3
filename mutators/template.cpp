// SPDX-License-Identifier: Apache-2.0
#include "mutators/template.hpp"

#include "core/base/text.hpp"
#include "core/model/input_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness::mutators {

namespace {

using PieceKind = Piece::Kind;

/// Largest {bytes:N}.
constexpr std::int64_t max_bytes = 65536;

struct BuiltIn {
  std::string_view name;
  PieceKind kind;
};
constexpr BuiltIn built_ins[] = {
    {"word", PieceKind::word},           {"string", PieceKind::string},
    {"path", PieceKind::path},           {"new_path", PieceKind::new_path},
    {"directory", PieceKind::directory}, {"dictionary", PieceKind::dictionary}};
/// Filled in by the workload for each run: passed on as they are.
constexpr std::string_view per_run[] = {"run", "port", "socket"};

class Parser {
public:
  Parser(const Template& source, std::span<const std::string> rules, Quotes quotes)
      : source_(source), rules_(rules), quotes_(quotes) {}

  Pattern parse() {
    const std::string& text = source_.text;
    while (at_ < text.size()) {
      if (quotes_ == Quotes::honored && text[at_] == '"' && (joined_ || at_word_start())) {
        quote_mark();
      } else if (joined_ && text[at_] == '\\') {
        escape();
      } else if (text[at_] == '{') {
        brace();
      } else if (!joined_ && (text[at_] == ' ' || text[at_] == '\t')) {
        blank();
      } else {
        literal(text[at_++]);
      }
    }
    if (joined_) {
      fail("missing closing quote", "close it with \", or write \\\" for a quote inside");
    }
    return std::move(pattern_);
  }

private:
  [[noreturn]] void fail(const std::string& problem, const std::string& remedy) const {
    throw UserError(source_.where,
                    fmt::format("template {}: {}", quote(source_.text.substr(0, 80)), problem),
                    remedy);
  }

  bool at_word_start() const { return at_ == 0 || pattern_.pieces.back().kind == PieceKind::blank; }

  void literal(char byte) {
    if (pattern_.pieces.empty() || pattern_.pieces.back().kind != PieceKind::text) {
      pattern_.pieces.push_back({});
    }
    pattern_.pieces.back().text += byte;
  }

  void blank() {
    const auto end = std::min(source_.text.find_first_not_of(" \t", at_), source_.text.size());
    pattern_.pieces.push_back(
        {.kind = PieceKind::blank, .text = source_.text.substr(at_, end - at_)});
    at_ = end;
  }

  void quote_mark() {
    if (!joined_) {
      pattern_.pieces.push_back({}); // so that "" is a word too
    }
    joined_ = !joined_;
    ++at_;
  }

  void escape() {
    // The same escapes as everywhere: let read_word decode a quoted word of this one.
    const std::size_t length = source_.text.compare(at_, 2, "\\x") == 0 ? 4 : 2;
    const std::string escaped = source_.text.substr(at_, length);
    const auto word = read_word('"' + escaped + '"');
    if (!word) {
      fail(fmt::format("unknown escape {}", printable(escaped)),
           "write \\n \\r \\t \\0 \\\" \\\\ or \\xHH");
    }
    literal(word->value[0]);
    at_ += length;
  }

  void brace() {
    if (source_.text.compare(at_, 2, "{{") == 0) {
      literal('{');
      at_ += 2;
      return;
    }
    const auto end = source_.text.find('}', at_);
    if (end == std::string::npos) {
      fail("missing closing brace", "close the placeholder with }, or write {{ for a brace");
    }
    const std::string name = source_.text.substr(at_ + 1, end - at_ - 1);
    if (name == "space") {
      literal(' ');
    } else if (std::find(std::begin(per_run), std::end(per_run), name) != std::end(per_run)) {
      for (const char byte : source_.text.substr(at_, end - at_ + 1)) {
        literal(byte);
      }
    } else {
      Piece piece = hole(name);
      piece.joined = joined_;
      pattern_.pieces.push_back(std::move(piece));
    }
    at_ = end + 1;
  }

  Piece hole(const std::string& name) const {
    const auto rule = std::find(rules_.begin(), rules_.end(), name);
    if (rule != rules_.end()) {
      return {.kind = PieceKind::rule, .rule = static_cast<std::uint32_t>(rule - rules_.begin())};
    }
    for (const auto& [known, kind] : built_ins) {
      if (name == known) {
        return {.kind = kind};
      }
    }
    const auto colon = name.find(':');
    if (colon != std::string::npos) {
      const std::string head = name.substr(0, colon);
      const std::string tail = name.substr(colon + 1);
      if (head == "int") {
        return integer(tail);
      }
      if (head == "bytes") {
        return bytes(tail);
      }
      if (head == "path") {
        return path(tail);
      }
      if ((head == "new" || head == "old") && !tail.empty()) {
        return {.kind = head == "new" ? PieceKind::new_name : PieceKind::old_name, .text = tail};
      }
    }
    unknown(name);
  }

  Piece integer(const std::string& range) const {
    const auto dots = range.find("..");
    const auto low = parse_integer(range.substr(0, dots));
    const auto high =
        dots == std::string::npos ? std::nullopt : parse_integer(range.substr(dots + 2));
    if (!low || !high || *low > *high) {
      fail(fmt::format("{{int:{}}} is not a range", range),
           "write {int:LOW..HIGH}, for example {int:0..100}");
    }
    return {.kind = PieceKind::integer, .low = *low, .high = *high};
  }

  Piece bytes(const std::string& count) const {
    const auto most = parse_integer(count);
    if (!most || *most < 0 || *most > max_bytes) {
      fail(fmt::format("{{bytes:{}}} is not a number of bytes", count),
           fmt::format("write {{bytes:N}} with N up to {}", max_bytes));
    }
    return {.kind = PieceKind::bytes, .high = *most};
  }

  Piece path(const std::string& kind) const {
    const auto found = std::find(node_words.begin(), node_words.end(), kind);
    if (found == node_words.end()) {
      const std::vector<std::string> known(node_words.begin(), node_words.end());
      const auto near = nearest_word(kind, known);
      fail(fmt::format("unknown kind of file {}{}", quote(kind),
                       near ? fmt::format("; did you mean {}?", *near) : ""),
           fmt::format("write {{path:KIND}} with one of {}", fmt::join(node_words, ", ")));
    }
    return {.kind = PieceKind::path,
            .node = static_cast<FileNode::Kind>(found - node_words.begin())};
  }

  [[noreturn]] void unknown(const std::string& name) const {
    std::vector<std::string> known(rules_.begin(), rules_.end());
    for (const auto& built_in : built_ins) {
      known.emplace_back(built_in.name);
    }
    known.insert(known.end(), {"int:LOW..HIGH", "bytes:N", "path:KIND", "new:KIND", "old:KIND",
                               "space", "run", "port", "socket"});
    const auto near = name.size() <= 40 ? nearest_word(name, known) : std::nullopt;
    fail(fmt::format("{{{}}} is neither a rule of the grammar nor a built-in placeholder{}",
                     printable(name), near ? fmt::format("; did you mean {{{}}}?", *near) : ""),
         fmt::format("write a rule of that name, {{{{ for a brace, or one of {{{}}}",
                     fmt::join(known, "}, {")));
  }

  const Template& source_;
  std::span<const std::string> rules_;
  Quotes quotes_;
  std::size_t at_ = 0;
  bool joined_ = false; // between quotes
  Pattern pattern_;
};

} // namespace

bool is_built_in(std::string_view name) {
  const auto has_name = [&](const BuiltIn& built_in) { return built_in.name == name; };
  return name == "space" || std::any_of(std::begin(built_ins), std::end(built_ins), has_name) ||
         std::find(std::begin(per_run), std::end(per_run), name) != std::end(per_run);
}

Pattern parse_template(const Template& source, std::span<const std::string> rules, Quotes quotes) {
  return Parser(source, rules, quotes).parse();
}

} // namespace harness::mutators
