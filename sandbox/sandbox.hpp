// Sandbox: the command line by which a worker starts inside of Bubblewrap, and whether that is
// possible here. What the target can't do although it is made to do anything is in
// docs/user/isolation.md; half of that is this allow-list root, the other half the tracer's
// isolation of each run. Must not depend on a running campaign.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace harness::sandbox {

/// Inside of the sandbox: the worker's own tmpfs (mode 0700), which no target ever sees.
constexpr const char* sandbox_directory = "/harness";

struct SandboxOptions {
  std::string harness;                // our own binary, on the host
  std::vector<std::string> arguments; // of ours: {"worker"}
  bool root = true;                   // we are uid 0; else a user namespace is needed
  std::string stand_in = {};          // this file of the host in the target's place; "" = none
};

/// The argv that starts `harness ARGUMENTS…` so that it sees: /usr, /etc, /opt, /sys, the program
/// directories, the target and its `needs`, read-only; an own /proc, /dev, /tmp, /var and
/// sandbox_directory; empty /root, /home and /run; nothing else. Files that only root may read, and
/// sockets of the host, are masked. No network, no processes but its own; it ends with the thread
/// that started it. With `target.root` that directory takes the place of the host's root.
std::vector<std::string> sandbox_command(const TargetPlan& target, const SandboxOptions& options);

/// Why no sandbox is possible, and how to fix it.
struct SandboxProblem {
  std::string reason;
  std::string remedy;
};

/// Starts a program that does nothing in a sandbox like that of a worker; nothing if it works.
std::optional<SandboxProblem> sandbox_problem();

/// What is out of reach of targets here although a sandbox works, a sentence each: other identities
/// and devices where we are not root.
std::vector<std::string> sandbox_limits();

} // namespace harness::sandbox
