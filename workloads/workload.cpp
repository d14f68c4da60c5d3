// SPDX-License-Identifier: Apache-2.0
#include "workloads/workload.hpp"

#include "workloads/kinds.hpp"

namespace harness::workloads {

std::unique_ptr<Workload> make(const CampaignPlan& plan) {
  switch (plan.workload.kind) {
  case WorkloadPlan::Kind::command:
    return make_command(plan);
  case WorkloadPlan::Kind::server:
    return make_server(plan);
  }
  throw UserError({}, "workload.kind: not a kind of workload", "write `command` or `server`");
}

} // namespace harness::workloads
