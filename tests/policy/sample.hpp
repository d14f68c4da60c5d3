// Profiles and policies for the tests of this room.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.hpp"
#include "core/model/policy.hpp"
#include "core/model/profile.hpp"
#include "policy/make_policy.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace harness::test {

/// Adds the call to the phase of the profile: `runs` runs of one call each unless `calls` is given.
void see(Profile& profile, const std::string& phase, const std::string& call,
         std::uint64_t runs = 3, std::uint64_t calls = 0, const std::string& executable = "server",
         bool faulted = false);

/// A server with the phases startup and serving.
Profile server_profile();
std::vector<Phase> server_phases();

/// make_policy of the server; throws on an error.
Policy server_policy(const policy::Options& options = {});

/// Phases of a random set of native calls, each with the rules that make_policy adds.
Policy arbitrary_policy(Random& random, bool conditions);

} // namespace harness::test
