// FilterProtocol against a scripted kernel: random orders of calls, phase points, installations,
// forks, new threads, ends and filters of the target's own. The kernel keeps real chains of
// filters, TSYNC's ancestor rule included.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/filter_protocol.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <random>

using namespace harness;
using namespace harness::tracer;

namespace {

struct Filter {
  int object = 0;
  int phase = -1; // -1: the target's own
};
using Chain = std::vector<Filter>;

bool is_ancestor(const Chain& chain, const Chain& of) {
  return chain.size() <= of.size() &&
         std::equal(chain.begin(), chain.end(), of.begin(),
                    [](const Filter& a, const Filter& b) { return a.object == b.object; });
}

class ScriptedKernel final : public FilterKernel {
public:
  std::map<pid_t, Chain> chains;
  std::map<pid_t, pid_t> process_of;
  int objects = 0;

  std::optional<unsigned> filters_of(pid_t thread) const override {
    const auto place = chains.find(thread);
    return place == chains.end() ? std::nullopt
                                 : std::optional(static_cast<unsigned>(place->second.size()));
  }
  std::vector<pid_t> threads_of_process(pid_t process) const override {
    std::vector<pid_t> threads;
    for (const auto& [thread, owner] : process_of) {
      if (owner == process) {
        threads.push_back(thread);
      }
    }
    return threads;
  }
  /// seccomp(2): its answer.
  std::int64_t install(pid_t thread, int phase, bool whole_process) {
    if (whole_process) {
      for (const pid_t other : threads_of_process(process_of[thread])) {
        if (!is_ancestor(chains[other], chains[thread])) {
          return other;
        }
      }
    }
    chains[thread].push_back({++objects, phase});
    if (whole_process) {
      for (const pid_t other : threads_of_process(process_of[thread])) {
        chains[other] = chains[thread];
      }
    }
    return 0;
  }
};

/// A program that does what a random source says, under the protocol.
class Storm {
public:
  explicit Storm(unsigned seed) : random_(seed) {
    Thread& first = tree_.add_launched(1, "/program");
    kernel_.chains[first.id] = {};
    kernel_.process_of[first.id] = 1;
  }

  void run(int steps) {
    for (int i = 0; i < steps && tree_.alive() != 0; ++i) {
      step(any_thread());
      release();
    }
    finish_installations();
    for (const pid_t id : ids()) { // nobody waits for ever
      CHECK_FALSE(tree_.find(id)->filters.waiting);
    }
  }

private:
  unsigned below(unsigned limit) { return random_() % limit; }

  std::vector<pid_t> ids() {
    std::vector<pid_t> list;
    tree_.each_thread([&](const Thread& thread) { list.push_back(thread.id); });
    std::sort(list.begin(), list.end());
    return list;
  }
  Thread& any_thread() {
    const auto list = ids();
    return *tree_.find(list[below(static_cast<unsigned>(list.size()))]);
  }

  void step(Thread& thread) {
    if (thread.filters.waiting) {
      return;
    }
    if (thread.filters.installing) {
      if (below(12) == 0) {
        end(thread);
      } else {
        advance(thread);
      }
      return;
    }
    switch (below(12)) {
    case 0:
      thread.process->phase = std::min<PhaseIndex>(thread.process->phase + 1, 2); // a point
      break;
    case 1:
      if (tree_.alive() > 1) {
        end(thread);
      }
      break;
    default:
      call(thread);
    }
  }

  void call(Thread& thread) {
    if (in_clone_.contains(thread.id)) { // it returns, and the child is reported
      report_child(thread);
      return;
    }
    if (protocol_.at_call(thread) != AtCall::proceed) {
      return;
    }
    const Chain& chain = kernel_.chains[thread.id];
    const auto times = std::count_if(chain.begin(), chain.end(), [&](const Filter& filter) {
      return filter.phase == static_cast<int>(thread.process->phase);
    });
    REQUIRE(times == 1); // exactly its phase's filter, once
    const auto own = std::count_if(chain.begin(), chain.end(),
                                   [](const Filter& filter) { return filter.phase < 0; });
    REQUIRE(own == own_[thread.id]); // nobody else's
    switch (below(8)) {
    case 0:
    case 1:
      if (tree_.alive() < 6) {
        make_child(thread, below(2) == 0);
      }
      break;
    case 2:
      if (own_[thread.id] < 2) {
        kernel_.install(thread.id, -1, false);
        ++own_[thread.id];
      }
      break;
    default:
      break;
    }
  }

  /// The child exists from here on, with what its creator has now.
  void make_child(Thread& creator, bool is_thread) {
    const pid_t id = ++last_id_;
    kernel_.chains[id] = kernel_.chains[creator.id];
    kernel_.process_of[id] = is_thread ? creator.process->id : id;
    own_[id] = own_[creator.id];
    in_clone_[creator.id] = {id, is_thread};
  }
  void report_child(Thread& creator) {
    const auto [id, is_thread] = in_clone_[creator.id];
    in_clone_.erase(creator.id);
    Thread& child = tree_.add_unknown(id);
    tree_.adopt(child, creator, {is_thread, is_thread});
    protocol_.cloned(child, creator, is_thread);
  }

  /// seccomp(2) runs in the kernel first; its answer is reported in a later step.
  void advance(Thread& thread) {
    const auto answer = answers_.find(thread.id);
    if (answer == answers_.end()) {
      const auto& what = *thread.filters.installing;
      answers_[thread.id] =
          kernel_.install(thread.id, static_cast<int>(what.filter), what.whole_process);
      return;
    }
    const auto installed = protocol_.installed(thread, answer->second);
    answers_.erase(answer);
    REQUIRE(installed);
  }

  void end(Thread& thread) {
    const pid_t id = thread.id;
    if (in_clone_.contains(id)) {
      report_child(thread);
    }
    answers_.erase(id);
    kernel_.chains.erase(id);
    kernel_.process_of.erase(id);
    tree_.ended(thread, Exited{0});
    protocol_.forget_ended();
  }

  void release() {
    while (Thread* thread = protocol_.next_released()) {
      call(*thread);
    }
  }
  void finish_installations() {
    for (bool again = true; again;) {
      again = false;
      for (const pid_t id : ids()) {
        if (tree_.find(id)->filters.installing) {
          advance(*tree_.find(id));
          again = true;
        }
      }
      release();
    }
  }

  std::mt19937 random_;
  std::vector<FilterProgram> filters_ = std::vector<FilterProgram>(3, FilterProgram(1));
  ProcessTree tree_;
  ScriptedKernel kernel_;
  FilterProtocol protocol_{filters_, tree_, kernel_};
  std::map<pid_t, std::pair<pid_t, bool>> in_clone_;
  std::map<pid_t, std::int64_t> answers_;
  std::map<pid_t, long> own_;
  pid_t last_id_ = 1;
};

} // namespace

TEST_CASE("no call proceeds without exactly its phase's filter, whatever the order of events") {
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    CAPTURE(seed);
    Storm(seed).run(150);
  }
}
