// What the workload tests share: plans made by hand and inputs from their text form.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"
#include "core/model/plan.hpp"
#include "workloads/workload.hpp"

#include <doctest/doctest.h>
#include <string>

namespace harness::test {

inline CampaignPlan command_plan(const std::string& executable,
                                 Protocol protocol = Protocol::none) {
  CampaignPlan plan;
  plan.name = "test";
  plan.target.executable = executable;
  plan.workload.protocol = protocol;
  return plan;
}

inline Input input_of(const std::string& text) {
  auto parsed = parse_input("harness-input/1\n" + text);
  if (!parsed) {
    FAIL(parsed.error().message);
  }
  return *parsed;
}

inline workloads::PreparedRun prepare(const CampaignPlan& plan, const Input& input,
                                      const std::string& directory) {
  auto prepared = workloads::make(plan)->prepare(input, {directory, "", false});
  if (!prepared) {
    FAIL(prepared.error().message);
  }
  return std::move(*prepared);
}

} // namespace harness::test
