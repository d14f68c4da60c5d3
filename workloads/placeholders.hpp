// Placeholders: words in braces that a plan may use for values that differ per run: {run} (the
// working directory as the target sees it), {port}, {socket}, {configuration}. Also the environment
// that a run starts with. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"
#include "core/model/plan.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace harness::workloads {

struct Surroundings {
  std::string run;           // "/tmp/run" in isolation
  std::uint16_t port = 0;    // 0: the plan has none, and {port} stays as it is
  std::string socket;        // absolute as the target names it; "" as above
  std::string configuration; // the same for the configuration file
};

/// `text` with its placeholders filled in. Other words in braces stay: they are the target's.
std::string fill_in(std::string_view text, const Surroundings& surroundings);

/// What a target gets that the plan says nothing about: PATH, HOME, LANG, TERM, and nothing of
/// ours; then the plan's own, then the input's changes. Sorted by name.
std::vector<std::string> make_environment(const TargetPlan& target, const Input& input,
                                          const Surroundings& surroundings);

} // namespace harness::workloads
