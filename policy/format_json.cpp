// Our own format: all phases, every reason, nothing lost.
// SPDX-License-Identifier: Apache-2.0
#include "policy/format.hpp"
#include "policy/policy_json.hpp"

namespace harness::policy {

namespace {

Result<std::string> write_json(const Policy& policy, std::size_t /*phase*/) {
  return write_policy_json(policy);
}

Result<bpf::FilterSpec> read_json(std::string_view text) {
  const auto policy = read_policy_json(text);
  if (!policy) {
    return policy.error();
  }
  return bpf::spec_of(*policy, 0);
}

} // namespace

const Format json_format = {
    .name = "json",
    .summary = "our own: every phase and reason; what enforce and patch take",
    .file = "policy.json",
    .write = write_json,
    .read = read_json,
    .all_phases = true,
    .by_number = true,
    .conditions = true,
    .refusals = true,
    .defaults = every_action,
    .use = "harness enforce FILE -- PROGRAM ARG...; harness patch PROGRAM FILE -o OUT",
};

} // namespace harness::policy
