// ReplayRoom: runs inputs outside of a campaign's search: a crew, its sandbox and its event loop in
// one object, for `replay`, `shrink`, `minimize` and `verify`.
#pragma once

#include "core/model/plan.hpp"
#include "harness/pool/replays.hpp"

#include <memory>
#include <vector>

namespace harness::pool {

class ReplayRoom {
public:
  struct Options {
    bool isolation = true;
    std::uint32_t workers = 1;
    std::vector<FilterProgram> filters; // one a phase
    bool report_violations = false;
    std::string stand_in = {}; // see CrewRoom
  };
  /// `plan` is frozen. Throws UserError where targets can't be isolated.
  ReplayRoom(const CampaignPlan& plan, Options options);
  ~ReplayRoom();

  /// Outcomes in the order of `jobs`; incomplete after an interrupt.
  std::vector<ReplayOutcome> run(const std::vector<ReplayJob>& jobs,
                                 const std::function<void(std::size_t)>& done = {});
  bool interrupted() const;

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace harness::pool
