// ChildPlan: the one way into a run. Every process that a run starts (target, sidecar, probe) is
// described by a RunSpec, and only a ChildPlan made from one can be cloned: the same namespaces,
// identity, capabilities, limits, read-only tree and /proc for all of them. There is no other
// function in the project that starts a program which an input chose.
//
//   auto plan = launch::ChildPlan::make(spec); // spec outlives the plan
//   launch::Spawned spawned;
//   auto there = launch::clone_child(**plan, spawned);
//   (*plan)->release();                        // the child goes on to its exec
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launch/child_setup.hpp"
#include "core/launch/isolation.hpp"
#include "core/model/filter_program.hpp"
#include "core/model/run_spec.hpp"

#include <memory>
#include <vector>

namespace harness::launch {

struct Spawned;

class ChildPlan {
public:
  /// Checks the spec and makes the mount points that it needs. An error says what the spec asks for
  /// in vain, or what this machine does not allow.
  static Result<std::unique_ptr<ChildPlan>> make(const RunSpec& spec);
  ChildPlan(const ChildPlan&) = delete;
  ChildPlan& operator=(const ChildPlan&) = delete;

  bool isolated() const { return setup_.isolate; }
  /// The child and what it executes can gain no privileges, whether isolated or not: a target that
  /// is to get filters is told so.
  void forbid_new_privileges();
  /// The kernel takes a filter from the child: it can't gain privileges, or is privileged itself.
  bool may_filter() const;
  /// Installed last before the exec; `filter` outlives the exec.
  void set_filter(const FilterProgram& filter);
  /// The child leads a session of its own even without isolation, and ends with its parent thread.
  void set_apart();

  /// Lets the child go on to its exec. May be called before it is cloned.
  void release();
  /// True once the child has reported a failure.
  bool failed() const { return setup_.failed_step != ChildSetupStep::none; }
  /// Why the child ended before its exec.
  Error failure() const;

private:
  friend Result<> clone_child(ChildPlan& plan, Spawned& spawned);
  explicit ChildPlan(const RunSpec& spec) : spec_(spec) {}
  Result<> fill();
  Result<> fill_limits();

  const RunSpec& spec_;
  ChildSetup setup_;
  std::vector<char*> arguments_;
  std::vector<char*> environment_;
  std::vector<ChildSetupLimit> limits_;
  IsolationStorage isolation_;
  std::uint64_t ignored_signals_ = 0;
  std::uint64_t signal_mask_ = 0;
  sock_fprog filter_{};
};

} // namespace harness::launch
