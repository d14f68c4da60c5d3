// The kinds of workload, for make(). See docs/user/workloads.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/workload.hpp"

#include <memory>

namespace harness::workloads {

/// A program that ends by itself: its script is its standard input.
std::unique_ptr<Workload> make_command(const CampaignPlan& plan);

/// A program that waits for clients, is talked to, and is stopped.
std::unique_ptr<Workload> make_server(const CampaignPlan& plan);

} // namespace harness::workloads
