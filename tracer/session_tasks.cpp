// Session: how a new process or thread finds its place in the tree. Its own first stop and its
// creator's report come in either order; it is held until both are there. A creator that is killed
// before its report leaves a child behind that nobody announces.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/session.hpp"

#include "tracer/proc.hpp"

#include <algorithm>
#include <cerrno>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace harness::tracer {

namespace {

/// A creator's report is at most this many ticks behind the child's first stop.
constexpr unsigned orphan_ticks = 2;
/// A creator that ended this many ticks ago had been killed before it created anything.
constexpr unsigned lost_creator_ticks = 50;

/// Whether the new tracee `id` leads a process of its own.
bool leads_a_process(pid_t id) {
  return ::syscall(SYS_tgkill, id, id, 0) == 0 || errno != ESRCH;
}

ProcessTree::Kinship kinship_of(std::uint64_t flags) {
  return {.is_thread = (flags & CLONE_THREAD) != 0, .shares_memory = (flags & CLONE_VM) != 0};
}

} // namespace

ResumeAction Session::on(Thread& thread, StoppedTracee tracee, const CloneEvent& /*event*/) {
  const auto message = tracee.message();
  const auto flags = std::exchange(thread.creates, std::nullopt);
  if (message && thread.process != nullptr) {
    place_child(thread, static_cast<pid_t>(*message), flags);
  }
  return go_on(thread, std::move(tracee));
}

/// `flags` are missing where the call itself was not seen, as a known fork in discover.
void Session::place_child(Thread& creator, pid_t id, std::optional<std::uint64_t> flags) {
  Thread* child = tree_.find(id);
  const auto early = ended_early_.extract(id);
  if (child == nullptr) {
    child = &tree_.add_unknown(id);
  }
  if (child->process == nullptr) {
    auto kinship = kinship_of(flags.value_or(0));
    if (!flags) {
      kinship.is_thread = early.empty() && !leads_a_process(id);
    }
    tree_.adopt(*child, creator, kinship);
    filters_.cloned(*child, creator, kinship.is_thread);
    kernel_.adopt(*child);
    const auto by = kinship.is_thread ? SpawnTrigger::By::thread : SpawnTrigger::By::fork;
    enter(*child->process, phases_.at_spawn(by, ""));
  }
  if (!early.empty()) { // it was killed, and reported that, before its creator could speak of it
    kernel_.ended(*child);
    tree_.ended(*child, early.mapped());
    return;
  }
  if (tree_.alive() > spec_.limits.processes && !ending_) {
    end_run(LimitReached{LimitReached::Limit::processes});
  }
  if (child->held && !child->hold_until) {
    release_held(*child);
  }
}

/// A task that has no place yet has ended; its creator's report may be on its way.
void Session::note_early_end(pid_t id, const RunEnd& how) {
  bool expected = false;
  tree_.each_thread(
      [&](const Thread& thread) { expected = expected || thread.creates.has_value(); });
  if (expected) {
    ended_early_.insert_or_assign(id, how);
  } else {
    ended_early_.clear();
  }
}

void Session::release_held(Thread& thread) {
  StoppedTracee held = std::move(*thread.held);
  thread.held.reset();
  if (std::exchange(thread.held_in_group_stop, false) && !ending_) {
    static_cast<void>(std::move(held).listen()); // its process is stopped, and so is it
    return;
  }
  static_cast<void>(go_on(thread, std::move(held)));
}

/// Children that are held and whose creator does not report them.
void Session::adopt_orphans() {
  std::vector<Thread*> orphans;
  tree_.each_thread([&](Thread& thread) {
    if (thread.process == nullptr && thread.held && ++thread.held_ticks >= orphan_ticks) {
      orphans.push_back(&thread);
    }
  });
  for (Thread* orphan : orphans) {
    adopt_orphan(*orphan);
    filters_.orphaned(*orphan);
    kernel_.adopt(*orphan);
    const bool is_thread = orphan->process->id != orphan->id;
    const auto by = is_thread ? SpawnTrigger::By::thread : SpawnTrigger::By::fork;
    enter(*orphan->process, phases_.at_spawn(by, ""));
    release_held(*orphan);
  }
  std::erase_if(tree_.lost_creators(),
                [](LostCreator& lost) { return ++lost.ticks > lost_creator_ticks; });
}

void Session::adopt_orphan(Thread& orphan) {
  const auto kin = kin_of(orphan.id);
  const bool is_thread = kin && kin->group != orphan.id;
  if (is_thread) {
    if (const Thread* leader = tree_.find(kin->group); leader && leader->process != nullptr) {
      tree_.adopt(orphan, *leader, {.is_thread = true, .shares_memory = true});
      orphan.every_syscall = true; // its creator may have had a filter of its own
      return;
    }
  }
  // A parent that is still in the call, and merely late.
  const Thread* relative = kin ? tree_.find(kin->parent) : nullptr;
  const Thread* creator = nullptr;
  tree_.each_thread([&](const Thread& thread) {
    if (relative != nullptr && thread.process == relative->process && thread.creates) {
      creator = &thread;
    }
  });
  if (creator != nullptr) {
    tree_.adopt(orphan, *creator, kinship_of(*creator->creates));
    return;
  }
  if (adopt_from_lost(orphan)) {
    return;
  }
  adopt_as_stranger(orphan, relative);
}

/// The creator has ended in the call that created the orphan.
bool Session::adopt_from_lost(Thread& orphan) {
  const auto path = executable_of(orphan.id);
  auto& lost = tree_.lost_creators();
  const auto place = std::find_if(lost.begin(), lost.end(), [&](const LostCreator& creator) {
    return (creator.flags & CLONE_THREAD) == 0 &&
           (!path || tree_.executable(creator.inheritance.executable) == *path);
  });
  if (place == lost.end()) {
    return false;
  }
  tree_.adopt(orphan, place->inheritance, kinship_of(place->flags));
  lost.erase(place);
  return true;
}

/// Nobody can say whose child it is: every call of it stops, it takes over the points of a process
/// that executes the same file, and the run is not seen whole.
void Session::adopt_as_stranger(Thread& orphan, const Thread* relative) {
  const auto path = executable_of(orphan.id);
  Process* like =
      relative != nullptr && relative->process != nullptr ? relative->process : &tree_.process(0);
  tree_.each_process([&](Process& process) {
    if (path && tree_.executable(process.executable) == *path &&
        tree_.executable(like->executable) != *path) {
      like = &process;
    }
  });
  Inheritance from = inheritance_of(*like);
  from.every_syscall = true;
  from.own_filter = true;
  tree_.adopt(orphan, from, {});
  note(Incomplete::lost_tracee);
}

} // namespace harness::tracer
