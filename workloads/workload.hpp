// Workload: what a kind of target needs around it. Turns an Input into a RunSpec in a fresh run
// directory, with the streams, clients and sidecars of the run. It neither traces nor mutates, and
// contains nothing about particular targets, which are plans.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/input.hpp"
#include "core/model/plan.hpp"
#include "core/model/run_spec.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace harness::workloads {

/// Where one run takes place.
struct RunPlace {
  /// Built fresh by `prepare`, removed with the PreparedRun. Its parent exists and belongs to us
  /// alone. The target works in `run` below it.
  std::string directory;
  /// Unmounted in the target's namespace; "" = none.
  std::string hidden_directory;
  /// The target sees `directory` as /tmp and runs under the plan's identity; without it the target
  /// runs as we do and sees `directory` under its real name.
  bool isolated = true;
};

/// One run, ready to be traced once. Owns what `spec` borrows; its end ends every helper process
/// and thread, closes every descriptor and removes the run directory.
class PreparedRun {
public:
  class Resources;

  PreparedRun(RunSpec spec, std::vector<std::string> left_out,
              std::unique_ptr<Resources> resources);
  PreparedRun(PreparedRun&&) noexcept;
  PreparedRun& operator=(PreparedRun&&) noexcept;
  ~PreparedRun();

  /// `mode`, `known`, `observe` and `filters` are the caller's to fill in.
  RunSpec spec;
  /// What the input asked for and this machine or these privileges do not allow, a line each:
  /// "file dev0: mknod: Operation not permitted".
  std::vector<std::string> left_out;

  /// The last `limit_bytes` of what the target wrote to standard output and then to standard
  /// error, as far as somebody listened (capture, pipe, terminal).
  std::string output_tail(std::size_t limit_bytes) const;
  /// What the clients of a server received, in the order of the script; the first MiB.
  const std::string& replies() const;

private:
  std::unique_ptr<Resources> resources_;
};

/// Immutable after make() but for what it caches; one thread at a time.
class Workload {
public:
  virtual ~Workload() = default;
  /// An error says what of ours failed; what an input asks for in vain is in `left_out`.
  virtual Result<PreparedRun> prepare(const Input& input, const RunPlace& place) = 0;
};

/// The workload of `plan`; what can be done once for all runs is done here. Throws UserError for
/// what the plan says in vain (an unknown placeholder or signal).
std::unique_ptr<Workload> make(const CampaignPlan& plan);

} // namespace harness::workloads
