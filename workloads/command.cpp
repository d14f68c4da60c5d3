// The command workload: script lines become standard input, in one piece where nothing in the
// script takes time, else fed bit by bit.
// SPDX-License-Identifier: Apache-2.0
#include "workloads/kinds.hpp"
#include "workloads/preparation.hpp"
#include "workloads/protocol.hpp"

#include <algorithm>

namespace harness::workloads {

namespace {

constexpr std::uint32_t longest_pause_ms = 1000;

bool takes_time(const Step& step) {
  return step.kind == Step::Kind::pause || step.kind == Step::Kind::marker;
}

/// The bytes that a step puts into standard input; steps that only make sense on a connection put
/// none.
std::string bytes_of(const Step& step, Protocol protocol) {
  if (step.kind == Step::Kind::command) {
    return encode_command(protocol, step.words);
  }
  std::string bytes;
  if (step.kind == Step::Kind::send) {
    for (const auto& word : step.words) {
      bytes += word;
    }
  }
  return bytes;
}

Feed feed_of(const Input& input, Protocol protocol) {
  Feed feed;
  feed.bytes = input.standard_input.bytes;
  feed.slowly = std::ranges::any_of(input.script, takes_time);
  const bool terminal = input.standard_input.kind == StandardInput::Kind::terminal;
  const bool in_pieces = terminal || feed.slowly;
  const auto add = [&](const std::string& bytes, std::uint32_t pause_ms, std::string marker) {
    auto cut = terminal ? cut_keys(bytes) : std::vector<Piece>{{bytes, 0, ""}};
    if (cut.empty()) {
      cut.push_back({});
    }
    cut.front().pause_ms = pause_ms;
    cut.front().marker = std::move(marker);
    std::ranges::move(cut, std::back_inserter(feed.pieces));
  };
  if (in_pieces && !feed.bytes.empty()) {
    add(feed.bytes, 0, "");
  }
  for (const auto& step : input.script) {
    const auto bytes = bytes_of(step, protocol);
    feed.bytes += bytes;
    if (!in_pieces) {
      continue;
    }
    const bool pause = step.kind == Step::Kind::pause;
    const bool marker = step.kind == Step::Kind::marker && !step.words.empty();
    if (!bytes.empty() || pause || marker) {
      add(bytes, pause ? std::min(step.milliseconds, longest_pause_ms) : 0,
          marker ? step.words.front() : "");
    }
  }
  return feed;
}

class Command final : public Workload {
public:
  explicit Command(const CampaignPlan& plan) : plan_(plan) {}

  Result<PreparedRun> prepare(const Input& input, const RunPlace& place) override {
    auto builder = begin_run(plan_, input, place, 0);
    if (!builder) {
      return std::move(builder.error());
    }
    auto feed = feed_of(input, plan_.workload.protocol);
    Result<> added = Done{};
    const auto kind = input.standard_input.kind;
    if (!input.script.empty() &&
        (kind == StandardInput::Kind::null || kind == StandardInput::Kind::closed) &&
        !feed.bytes.empty()) {
      // A script with nowhere to go: standard input becomes what can hold it.
      Input moved = input;
      moved.standard_input.kind =
          feed.slowly ? StandardInput::Kind::pipe : StandardInput::Kind::file;
      added = add_streams(*builder, moved, std::move(feed));
    } else {
      added = add_streams(*builder, input, std::move(feed));
    }
    if (!added) {
      return std::move(added.error());
    }
    return std::move(*builder).finish();
  }

private:
  CampaignPlan plan_;
};

} // namespace

std::unique_ptr<Workload> make_command(const CampaignPlan& plan) {
  return std::make_unique<Command>(plan);
}

} // namespace harness::workloads
