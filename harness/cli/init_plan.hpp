// The text of the plan that `harness init` writes: from the findings to commented YAML. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"
#include "mutators/help_text.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace harness::cli {

struct InitFindings {
  std::string name;       // of the campaign
  std::string executable; // absolute
  std::vector<std::string> arguments;
  std::string sources; // where the options come from: "--help and the manual page"
  mutators::HelpText help;
  bool server = false;
  std::vector<std::uint16_t> ports;     // that the server listens on
  double seconds = 0;                   // of the given command line
  std::vector<std::string> extra_paths; // absolute paths among the arguments
  std::vector<FileNode> files;          // relative ones, with their content
  std::string seeds;                    // directory beside the plan
};

/// A plan that loads and explores as it is.
std::string init_plan(const InitFindings& findings);

/// Seed inputs: file name and text.
std::vector<std::pair<std::string, std::string>> init_seeds(const InitFindings& findings);

} // namespace harness::cli
