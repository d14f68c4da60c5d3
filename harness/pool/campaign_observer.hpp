// CampaignObserver: how the calls of a campaign's runs are observed: the program in the kernel,
// loaded once for all workers, or nothing, and then by ptrace. Lives in the coordinator, outside of
// every sandbox, because loading needs privileges that workers must not have.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "tracer/kernel_observer.hpp"

#include <memory>
#include <string>

namespace harness::pool {

class CampaignObserver {
public:
  /// Throws UserError if the plan insists on the kernel and this machine cannot do it.
  CampaignObserver(const CampaignPlan& plan, std::uint32_t workers);

  /// Null: by ptrace.
  tracer::KernelObserver* kernel() const { return kernel_.get(); }
  /// "kernel" or "ptrace", for the report.
  const char* name() const { return kernel_ ? "kernel" : "ptrace"; }
  /// Why it is ptrace although the plan does not ask for that, and what would change it; or empty.
  const std::string& remark() const { return remark_; }

private:
  std::unique_ptr<tracer::KernelObserver> kernel_;
  std::string remark_;
};

} // namespace harness::pool
