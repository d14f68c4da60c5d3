// SPDX-License-Identifier: Apache-2.0
#include "harness/pool/replay.hpp"

#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>
#include <optional>

namespace harness::pool {

namespace {

class ReplayRound final : public WorkerPoolObserver {
public:
  ReplayRound(boost::asio::io_context& context, WorkerPool& workers,
              const std::vector<ReplayJob>& jobs, const std::function<void(std::size_t)>& done)
      : context_(context), workers_(workers), jobs_(jobs), done_(done), outcomes_(jobs.size()) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      waiting_.push_back(i);
    }
  }

  void began(WorkerNumber) override {}

  void idle(WorkerNumber worker) override {
    if (const auto current = take(worker)) {
      auto& outcome = outcomes_[*current];
      if (outcome.runs.size() < jobs_[*current].times) {
        outcome.problem = "cannot read the input";
      }
      finish();
    }
    if (waiting_.empty()) {
      return;
    }
    const std::size_t job = waiting_.front();
    waiting_.pop_front();
    running_[worker] = job;
    const auto shown = static_cast<std::uint32_t>(outcomes_[job].runs.size());
    workers_.send(
        worker, engine::Replay{job, jobs_[job].text, jobs_[job].times - shown, jobs_[job].compare});
  }

  void on_message(WorkerNumber, engine::Message message) override {
    if (auto* replayed = std::get_if<engine::Replayed>(&message)) {
      if (replayed->token < outcomes_.size()) {
        outcomes_[replayed->token].runs.push_back(std::move(*replayed));
      }
    }
  }

  void died(WorkerNumber worker, const std::optional<std::string>&,
            const std::string& why) override {
    const auto job = take(worker);
    if (!job) {
      return;
    }
    if (++deaths_[*job] < 2) {
      waiting_.push_front(*job);
      return;
    }
    outcomes_[*job].problem = "the worker died twice: " + why;
    finish();
  }

  bool over() const { return finished_ == jobs_.size(); }
  std::vector<ReplayOutcome> take_outcomes() { return std::move(outcomes_); }

private:
  std::optional<std::size_t> take(WorkerNumber worker) {
    const auto found = running_.find(worker);
    if (found == running_.end()) {
      return std::nullopt;
    }
    const std::size_t job = found->second;
    running_.erase(found);
    return job;
  }

  void finish() {
    ++finished_;
    if (done_) {
      done_(finished_);
    }
    if (over()) {
      context_.stop();
    }
  }

  boost::asio::io_context& context_;
  WorkerPool& workers_;
  const std::vector<ReplayJob>& jobs_;
  const std::function<void(std::size_t)>& done_;
  std::vector<ReplayOutcome> outcomes_;
  std::deque<std::size_t> waiting_;
  std::map<WorkerNumber, std::size_t> running_;
  std::map<std::size_t, int> deaths_;
  std::size_t finished_ = 0;
};

} // namespace

std::vector<ReplayOutcome> replay_all(boost::asio::io_context& context, WorkerPool& workers,
                                      const Interrupts& interrupts,
                                      const std::vector<ReplayJob>& jobs,
                                      const std::function<void(std::size_t)>& done) {
  ReplayRound round(context, workers, jobs, done);
  if (!jobs.empty() && !interrupts.requested()) {
    workers.serve(round);
    context.restart();
    context.run();
  }
  return round.take_outcomes();
}

} // namespace harness::pool
