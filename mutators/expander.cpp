// SPDX-License-Identifier: Apache-2.0
#include "mutators/expander.hpp"

#include <algorithm>
#include <utility>

namespace harness::mutators {

void Expander::RunBuilder::add(std::string_view text) {
  if (!open) {
    words.emplace_back();
    open = true;
  }
  words.back() += text;
  bytes += text.size();
}

void Expander::RunBuilder::blank(std::string_view text) {
  if (joined) {
    add(text);
  } else {
    open = false;
  }
}

const Pattern& Expander::choose(const Choice& choice) {
  const double drawn = random_.unit() * choice.sums.back();
  const auto found = std::upper_bound(choice.sums.begin(), choice.sums.end(), drawn);
  const auto index = static_cast<std::size_t>(found - choice.sums.begin());
  return choice.patterns[std::min(index, choice.patterns.size() - 1)];
}

std::vector<std::string> Expander::words(const Pattern& pattern) {
  RunBuilder builder;
  expand(pattern, builder, 0);
  return std::move(builder.words);
}

std::string Expander::text(const Pattern& pattern) {
  RunBuilder builder{.joined = true};
  builder.add("");
  expand(pattern, builder, 0);
  return std::move(builder.words.front());
}

void Expander::expand(const Pattern& pattern, RunBuilder& builder, std::uint32_t depth) {
  for (const Piece& piece : pattern.pieces) {
    if (++builder.pieces > max_pieces) {
      return;
    }
    if (piece.kind == Piece::Kind::text) {
      builder.add(piece.text);
    } else if (piece.kind == Piece::Kind::blank) {
      builder.blank(piece.text);
    } else if (piece.kind == Piece::Kind::rule) {
      const Choice& rule = tables_.rules[piece.rule];
      const bool must_end = depth >= max_depth || builder.bytes > max_bytes;
      const bool outer = std::exchange(builder.joined, builder.joined || piece.joined);
      expand(must_end ? rule.patterns[rule.shallowest] : choose(rule), builder, depth + 1);
      builder.joined = outer;
    } else {
      builder.add(builder.bytes > max_bytes ? std::string() : fill(piece));
    }
  }
}

std::string Expander::fill(const Piece& piece) {
  switch (piece.kind) {
  case Piece::Kind::integer:
    return std::to_string(draw_integer(piece.low, piece.high, random_));
  case Piece::Kind::word:
    return draw_word(dictionary_, random_);
  case Piece::Kind::string:
    return draw_string(dictionary_, random_);
  case Piece::Kind::bytes:
    return random_.bytes(random_.below(static_cast<std::uint64_t>(piece.high) + 1));
  case Piece::Kind::path:
    return draw_path(tree_, piece.node, random_);
  case Piece::Kind::new_path:
    return draw_new_path(tree_, random_);
  case Piece::Kind::directory:
    return draw_path(tree_, FileNode::Kind::directory, random_);
  case Piece::Kind::dictionary:
    return dictionary_.empty() ? draw_word(dictionary_, random_)
                               : dictionary_.words()[random_.below(dictionary_.words().size())];
  case Piece::Kind::new_name:
    return names_.make(piece.text, random_);
  case Piece::Kind::old_name:
    return names_.use(piece.text, random_);
  case Piece::Kind::text:
  case Piece::Kind::blank:
  case Piece::Kind::rule:
    break;
  }
  return piece.text;
}

} // namespace harness::mutators
