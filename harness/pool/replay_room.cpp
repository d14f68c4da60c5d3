#include "harness/pool/replay_room.hpp"

#include "harness/pool/crew_room.hpp"

#include <boost/asio/io_context.hpp>

namespace harness::pool {

struct ReplayRoom::Parts {
  Parts(const CampaignPlan& plan, const Options& options)
      : room({.isolation = options.isolation,
              .filters = options.filters,
              .report_violations = options.report_violations,
              .stand_in = options.stand_in}),
        crew(context, room.crew(plan, options.workers)) {}

  boost::asio::io_context context;
  Interrupts interrupts{context};
  CrewRoom room;
  Crew crew;
};

ReplayRoom::ReplayRoom(const CampaignPlan& plan, Options options)
    : parts_(std::make_unique<Parts>(plan, options)) {}

ReplayRoom::~ReplayRoom() = default;

std::vector<ReplayOutcome> ReplayRoom::run(const std::vector<ReplayJob>& jobs,
                                           const std::function<void(std::size_t)>& done) {
  return replay_all(parts_->context, parts_->crew, parts_->interrupts, jobs, done);
}

bool ReplayRoom::interrupted() const {
  return parts_->interrupts.requested();
}

} // namespace harness::pool
