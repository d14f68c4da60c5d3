// Generator: draws inputs from a grammar, changes them by type, and crosses them. Pure: the same
// seed gives the same input. Depends only on core/base and core/model, not on the fuzzing engine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.hpp"
#include "core/model/input.hpp"
#include "mutators/dictionary.hpp"
#include "mutators/grammar.hpp"

#include <span>
#include <string>
#include <vector>

namespace harness::mutators {

struct GeneratorOptions {
  double fresh_share = 0.2; // of `draw`: straight from the grammar
  /// Names of the plan's phases after the first, for signals and faults.
  std::vector<std::string> phases;
  /// Files that the plan puts into every run directory: holes such as {path} may name them.
  std::vector<FileNode> base_files;
};

class Generator {
public:
  Generator(CompiledGrammar grammar, Dictionary dictionary, GeneratorOptions options = {});

  /// An input drawn from the grammar alone.
  Input fresh(Random& random) const;
  /// `input` after one to several typed mutations; never equal to it unless nothing can change.
  Input mutate(const Input& input, Random& random) const;
  /// Parts of both.
  Input cross(const Input& a, const Input& b, Random& random) const;
  /// The generator of validation runs: fresh_share of fresh draws, else an entry of `corpus`
  /// mutated, or two crossed. Independent of every earlier draw.
  Input draw(std::span<const Input> corpus, Random& random) const;

  /// A string that the target showed; true if it is a new dictionary word.
  bool learn_word(std::string_view word) { return dictionary_.add(word); }
  /// A system call that the target makes: from now on faults may hit it.
  void learn_call(std::string_view name);
  const Dictionary& dictionary() const { return dictionary_; }

private:
  CompiledGrammar grammar_;
  Dictionary dictionary_;
  GeneratorOptions options_;
  std::vector<std::string> calls_;
  std::vector<std::size_t> mutations_; // those that the grammar enables, by number
  std::vector<double> sums_;           // of their weights
};

} // namespace harness::mutators
