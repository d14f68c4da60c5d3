// Arbitrary plans for property tests: every field varies, all text is UTF-8 without NUL.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.hpp"
#include "core/model/plan.hpp"

namespace harness::test {

/// Text that YAML likes to misread: numbers, words, quotes, indentation, control bytes, other
/// scripts.
std::string random_text(Random& random);

/// Obeys what the loader promises of a plan: absolute paths, unique phase names, ranges.
CampaignPlan random_plan(Random& random);

} // namespace harness::test
