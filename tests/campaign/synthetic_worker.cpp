// A worker that runs nothing: it speaks the protocol and makes its results up, a hundred thousand a
// second, so that what a coordinator does in a million runs can be looked at in a minute. Usage:
// synthetic-worker SEED. Dies by itself now and then, as workers do.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.hpp"
#include "harness/engine/channel.hpp"

#include <cstdlib>
#include <string>
#include <unistd.h>

using namespace harness;
using namespace harness::engine;

namespace {

constexpr std::int32_t common_calls = 36;
constexpr std::uint64_t rare_calls = 64;
constexpr std::uint64_t features = 100'000;
constexpr std::uint64_t lifetime = 100'000; // runs

class Synthetic {
public:
  explicit Synthetic(std::uint64_t seed) : random_(seed) {}

  /// Forty calls in two phases, one of them rare; one run in a thousand shows a new feature.
  Run run(std::string input) {
    Run line{.input = std::move(input),
             .reached = {0, 1},
             .calls = 3 * common_calls,
             .stops = 3 * common_calls};
    if (made_++ == 0) {
      for (std::int32_t call = 0; call < common_calls + static_cast<std::int32_t>(rare_calls);
           ++call) {
        const bool startup = call < common_calls && call % 2 == 0;
        line.defined.push_back({startup ? "startup" : "serving", {AuditArch::x86_64, call}, "srv"});
      }
    }
    for (std::uint32_t pair = 0; pair < common_calls; ++pair) {
      line.pairs.push_back({pair, 3, false});
    }
    const auto rare = static_cast<std::uint32_t>(common_calls + random_.below(rare_calls));
    line.pairs.push_back({rare, 1, false});
    if (random_.chance(1, 1000)) {
      line.find = Find{.pairs = {},
                       .features = {static_cast<std::uint32_t>(random_.below(features))},
                       .words = {"/tmp/run/" + std::to_string(random_.next())}};
    }
    return line;
  }

  Tally tally() {
    // A value that never repeats: a pointer, a time.
    return {.arguments = {{1, {AuditArch::x86_64, 2}, 1, random_.next(), 1}}, .errnos = {}};
  }

  std::string input() { return "args " + std::to_string(random_.next()) + "\n"; }
  bool tired() const { return made_ >= lifetime; }

private:
  Random random_;
  std::uint64_t made_ = 0;
};

[[noreturn]] void work(Channel& channel, Synthetic& synthetic) {
  channel.queue(Hello{});
  for (;;) {
    const auto command = channel.receive();
    if (!command || !*command) {
      ::_exit(0);
    }
    if (const auto* explore = std::get_if<Explore>(&**command)) {
      for (std::uint64_t i = 0; i < explore->runs; ++i) {
        if (synthetic.tired()) {
          (void)channel.flush();
          ::_exit(1);
        }
        std::string input = synthetic.input();
        channel.queue(Starting{input});
        channel.queue(synthetic.run(std::move(input)));
      }
      channel.queue(synthetic.tally());
      channel.queue(Idle{});
    }
  }
}

} // namespace

int main(int count, char** words) {
  Channel channel(STDIN_FILENO, STDOUT_FILENO);
  Synthetic synthetic(count > 1 ? std::strtoull(words[1], nullptr, 10) : 1);
  work(channel, synthetic);
}
