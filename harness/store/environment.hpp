// Environment: what the results of a campaign depend on besides the text of its plan: the bytes of
// the target, the kernel, the libc, the version of harness. Recorded once, compared on resume,
// merge and diff.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace harness::store {

/// Facts by name; environment.json is this as one flat object.
using Environment = std::map<std::string, std::string>;

struct EnvironmentSources {
  std::string executable; // absolute path of the target
  std::string file = {};  // where it lies, if that is elsewhere
  std::string image = {}; // digest of the image that it is in; "" = in none
  std::string plan;       // the frozen plan's text
  std::uint64_t seed = 0;
  std::string version; // of harness
};

/// The environment on this machine now. A target that can't be read has no hash but the reason.
Environment take_environment(const EnvironmentSources& sources);

std::string environment_json(const Environment& environment);
Result<Environment> parse_environment(std::string_view json);

/// A fact that differs, in words.
struct EnvironmentDifference {
  std::string name;
  std::string before; // "" = was not recorded
  std::string after;
  /// New counts must not be added to the old ones: they would be of another target.
  bool matters = false;
  bool of_target = false; // it is of what is run, not of what surrounds it
  std::string text;       // "the target /usr/bin/ls has changed (SHA-256 was 12ab…, is 34cd…)"
};

/// Those that matter first.
std::vector<EnvironmentDifference> compare(const Environment& before, const Environment& after);

} // namespace harness::store
