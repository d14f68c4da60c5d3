// Blind changes of bytes: what AFL calls havoc, one change a call.
// SPDX-License-Identifier: Apache-2.0
#include "mutators/values.hpp"

#include <algorithm>

namespace harness::mutators {

namespace {

using Change = void (*)(std::string&, const Dictionary&, Random&);

std::size_t place(const std::string& bytes, Random& random) {
  return random.below(bytes.size() + 1);
}

void flip_bit(std::string& bytes, const Dictionary&, Random& random) {
  if (!bytes.empty()) {
    random.pick(bytes) ^= static_cast<char>(1 << random.below(8));
  }
}

void set_byte(std::string& bytes, const Dictionary&, Random& random) {
  using namespace std::literals;
  static constexpr auto telling = "\0\n\t \"'%/\\;,=-+\x7f\xff\x80@[]{}()<>"sv;
  if (!bytes.empty()) {
    random.pick(bytes) = random.chance(1, 2) ? telling[random.below(telling.size())]
                                             : static_cast<char>(random.below(256));
  }
}

void insert_bytes(std::string& bytes, const Dictionary&, Random& random) {
  bytes.insert(place(bytes, random), random.bytes(1 + random.below(4)));
}

void repeat_byte(std::string& bytes, const Dictionary&, Random& random) {
  const std::size_t at = place(bytes, random);
  const char byte = at < bytes.size() ? bytes[at] : 'A';
  bytes.insert(at, std::size_t{1} << random.below(11), byte);
}

void cut_piece(std::string& bytes, const Dictionary&, Random& random) {
  if (!bytes.empty()) {
    const std::size_t at = random.below(bytes.size());
    bytes.erase(at, 1 + random.below(bytes.size() - at));
  }
}

void copy_piece(std::string& bytes, const Dictionary&, Random& random) {
  if (!bytes.empty()) {
    const std::size_t at = random.below(bytes.size());
    const std::string piece = bytes.substr(at, 1 + random.below(64));
    bytes.insert(place(bytes, random), piece);
  }
}

void change_number(std::string& bytes, const Dictionary&, Random& random) {
  const auto digit = bytes.find_first_of("0123456789", place(bytes, random));
  if (digit == std::string::npos) {
    insert_bytes(bytes, {}, random);
    return;
  }
  const auto end = std::min(bytes.find_first_not_of("0123456789", digit), bytes.size());
  bytes.replace(digit, end - digit, std::to_string(draw_integer(INT64_MIN, INT64_MAX, random)));
}

void insert_word(std::string& bytes, const Dictionary& dictionary, Random& random) {
  bytes.insert(place(bytes, random), draw_word(dictionary, random));
}

void overwrite_with_word(std::string& bytes, const Dictionary& dictionary, Random& random) {
  const std::string word = draw_word(dictionary, random);
  const std::size_t at = place(bytes, random);
  bytes.replace(at, std::min(word.size(), bytes.size() - at), word);
}

constexpr Change changes[] = {flip_bit,      set_byte,    insert_bytes,
                              repeat_byte,   cut_piece,   copy_piece,
                              change_number, insert_word, overwrite_with_word};

} // namespace

std::string mutate_bytes(std::string bytes, const Dictionary& dictionary, std::size_t most,
                         Random& random) {
  changes[random.below(std::size(changes))](bytes, dictionary, random);
  bytes.resize(std::min(bytes.size(), most));
  return bytes;
}

} // namespace harness::mutators
