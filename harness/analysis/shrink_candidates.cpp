// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/shrink_candidates.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace harness::analysis {

namespace {

/// A candidate, and how much it removes.
using Candidate = std::pair<std::size_t, Input>;

class Steps {
public:
  explicit Steps(const Input& input) : input_(input), length_(serialize_input(input).size()) {}

  /// Adds `changed` if its text is shorter and still valid: a hard link may have lost the file that
  /// it refers to.
  void offer(Input changed) {
    const std::string text = serialize_input(changed);
    const std::size_t length = text.size();
    if (length < length_ && parse_input(text).ok()) {
      candidates_.emplace_back(length_ - length, std::move(changed));
    }
  }

  /// `field` picks a list or text of an Input: without stretches of 1/1, 1/2, 1/4 … of its
  /// elements, down to each single one.
  template <typename Field> void shorten(Field field) {
    const std::size_t size = field(input_).size();
    for (std::size_t piece = size; piece > 0; piece /= 2) {
      for (std::size_t from = 0; from < size; from += piece) {
        Input changed = input_;
        auto& list = field(changed);
        const auto begin = list.begin() + static_cast<std::ptrdiff_t>(from);
        list.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(piece, size - from)));
        offer(std::move(changed));
      }
    }
  }

  /// As shorten, for the text `part` of every element of the list `field`. Only halves and
  /// quarters: single bytes of every text would be too many.
  template <typename Field, typename Part> void shorten_each(Field field, Part part) {
    for (std::size_t i = 0; i < field(input_).size(); ++i) {
      const std::size_t size = part(field(input_)[i]).size();
      const std::size_t least = std::max<std::size_t>(1, size / 4);
      for (std::size_t piece = size; piece >= least && piece > 0; piece /= 2) {
        for (std::size_t from = 0; from < size; from += piece) {
          Input changed = input_;
          part(field(changed)[i]).erase(from, piece);
          offer(std::move(changed));
        }
      }
    }
  }

  std::vector<Input> take() {
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.first > b.first; });
    std::vector<Input> inputs;
    for (auto& [saved, input] : candidates_) {
      inputs.push_back(std::move(input));
    }
    return inputs;
  }

private:
  const Input& input_;
  std::size_t length_;
  std::vector<Candidate> candidates_;
};

} // namespace

std::vector<Input> shrink_candidates(const Input& input) {
  Steps steps(input);
  steps.shorten([](auto& i) -> auto& { return i.arguments; });
  steps.shorten([](auto& i) -> auto& { return i.environment; });
  steps.shorten([](auto& i) -> auto& { return i.files; });
  steps.shorten([](auto& i) -> auto& { return i.configuration; });
  steps.shorten([](auto& i) -> auto& { return i.script; });
  steps.shorten([](auto& i) -> auto& { return i.signals; });
  steps.shorten([](auto& i) -> auto& { return i.faults; });
  steps.shorten([](auto& i) -> auto& { return i.limits; });
  steps.shorten([](auto& i) -> auto& { return i.sidecars; });
  steps.shorten([](auto& i) -> auto& { return i.standard_input.bytes; });

  // Parts reset to their defaults.
  const auto without = [&](auto reset) {
    Input changed = input;
    reset(changed);
    steps.offer(std::move(changed));
  };
  without([](Input& i) { i.standard_input = {}; });
  without([](Input& i) { i.standard_output = OutputKind::capture; });
  without([](Input& i) { i.standard_error = OutputKind::capture; });
  without([](Input& i) { i.terminal = {}; });
  without([](Input& i) { i.identity = {}; });
  for (std::size_t n = 0; n < input.files.size(); ++n) {
    without([n](Input& i) {
      const FileNode& node = i.files[n];
      i.files[n] = {.kind = node.kind,
                    .path = node.path,
                    .content = node.content,
                    .target = node.target,
                    .device_major = node.device_major,
                    .device_minor = node.device_minor};
    });
  }

  const auto whole = [](auto& text) -> auto& {
    return text;
  };
  steps.shorten_each(
      [](auto& i) -> auto& { return i.arguments; }, whole);
  steps.shorten_each(
      [](auto& i) -> auto& { return i.files; }, [](auto& node) -> auto& { return node.content; });
  for (std::size_t n = 0; n < input.script.size(); ++n) {
    steps.shorten([n](auto& i) -> auto& { return i.script[n].words; });
    steps.shorten_each(
        [n](auto& i) -> auto& { return i.script[n].words; }, whole);
  }
  for (std::size_t n = 0; n < input.configuration.size(); ++n) {
    steps.shorten([n](auto& i) -> auto& { return i.configuration[n]; });
  }
  return steps.take();
}

} // namespace harness::analysis
