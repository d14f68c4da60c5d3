// Worker: the process that runs inputs for a coordinator. It searches with libFuzzer, makes
// validation runs from a frozen generator, or replays inputs. It reads commands, writes messages
// (protocol.hpp), and exits when the coordinator closes the connection.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/engine/channel.hpp"
#include "harness/engine/fuzzer.hpp"
#include "harness/engine/novelty.hpp"
#include "harness/engine/runner.hpp"
#include "harness/engine/tallies.hpp"
#include "mutators/generator.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace harness::engine {

class Worker final : private FuzzTarget {
public:
  /// `plan` is the parsed plan of `setup`. Throws UserError for a plan that cannot be carried out.
  Worker(CampaignPlan plan, const Setup& setup, Channel& channel, tracer::StopFlag& stop);

  /// Works until the coordinator sends Stop or exits, or `stop` is requested; then ends the
  /// process.
  [[noreturn]] void work();

private:
  // ---- FuzzTarget
  Features run(std::string_view text) override;
  std::string mutate(std::string_view text, std::size_t longest_bytes, std::uint64_t seed) override;
  std::string cross(std::string_view a, std::string_view b, std::size_t longest_bytes,
                    std::uint64_t seed) override;

  /// Executes commands of the coordinator until one grants runs to the search.
  void await_grant();
  // Each executes one command; those that return true are answered with Idle.
  bool handle(Setup& command);
  bool handle(Calibrate& command);
  bool handle(Inputs& command);
  bool handle(Explore& command);
  bool handle(Freeze& command);
  bool handle(Draw& command);
  bool handle(Replay& command);
  bool handle(Stop& command);

  void learn_words(const RunResult& result, const Input& input);
  Shown explore(const Input& input);
  /// Completes the record of a run and sends it with its results. Returns the number of new pairs.
  std::size_t report(Run& line, const Shown& shown, const Input& input,
                     const std::vector<std::uint32_t>& feature_numbers);
  /// `news` with backtraces; runs `input` again where one is missing.
  std::vector<Find::Pair> located(const std::vector<const Sighting*>& news, const RunResult& result,
                                  const Input& input);
  std::optional<std::string> take_import();

  void queue(const Message& message) { channel_.queue(message); }
  /// Reports that the last command is finished, after sending the counts since then.
  void idle();
  void starting(const std::string& text);
  /// Ends the process: as requested, or because of `problem`.
  [[noreturn]] void leave();
  [[noreturn]] void give_up(const std::string& problem);

  CampaignPlan plan_;
  Channel& channel_;
  tracer::StopFlag& stop_;
  std::unique_ptr<tracer::KernelMemory> kernel_;
  Runner runner_;
  std::vector<std::string> phases_; // names
  PairTable table_;
  mutators::CompiledGrammar grammar_;
  mutators::Generator generator_;
  std::optional<mutators::Generator> frozen_generator_;
  std::vector<Input> frozen_corpus_;
  PairNumbers numbers_;
  Novelty novelty_;
  Slowness slowness_;
  Tallies tallies_;
  std::deque<std::string> imports_; // to be run before anything else
  std::set<std::string> buckets_;   // failures that the coordinator has
  std::vector<std::string> words_;  // learned since the last Find
  std::uint64_t seed_ = 1;
  std::uint64_t grant_ = 0; // runs that the search may still make
};

} // namespace harness::engine
