// SPDX-License-Identifier: Apache-2.0
#include "tracer/tree.hpp"

#include <algorithm>
#include <csignal>
#include <tuple>

namespace harness::tracer {

namespace {

std::string short_name(const std::string& executable) {
  constexpr std::size_t comm_bytes = 15;
  const auto slash = executable.rfind('/');
  return executable.substr(slash == std::string::npos ? 0 : slash + 1, comm_bytes);
}

Sighting sighting(const CallTable::Entry& entry) {
  const CallKey key = unpack(entry.key);
  return {.phase = key.phase, .call = key.call, .executable = key.executable, .calls = entry.times};
}

std::vector<Sighting> sightings(const CallTable& table) {
  std::vector<Sighting> list;
  for (const auto& entry : table.sorted()) {
    list.push_back(sighting(entry));
  }
  std::sort(list.begin(), list.end(), [](const Sighting& a, const Sighting& b) {
    return std::tie(a.phase, a.call, a.executable) < std::tie(b.phase, b.call, b.executable);
  });
  return list;
}

} // namespace

Process& ProcessTree::new_process(pid_t id, std::optional<std::uint32_t> parent) {
  auto& process = *processes_.emplace_back(std::make_unique<Process>());
  process.index = static_cast<std::uint32_t>(processes_.size() - 1);
  process.id = id;
  process.parent = parent;
  process.points = std::make_shared<MemoryPoints>();
  return process;
}

Thread& ProcessTree::add_launched(pid_t id, const std::string& executable) {
  Thread& thread = add_unknown(id);
  Process& process = new_process(id, std::nullopt);
  process.executable = executable_index(executable);
  process.name = short_name(executable);
  process.alive = 1;
  thread.process = &process;
  thread.name = process.name;
  return thread;
}

Thread& ProcessTree::add_unknown(pid_t id) {
  auto& thread = threads_[id];
  thread = std::make_unique<Thread>();
  thread->id = id;
  last_found_ = nullptr;
  return *thread;
}

Inheritance inheritance_of(Process& process) {
  Inheritance from;
  from.process = &process;
  from.name = process.name;
  from.executable = process.executable;
  from.phase = process.phase;
  from.progress = process.progress;
  from.points = process.points;
  from.listens = process.listens;
  from.learned = process.filters.learned;
  return from;
}

Inheritance inheritance_of(const Thread& creator) {
  Inheritance from = inheritance_of(*creator.process);
  from.name = creator.name;
  from.every_syscall = creator.every_syscall;
  from.own_filter = creator.own_filter;
  from.newest_filter = creator.filters.newest;
  return from;
}

void ProcessTree::adopt(Thread& child, const Thread& creator, Kinship kinship) {
  adopt(child, inheritance_of(creator), kinship);
}

void ProcessTree::adopt(Thread& child, const Inheritance& from, Kinship kinship) {
  child.name = from.name;
  child.every_syscall = from.every_syscall;
  child.own_filter = from.own_filter;
  child.filters.newest = from.newest_filter;
  if (kinship.is_thread) {
    child.process = from.process;
  } else {
    Process& process = new_process(child.id, from.process->index);
    process.executable = from.executable;
    process.name = from.name;
    process.phase = from.phase;
    process.progress = from.progress;
    process.listens = from.listens;
    process.filters.learned = from.learned;
    process.points =
        kinship.shares_memory ? from.points : std::make_shared<MemoryPoints>(*from.points);
    child.process = &process;
  }
  ++child.process->alive;
}

Thread& ProcessTree::exec(pid_t id, pid_t former_id, const std::string& executable) {
  Thread* caller = find(former_id);
  Process& process = *caller->process;
  if (former_id != id) {
    // The caller takes the leader's id; the leader vanishes without a report.
    if (Thread* leader = find(id); leader != nullptr) {
      retire(*leader);
      threads_.erase(id);
    }
    auto node = threads_.extract(former_id);
    node.key() = id;
    caller = threads_.insert(std::move(node)).position->second.get();
    caller->id = id;
  }
  // Whatever else was alive has been killed by the exec; late reports are ignored.
  for (auto it = threads_.begin(); it != threads_.end();) {
    Thread& other = *it->second;
    if (other.process == &process && &other != caller) {
      retire(other);
      it = threads_.erase(it);
    } else {
      ++it;
    }
  }
  last_found_ = nullptr;
  process.executable = executable_index(executable);
  process.name = short_name(executable);
  process.points = std::make_shared<MemoryPoints>();
  caller->name = process.name;
  return *caller;
}

void ProcessTree::retire(Thread& thread) {
  Process& process = *thread.process;
  if (thread.creates) {
    lost_creators_.push_back({inheritance_of(thread), *thread.creates, 0});
  }
  process.gone.push_back({thread.id, std::move(thread.name), std::move(thread.calls)});
  --process.alive;
}

void ProcessTree::ended(Thread& thread, const RunEnd& how) {
  if (thread.process != nullptr) {
    Process& process = *thread.process;
    // A leader's report comes last, after all other threads': it is the process's.
    if (thread.id == process.id || process.alive == 1) {
      process.end = how;
    }
    retire(thread);
  }
  last_found_ = nullptr;
  threads_.erase(thread.id);
}

Thread* ProcessTree::find(pid_t id) {
  if (last_found_ != nullptr && last_found_->id == id) {
    return last_found_;
  }
  const auto place = threads_.find(id);
  if (place == threads_.end()) {
    return nullptr;
  }
  last_found_ = place->second.get();
  return last_found_;
}

const Process* ProcessTree::main_process() const {
  for (const auto& process : processes_) {
    if (process->alive != 0) {
      return process.get();
    }
  }
  return nullptr;
}

void ProcessTree::lose_all() {
  for (auto& [id, thread] : threads_) {
    if (thread->process != nullptr) {
      retire(*thread);
    }
  }
  threads_.clear();
  last_found_ = nullptr;
}

void ProcessTree::released(Thread& thread) {
  retire(thread);
  last_found_ = nullptr;
  threads_.erase(thread.id);
}

std::vector<SyscallId> ProcessTree::last_calls(std::uint32_t index) const {
  const Process& process = *processes_[index];
  const std::uint64_t kept = std::min<std::uint64_t>(process.calls, process.last_calls.size());
  std::vector<SyscallId> calls;
  for (std::uint64_t i = process.calls - kept; i < process.calls; ++i) {
    calls.push_back(process.last_calls[i % process.last_calls.size()]);
  }
  return calls;
}

std::uint32_t ProcessTree::executable_index(const std::string& path) {
  const auto place = std::find(executables_.begin(), executables_.end(), path);
  if (place != executables_.end()) {
    return static_cast<std::uint32_t>(place - executables_.begin());
  }
  executables_.push_back(path);
  return static_cast<std::uint32_t>(executables_.size() - 1);
}

void ProcessTree::report(RunResult& result) {
  CallTable all;
  lose_all();
  for (auto& process : processes_) {
    ProcessRecord record{.id = process->id,
                         .parent = process->parent,
                         .executable = process->executable,
                         .name = process->name,
                         .phase = process->phase,
                         .end = process->end,
                         .threads = {}};
    for (auto& gone : process->gone) {
      all.merge(gone.calls);
      record.threads.push_back({gone.id, std::move(gone.name), sightings(gone.calls)});
    }
    result.processes.push_back(std::move(record));
  }
  for (const auto& entry : all.sorted()) {
    result.calls += entry.times;
  }
  result.sightings = sightings(all);
  result.executables = std::move(executables_);
}

} // namespace harness::tracer
