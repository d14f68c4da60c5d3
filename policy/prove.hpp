// prove: evaluates the filters of a policy before any kernel gets them. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/filter_program.hpp"
#include "core/model/policy.hpp"

#include <vector>

namespace harness::policy {

/// What was proved, and the programs about which it was.
struct Proof {
  std::vector<FilterProgram> filters; // one a phase
  std::uint64_t verdicts = 0;         // (phase, architecture, number) triples that were decided
};

/// Builds each phase's filter and proves that
///  - it answers every one of the 2^32 numbers of every architecture of AuditArch, and of one that
///    is none of them, as the policy's entries and defaults say (x32 and negative numbers
///    included); where conditions on arguments decide, that both answers are possible and no third;
///  - each phase allows all that the next one allows.
/// Error: the first call for which it is not so.
Result<Proof> prove(const Policy& policy);

/// The same for one filter that came from elsewhere (a file that was read back).
Result<> prove_filter(const FilterProgram& filter, const Policy& policy, std::size_t phase);

} // namespace harness::policy
