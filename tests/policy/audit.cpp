// SPDX-License-Identifier: Apache-2.0
#include "policy/audit.hpp"

#include "core/bpf/filter_spec.hpp"
#include "tests/policy/sample.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness;

TEST_CASE("a policy in audit mode refuses nothing, whatever the architecture, and only logs") {
  Random random(test::property_seed("a policy in audit mode refuses nothing"));
  const Policy soaked = policy::audit(test::arbitrary_policy(random, true));
  for (std::size_t phase = 0; phase < soaked.phases.size(); ++phase) {
    const auto spec = bpf::spec_of(soaked, phase);
    for (const auto arch : {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64}) {
      for (const std::int32_t base : {-1, 0, x32_bit}) {
        for (std::int32_t number = base; number < base + 600; ++number) {
          CHECK(bpf::lets_run(bpf::decide(spec, bpf::call_data({arch, number}))));
        }
      }
    }
  }
}
