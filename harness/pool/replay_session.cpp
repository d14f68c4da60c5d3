// SPDX-License-Identifier: Apache-2.0
#include "harness/pool/replay_session.hpp"

#include "harness/pool/worker_sandbox.hpp"

#include <boost/asio/io_context.hpp>

namespace harness::pool {

struct ReplaySession::Parts {
  Parts(const CampaignPlan& plan, const Options& options)
      : sandbox({.isolation = options.isolation,
                 .filters = options.filters,
                 .report_violations = options.report_violations,
                 .stand_in = options.stand_in}),
        workers(context, sandbox.pool_options(plan, options.workers)) {}

  boost::asio::io_context context;
  Interrupts interrupts{context};
  WorkerSandbox sandbox;
  WorkerPool workers;
};

ReplaySession::ReplaySession(const CampaignPlan& plan, Options options)
    : parts_(std::make_unique<Parts>(plan, options)) {}

ReplaySession::~ReplaySession() = default;

std::vector<ReplayOutcome> ReplaySession::run(const std::vector<ReplayJob>& jobs,
                                              const std::function<void(std::size_t)>& done) {
  return replay_all(parts_->context, parts_->workers, parts_->interrupts, jobs, done);
}

bool ReplaySession::interrupted() const {
  return parts_->interrupts.requested();
}

} // namespace harness::pool
