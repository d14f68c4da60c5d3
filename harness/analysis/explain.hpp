// found: the table of calls that one or several campaigns of a plan found: when, by which input,
// and which dimensions of it each call needed. Runs inputs again; changes nothing.
#pragma once

#include "harness/analysis/required_dimensions.hpp"
#include "harness/store/campaign_snapshot.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace harness::analysis {

/// When a campaign first saw a call, in any phase.
struct FirstSeen {
  std::uint64_t run = 0;
  double after_s = 0;
  std::string input; // hash
  std::string seed;  // name of the seed that it is; "" = the search made it
};

struct ExplainedCall {
  SyscallId call;
  std::set<std::string> phases;
  std::set<std::string> executables;
  std::vector<std::optional<FirstSeen>> first; // by campaign
  bool only_faulted = true;
  RequiredDimensions need;
};

struct Found {
  std::vector<std::string> campaigns; // directories
  std::string executable;             // the target's file name
  std::vector<ExplainedCall> calls;   // by name
  std::uint64_t runs = 0;             // made to find out what is needed
};

/// How many inputs of a call are tried, the smallest ones.
constexpr std::size_t explained_inputs = 3;
/// How often each is run: a call that one of them shows is shown.
constexpr std::uint32_t explain_repetitions = 3;

struct ExplainOptions {
  std::vector<std::string> campaigns;
  bool isolation = true;
};

/// Throws UserError for what is no campaign, or campaigns of different targets; nothing after an
/// interrupt.
std::optional<Found> find_required_dimensions(const ExplainOptions& options);

/// Markdown that can be read as it is: the calls of a plain run, then a table of all others.
std::string explain_text(const Found& found);

} // namespace harness::analysis
