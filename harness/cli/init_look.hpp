// Observes one run of a program for `harness init`, isolated and limited like a run of a campaign,
// in a sandbox of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/input.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace harness::cli {

struct LookRequest {
  std::string executable;               // absolute
  std::vector<std::string> arguments;   // argv[1] onwards
  std::vector<std::string> extra_paths; // further paths to show
  std::vector<FileNode> files;          // put into its directory
  bool isolated = true;
};

struct Look {
  std::string output;               // both streams, its last 1 MiB
  std::string end;                  // as describe() says it
  bool launched = false;            // got as far as its first instruction
  bool exited = false;              // by itself, whatever the status
  bool listened = false;            // a server: listen(2) and then a wait for work
  std::vector<std::uint16_t> ports; // TCP ports that it listened on
  double seconds = 0;
  std::vector<std::string> calls; // sorted
};

/// Starts the sandbox, which runs `harness init-look` inside. An error is a failure of ours.
Result<Look> look(const LookRequest& request);

} // namespace harness::cli
