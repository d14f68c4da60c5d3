// The policy file of harness, schema harness-policy/1: readable, with all phases and the reason of
// every entry. Lossless: read_policy_json(write_policy_json(p)) == p. docs/policies.md describes
// it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/policy.hpp"

#include <string>
#include <string_view>

namespace harness::policy {

std::string write_policy_json(const Policy& policy);

/// Error: "line 3: …" for what is no JSON, else the place ("phases[1].calls[7].action: …") and what
/// to write instead. Unknown keys are errors: a misspelt one must not loosen a policy.
Result<Policy> read_policy_json(std::string_view text);

} // namespace harness::policy
