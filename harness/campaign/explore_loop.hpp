// ExploreLoop: the search stage of a campaign. It connects three parts that do not depend on each
// other:
//
//   WorkerPool        processes that run inputs
//   Search            one per replicate; decides what a worker does next and when to stop
//   CampaignRecorder  stores every run, pair and input durably
//
// Events of the pool drive the loop, all in one thread (Boost.Asio):
//
//   idle(worker)     The search is asked for commands: a few inputs and pairs that other workers
//                    found, then a grant of runs. Grants are small (about 0.1 s of runs), so that
//                    finds spread quickly and a budget is not exceeded.
//   on_message(Run)  The run is recorded. The recorder returns the pairs that are new, and only
//                    then are they announced, shared with the other workers of the replicate and
//                    reported to the search, whose convergence rule counts the run.
//   died(worker)     The input that was running is retried once. If another worker dies of it, it
//                    is quarantined as a failure. Runs granted but not made are granted again.
//   tick             Every 0.1 s the screen is updated, every second a checkpoint is written.
//
// run() returns when every search is finished (converged, quiet, or its part of a validation is
// done), at the time or run budget, on an interrupt, or on a failure. In all cases the state is
// saved before it returns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/campaign/search.hpp"
#include "harness/pool/interrupts.hpp"
#include "harness/pool/observer.hpp"
#include "harness/pool/worker_pool.hpp"
#include "harness/store/campaign_recorder.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace harness::campaign {

enum class LoopEnd { finished, time_budget, run_budget, interrupted, failed };

class ExploreLoop final : private pool::WorkerPoolObserver {
public:
  struct Options {
    std::vector<Phase> phases;
    Until until = Until::converged;
    std::optional<Duration> time_budget;     // from now
    std::optional<std::uint64_t> run_budget; // from now
    double elapsed_s = 0;                    // before this session
    std::string name;
    double epsilon = 0.01;
    double confidence = 0.95;
    std::uint64_t quiet_runs = 0; // that `until` asks for; for the screen
  };
  ExploreLoop(boost::asio::io_context& context, pool::WorkerPool& workers,
              store::CampaignRecorder& recorder, std::vector<Search>& searches,
              const pool::Interrupts& interrupts, pool::ProgressObserver& observer,
              Options options);
  ~ExploreLoop() override;

  LoopEnd run();
  /// Why it failed, after LoopEnd::failed.
  const std::string& problem() const { return problem_; }
  double elapsed_s() const;
  std::uint64_t runs() const { return runs_; } // of this session
  /// The current state for the live screen.
  reports::LiveState live_state() const;

private:
  struct Timers;
  /// The state of one worker process.
  struct WorkerSlot {
    std::size_t search = 0;
    store::WriterIndex writer = 0;
    std::vector<store::PairIndex> pairs; // by the worker's own numbers
    std::uint64_t granted = 0;           // runs that it may still make
    std::uint64_t runs = 0;
    TimePoint since{};
    double runs_per_s = 0;
    bool began = false;
  };

  // ---- WorkerPoolObserver
  void began(pool::WorkerNumber worker) override;
  void idle(pool::WorkerNumber worker) override;
  void on_message(pool::WorkerNumber worker, engine::Message message) override;
  void died(pool::WorkerNumber worker, const std::optional<std::string>& input,
            const std::string& why) override;

  void on(pool::WorkerNumber worker, engine::Run& run);
  void on(pool::WorkerNumber worker, engine::Failure& failure);
  void on(pool::WorkerNumber worker, engine::Tally& tally);
  template <typename Other> void on(pool::WorkerNumber, Other&) {} // not for this stage

  store::RunRecord record_of(const WorkerSlot& slot, const engine::Run& run) const;
  void share(pool::WorkerNumber worker, const engine::Run& run, bool keep);
  void announce(const store::NewPairs& news);
  void keep_attempts(Search& search);
  /// Writes all changes to disk.
  void checkpoint();
  /// The search that this worker should serve; nothing if all are finished.
  std::optional<std::size_t> assign(pool::WorkerNumber worker) const;
  std::uint64_t slice_of(const WorkerSlot& slot) const;
  std::uint64_t runs_left() const;
  void stop(LoopEnd end);
  void fail(std::string problem);
  void tick();
  std::weak_ptr<void> alive() const;

  boost::asio::io_context& context_;
  pool::WorkerPool& workers_;
  store::CampaignRecorder& recorder_;
  std::vector<Search>& searches_;
  const pool::Interrupts& interrupts_;
  pool::ProgressObserver& observer_;
  Options options_;
  std::vector<WorkerSlot> slots_;
  std::map<std::string, int> deaths_; // of inputs, by text
  std::map<std::size_t, std::pair<std::size_t, stats::Attempt::State>> attempts_kept_;
  std::uint64_t runs_ = 0;
  std::uint64_t granted_ = 0; // runs granted and not yet made
  TimePoint began_;
  std::optional<LoopEnd> end_;
  std::string problem_;
  std::shared_ptr<Timers> timers_; // alone; see alive()

  // ---- for the screen
  struct PhaseNews {
    std::uint64_t at_run = 0;
    double after_s = 0;
  };
  std::map<std::string, PhaseNews> last_new_;
  std::deque<reports::LiveFind> finds_;
  std::deque<std::string> messages_;
  std::deque<std::pair<double, std::uint64_t>> pace_; // after_s, runs
};

} // namespace harness::campaign
