// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/calibration.hpp"

#include "core/base/user_error.hpp"
#include "harness/engine/outcome.hpp"
#include "harness/pool/replay.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace harness::campaign {

namespace {

/// Asks one worker to calibrate and waits for its answer.
class Calibration final : public pool::WorkerPoolObserver {
public:
  Calibration(boost::asio::io_context& context, pool::WorkerPool& workers,
              const std::vector<plan::Seed>& seeds)
      : context_(context), workers_(workers) {
    for (const auto& seed : seeds) {
      question_.inputs.push_back(seed.text);
    }
  }

  void began(pool::WorkerNumber) override {}
  void idle(pool::WorkerNumber worker) override {
    if (!answer.has_value()) {
      workers_.send(worker, question_);
    }
  }
  void on_message(pool::WorkerNumber, engine::Message message) override {
    if (auto* calibrated = std::get_if<engine::Calibrated>(&message)) {
      answer = std::move(*calibrated);
      context_.stop();
    }
  }
  void died(pool::WorkerNumber, const std::optional<std::string>&,
            const std::string& why) override {
    answer = engine::Calibrated{.phases = {}, .error = "the calibration worker died: " + why};
    context_.stop();
  }

  std::optional<engine::Calibrated> answer;

private:
  boost::asio::io_context& context_;
  pool::WorkerPool& workers_;
  engine::Calibrate question_;
};

bool is_auto(const Phase& phase) {
  return std::holds_alternative<AutoTrigger>(phase.trigger);
}

SourceLocation place_of(const PlanFile& file, const std::string& phase) {
  const auto place = file.places.phases.find(phase);
  return place == file.places.phases.end() ? SourceLocation{file.path} : place->second;
}

/// The reason if not a single seed could be run.
void check_launches(const std::vector<pool::ReplayOutcome>& outcomes, const CampaignPlan& plan,
                    const PlanFile& file) {
  std::string problem;
  for (const auto& outcome : outcomes) {
    problem = problem.empty() ? outcome.problem : problem;
    for (const auto& run : outcome.runs) {
      const auto ending = engine::ending_of(run.result);
      if (ending != engine::Ending::launch_failed && ending != engine::Ending::tracer_failed) {
        return;
      }
      problem = problem.empty() ? describe(run.result.end) : problem;
    }
  }
  throw UserError(file.places.target.line > 0 ? file.places.target : SourceLocation{file.path},
                  fmt::format("cannot run any seed with {}: {}", plan.target.executable, problem),
                  "try harness trace -- PROGRAM; harness doctor reports what this machine lacks");
}

} // namespace

CampaignPlan resolve_phases(boost::asio::io_context& context, const pool::WorkerSandbox& sandbox,
                            const pool::Interrupts& interrupts, CampaignPlan plan,
                            const std::vector<plan::Seed>& seeds, const PlanFile& file) {
  const auto first = std::find_if(plan.phases.begin(), plan.phases.end(), is_auto);
  if (first == plan.phases.end()) {
    return plan;
  }
  pool::WorkerPool workers(context, sandbox.pool_options(plan, 1));
  Calibration calibration(context, workers, seeds);
  context.restart();
  workers.serve(calibration);
  context.run();
  if (interrupts.requested()) {
    return plan;
  }
  if (!calibration.answer || !calibration.answer->error.empty()) {
    throw UserError(place_of(file, first->name),
                    fmt::format("auto phases: {}",
                                calibration.answer ? calibration.answer->error : "no answer"),
                    "name the phases in the plan, as in serving: {symbol: aeMain}");
  }
  plan.phases.clear();
  for (const auto& [name, text] : calibration.answer->phases) {
    auto trigger = parse_trigger(text);
    if (!trigger) {
      throw std::runtime_error("calibration: " + trigger.error().message);
    }
    plan.phases.push_back({name, std::move(*trigger)});
  }
  return plan;
}

void try_seeds(boost::asio::io_context& context, pool::WorkerPool& workers,
               const pool::Interrupts& interrupts, const CampaignPlan& plan,
               const std::vector<plan::Seed>& seeds, const PlanFile& file,
               const std::function<void(std::size_t, std::size_t)>& progress) {
  std::vector<pool::ReplayJob> jobs;
  for (const auto& seed : seeds) {
    jobs.push_back({seed.text, 1});
  }
  const auto outcomes = pool::replay_all(context, workers, interrupts, jobs,
                                         [&](std::size_t done) { progress(done, jobs.size()); });
  if (interrupts.requested()) {
    return;
  }
  check_launches(outcomes, plan, file);
  std::set<PhaseIndex> reached;
  for (const auto& outcome : outcomes) {
    for (const auto& run : outcome.runs) {
      const auto phases = engine::reached_phases(run.result);
      reached.insert(phases.begin(), phases.end());
    }
  }
  for (std::size_t i = 0; i < plan.phases.size(); ++i) {
    if (!reached.contains(static_cast<PhaseIndex>(i))) {
      throw UserError(place_of(file, plan.phases[i].name),
                      fmt::format("no seed reaches the phase {} ({})", plan.phases[i].name,
                                  trigger_text(plan.phases[i].trigger)),
                      fmt::format("add a seed that reaches it{}, or correct its trigger",
                                  plan.seeds.empty() ? "" : " to " + plan.seeds));
    }
  }
}

} // namespace harness::campaign
