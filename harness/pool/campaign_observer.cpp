// SPDX-License-Identifier: Apache-2.0
#include "harness/pool/campaign_observer.hpp"

#include "core/base/user_error.hpp"

#include <fmt/format.h>

namespace harness::pool {

CampaignObserver::CampaignObserver(const CampaignPlan& plan, std::uint32_t workers) {
  const ObserverChoice choice = plan.explore.observer;
  if (choice == ObserverChoice::ptrace) {
    return;
  }
  auto loaded = tracer::KernelObserver::load({.workers = workers, .errors = plan.explore.errnos});
  if (loaded) {
    kernel_ = std::move(*loaded);
    return;
  }
  const auto problem = tracer::kernel_observer_problem();
  const std::string reason = problem ? problem->reason : loaded.error().message;
  const std::string remedy = problem ? problem->remedy : "see harness doctor";
  if (choice == ObserverChoice::kernel) {
    throw UserError({}, "observer: kernel: " + reason, remedy);
  }
  remark_ =
      fmt::format("every call stops the target: {}; to count in the kernel: {}", reason, remedy);
}

} // namespace harness::pool
