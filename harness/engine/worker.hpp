// Worker: one process that runs inputs for a coordinator: searching with libFuzzer, drawing
// validation runs from a frozen generator, replaying. Reads commands, writes messages
// (protocol.hpp) and ends when the conversation does.
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
  /// `plan` is what `setup` says in text. Throws UserError for what it says in vain.
  Worker(CampaignPlan plan, const Setup& setup, Channel& channel, tracer::StopFlag& stop);

  /// Works until the coordinator says Stop, goes away, or `stop` is requested; ends the process.
  [[noreturn]] void work();

private:
  // ---- FuzzTarget
  Features run(std::string_view text) override;
  std::string mutate(std::string_view text, std::size_t longest_bytes, std::uint64_t seed) override;
  std::string cross(std::string_view a, std::string_view b, std::size_t longest_bytes,
                    std::uint64_t seed) override;

  /// Does what the coordinator says until it grants runs to the search.
  void await_grant();
  // Each does one command; those that return true are answered with Idle.
  bool handle(Setup& command);
  bool handle(Calibrate& command);
  bool handle(Inputs& command);
  bool handle(Explore& command);
  bool handle(Freeze& command);
  bool handle(Draw& command);
  bool handle(Replay& command);
  bool handle(Stop& command);

  Shown explore(const Input& input);
  /// Completes the line of a run and sends it with what the run brought. Returns how many pairs
  /// were new.
  std::size_t tell(Run& line, const Shown& shown, const Input& input,
                   const std::vector<std::uint32_t>& feature_numbers);
  /// `news` with backtraces; runs `input` again where one is missing.
  std::vector<Find::Pair> located(const std::vector<const Sighting*>& news, const RunResult& result,
                                  const Input& input);
  std::optional<std::string> take_import();

  void queue(const Message& message) { channel_.queue(message); }
  /// Says that the last command is done, after what was counted meanwhile.
  void idle();
  void starting(const std::string& text);
  /// Ends the process: as asked for, or because `problem`.
  [[noreturn]] void leave();
  [[noreturn]] void give_up(const std::string& problem);

  CampaignPlan plan_;
  Channel& channel_;
  tracer::StopFlag& stop_;
  Runner runner_;
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
  std::vector<std::string> words_;  // learnt since the last Find
  std::uint64_t seed_ = 1;
  std::uint64_t grant_ = 0; // runs that the search may still make
};

} // namespace harness::engine
