// SPDX-License-Identifier: Apache-2.0
#include "tracer/filter_protocol.hpp"

#include "core/base/text.hpp"
#include "tracer/proc.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <utility>

namespace harness::tracer {

std::optional<unsigned> ProcFilterKernel::filters_of(pid_t thread) const {
  const auto line = status_line(thread, "Seccomp_filters");
  unsigned number = 0;
  if (!line ||
      std::from_chars(line->data(), line->data() + line->size(), number).ec != std::errc()) {
    return std::nullopt;
  }
  return number;
}

std::vector<pid_t> ProcFilterKernel::threads_of_process(pid_t process) const {
  return threads_of(process);
}

std::optional<PhaseIndex> FilterProtocol::wanted(const Process& process) const {
  if (filters_.empty()) {
    return process.filters.learned;
  }
  const bool has_one = process.phase < filters_.size() && !filters_[process.phase].empty();
  return has_one ? std::optional(process.phase) : std::nullopt;
}

bool FilterProtocol::settled(const Thread& thread) const {
  const auto filter = wanted(*thread.process);
  return !thread.filters.installing &&
         (!filter || (thread.filters.newest && *thread.filters.newest >= *filter));
}

/// The thread that installs a filter in the memory of `process`; null if none does.
const Thread* FilterProtocol::installer_in(const Process& process) const {
  for (const Installer& installer : installers_) {
    const Thread* thread = tree_.find(installer.thread);
    if (thread != nullptr && thread->process->points == process.points) {
      return thread;
    }
  }
  return nullptr;
}

/// Whether TSYNC gives the other threads of the process nothing but the new filter. A thread that
/// installs one of its own meanwhile makes TSYNC fail, which does no harm.
bool FilterProtocol::same_filters(const Thread& thread) const {
  const auto mine = kernel_.filters_of(thread.id);
  for (const pid_t id : kernel_.threads_of_process(thread.process->id)) {
    if (id == thread.id) {
      continue;
    }
    const auto other = kernel_.filters_of(id);
    if (!mine || (other && *other != *mine)) {
      return false;
    }
  }
  return true;
}

AtCall FilterProtocol::at_call(Thread& thread) {
  Process& process = *thread.process;
  if (!installers_.empty() && installer_in(process) != nullptr) {
    thread.filters.waiting = true;
    waiting_.push_back(thread.id);
    return AtCall::wait;
  }
  if (settled(thread)) {
    thread.filters.at_call = thread.filters.newest;
    return AtCall::proceed;
  }
  if (!process.filters.each_thread && !same_filters(thread)) {
    process.filters.each_thread = true;
  }
  thread.filters.installing =
      Installation{*wanted(process), !process.filters.each_thread, kernel_.filters_of(thread.id)};
  installers_.push_back({thread.id, &process, *thread.filters.installing});
  return AtCall::install;
}

Result<> FilterProtocol::installed(Thread& thread, std::optional<std::int64_t> answer) {
  const auto done = std::exchange(thread.filters.installing, std::nullopt);
  std::erase_if(installers_, [&](const Installer& known) { return known.thread == thread.id; });
  if (!done || !answer) {
    return Done{};
  }
  Process& process = *thread.process;
  if (*answer > 0 && done->whole_process) {
    process.filters.each_thread = true; // at its own call, which comes again, it tries for itself
    return Done{};
  }
  if (*answer != 0) {
    return Error::from_errno("seccomp(2) in the target", static_cast<int>(-*answer));
  }
  if (done->whole_process) {
    process.filters.before = done->before;
    tree_.each_thread([&](Thread& other) {
      if (other.process == &process) {
        other.filters.newest = done->filter;
      }
    });
  }
  thread.filters.newest = done->filter;
  return verify(thread, *done);
}

/// What the kernel shows must be what was asked for.
Result<> FilterProtocol::verify(const Thread& thread, const Installation& done) const {
  const auto now = kernel_.filters_of(thread.id);
  if (!now || !done.before) {
    return Done{};
  }
  if (*now != *done.before + 1) {
    return Error{fmt::format("thread {} has {} filters where {} were expected", thread.id, *now,
                             *done.before + 1)};
  }
  if (!done.whole_process) {
    return Done{};
  }
  for (const pid_t id : kernel_.threads_of_process(thread.process->id)) {
    const auto other = kernel_.filters_of(id);
    if (other && *other < *now) {
      return Error{fmt::format("thread {} did not get the filter of the whole process", id)};
    }
  }
  return Done{};
}

void FilterProtocol::cloned(Thread& child, const Thread& creator, bool is_thread) {
  child.filters.newest = creator.filters.newest;
  // The kernel gives a new thread the filters of all, whenever it was made; a new process has those
  // that its creator had when it was copied.
  if (is_thread) {
    return;
  }
  child.process->filters.learned = creator.process->filters.learned;
  const Thread* installer = installer_in(*creator.process);
  const bool under_way = installer != nullptr && installer->process == creator.process &&
                         installer->filters.installing->whole_process;
  if (!under_way && creator.filters.at_call == creator.filters.newest) {
    return;
  }
  const auto before =
      under_way ? installer->filters.installing->before : creator.process->filters.before;
  const auto newest = under_way ? installer->filters.installing->filter : creator.filters.newest;
  const auto now = kernel_.filters_of(child.id);
  const bool has_newest = now && before && *now > *before;
  child.filters.newest = has_newest ? newest : creator.filters.at_call;
}

void FilterProtocol::orphaned(Thread& child) {
  if (!filters_.empty() || child.every_syscall) {
    child.filters = {}; // it installs the filter of its phase once more, which does no harm
  }
}

/// The thread ended before it could report: the kernel tells whether the others got its filter.
void FilterProtocol::after_end(const Installer& gone) {
  if (!gone.what.whole_process || !gone.what.before) {
    return;
  }
  tree_.each_thread([&](Thread& thread) {
    const auto now = thread.process == gone.process ? kernel_.filters_of(thread.id) : std::nullopt;
    if (now && *now > *gone.what.before) {
      thread.filters.newest = gone.what.filter;
      gone.process->filters.before = gone.what.before;
    }
  });
}

void FilterProtocol::forget_ended() {
  const auto gone = [&](pid_t id) { return tree_.find(id) == nullptr; };
  std::erase_if(installers_, [&](const Installer& installer) {
    if (!gone(installer.thread)) {
      return false;
    }
    after_end(installer);
    return true;
  });
  std::erase_if(waiting_, gone);
}

Thread* FilterProtocol::next_released() {
  for (auto id = waiting_.begin(); id != waiting_.end(); ++id) {
    Thread* thread = tree_.find(*id);
    if (installer_in(*thread->process) == nullptr) {
      waiting_.erase(id);
      thread->filters.waiting = false;
      return thread;
    }
  }
  return nullptr;
}

} // namespace harness::tracer
