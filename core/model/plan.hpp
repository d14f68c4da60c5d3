// CampaignPlan: a campaign as the user wrote it, checked and frozen. Pure value; the YAML loader is
// in harness/campaign, docs/user/plan.md is the reference of every key.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/grammar.hpp"
#include "core/model/observer_choice.hpp"
#include "core/model/phase.hpp"
#include "core/model/run_spec.hpp"
#include "core/model/trace_options.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace harness {

/// The program under exploration and what surrounds it.
struct TargetPlan {
  std::string executable;                         // absolute
  std::vector<std::string> arguments;             // before those of the input
  std::map<std::string, std::string> environment; // base; an input changes it
  std::vector<std::string> extra_paths;           // further paths shown read-only in the sandbox
  std::string root;                               // explore inside this root file system; "" = host
  std::string image;                              // or inside this image, as the user named it
  std::uint32_t uid = 65534;                      // identity inside
  std::uint32_t gid = 65534;
  std::vector<std::string> capabilities;
  friend bool operator==(const TargetPlan&, const TargetPlan&) = default;
};

/// How a script reaches the target.
enum class Protocol {
  none,
  lines, // command: its words joined by spaces, one line of standard input (or of the connection)
  sql,   // as lines, a statement or dot-command each
  resp,  // command: a RESP array of bulk strings
  raw,   // command: its words joined, no line end
};

/// What kind of target: a command that ends by itself, or a server that must be talked to and
/// stopped.
struct WorkloadPlan {
  enum class Kind { command, server };
  Kind kind = Kind::command;
  Protocol protocol = Protocol::none;
  std::uint16_t port = 0;  // server: {port} in arguments; 0 = unix socket only
  std::string unix_socket; // server: path below the run directory, {socket}; "" = none
  std::vector<std::string> stop_command; // server: words sent to stop it; empty: the signal alone
  std::string stop_signal = "SIGTERM";
  Duration ready_within = std::chrono::seconds(5);
  Duration stop_grace = std::chrono::seconds(1);
  std::string configuration_file; // configuration lines go there; "" = none
  /// Fixed first lines of the configuration file, and files put into every run directory.
  std::vector<std::string> configuration_base;
  std::vector<FileNode> files;
  /// Commands of sidecars: name → argv, started before the target in the same sandbox.
  std::map<std::string, std::vector<std::string>> sidecars;
  friend bool operator==(const WorkloadPlan&, const WorkloadPlan&) = default;
};

enum class Until {
  converged, // the statistical rule
  quiet,     // no new pair for `quiet_runs` runs
  budget,    // only the budget ends it
};

struct ExplorePlan {
  Until until = Until::converged;
  double epsilon = 0.01;
  double confidence = 0.95;
  std::uint32_t replicates = 2;
  std::uint64_t quiet_runs = 500;
  std::optional<Duration> budget;    // wall clock
  std::optional<std::uint64_t> runs; // at most
  std::uint32_t workers = 0;         // 0 = cores
  std::uint64_t seed = 0;            // 0 = drawn, and written into the frozen plan
  Mode mode = Mode::count;
  ObserverChoice observer = ObserverChoice::automatic;
  double fresh_share = 0.2; // of runs that are drawn from the grammar alone
  bool edges = true;        // features beyond (phase, call)
  bool arguments = true;
  bool errnos = false;
  friend bool operator==(const ExplorePlan&, const ExplorePlan&) = default;
};

/// What the exit status tolerates; no value: any number.
struct Gates {
  std::optional<std::uint64_t> crashes;
  std::optional<std::uint64_t> time_outs;
  std::optional<std::uint64_t> incomplete;
  friend bool operator==(const Gates&, const Gates&) = default;
};

struct CampaignPlan {
  std::string name;
  TargetPlan target;
  WorkloadPlan workload;
  std::vector<Phase> phases; // [0] is launch; `auto` ones until frozen
  RunLimits limits;
  Grammar grammar;
  std::string seeds; // directory of input files, absolute; "" = none
  ExplorePlan explore;
  Gates gates;
  friend bool operator==(const CampaignPlan&, const CampaignPlan&) = default;
};

} // namespace harness
