// What surrounds a run: identity, limits, sidecars; and what disturbs it: signals and faults.
// SPDX-License-Identifier: Apache-2.0
#include "mutators/mutation.hpp"

#include "core/model/input_text.hpp"

namespace harness::mutators {

namespace {

/// Errors that the kernel does return and that programs do handle.
constexpr std::string_view errors[] = {
    "ENOSYS", "EPERM",  "EACCES",  "ENOENT",     "ENOMEM",    "EINTR",  "EAGAIN",
    "EIO",    "ENOSPC", "EMFILE",  "EINVAL",     "EBADF",     "EEXIST", "EBUSY",
    "EROFS",  "EPIPE",  "ENFILE",  "ECONNRESET", "EDQUOT",    "ELOOP",  "EFBIG",
    "ENODEV", "ENOTTY", "ENOTSUP", "ETIMEDOUT",  "EADDRINUSE"};
/// Until the target has shown what it calls.
constexpr std::string_view first_calls[] = {"openat", "read",  "write", "mmap",  "newfstatat",
                                            "close",  "lseek", "ioctl", "fcntl", "brk"};

ProgressPoint draw_point(const Context& context) {
  ProgressPoint at;
  if (!context.options.phases.empty() && context.one_in(2)) {
    at.phase = context.pick(context.options.phases);
  }
  at.calls = context.small_number(4096); // from 1: the launch is past
  return at;
}

bool insert_signal(Input& input, const Context& context) {
  static constexpr std::string_view names[] = {
      "SIGINT",    "SIGTERM", "SIGHUP",  "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGWINCH",
      "SIGCHLD",   "SIGQUIT", "SIGPIPE", "SIGURG",  "SIGCONT", "SIGIO",   "SIGPROF",
      "SIGVTALRM", "SIGTTOU", "SIGXFSZ", "SIGPWR",  "SIGRTMIN"};
  SignalEvent event{
      std::string(context.pick(names)), draw_point(context),
      static_cast<SignalEvent::To>(context.random.weighted(std::array<double, 3>{6, 2, 1}))};
  if (event.to == SignalEvent::To::child && context.one_in(3)) {
    event.signal = "SIGKILL";
  }
  if (event.to == SignalEvent::To::main && context.one_in(8)) {
    // Stopped and continued: never the first without the second, the run would only time out.
    event.signal = context.one_in(2) ? "SIGSTOP" : "SIGTSTP";
    input.signals.push_back(event);
    event.signal = "SIGCONT";
  }
  input.signals.push_back(std::move(event));
  return true;
}

bool erase_signal(Input& input, const Context& context) {
  return erase_one(input.signals, context);
}

bool move_signal(Input& input, const Context& context) {
  if (input.signals.empty()) {
    return false;
  }
  context.random.pick(input.signals).at = draw_point(context);
  return true;
}

/// Which call of that name. The first execve is the launch itself: its failure is no run at all.
std::uint32_t draw_nth(std::string_view call, const Context& context) {
  const auto nth = static_cast<std::uint32_t>(context.small_number(256));
  return call == "execve" ? nth + 1 : nth;
}

Fault draw_fault(const Context& context) {
  Fault fault;
  fault.call = context.calls.empty() ? std::string(context.pick(first_calls))
                                     : std::string(context.pick(context.calls));
  fault.nth = draw_nth(fault.call, context);
  if (!context.options.phases.empty() && context.one_in(2)) {
    fault.phase = context.pick(context.options.phases);
  }
  static constexpr std::string_view transfers[] = {"read",    "write",   "pread64",    "pwrite64",
                                                   "readv",   "writev",  "sendto",     "recvfrom",
                                                   "sendmsg", "recvmsg", "getdents64", "getrandom"};
  const bool transfer =
      std::find(std::begin(transfers), std::end(transfers), fault.call) != std::end(transfers);
  if (transfer && context.one_in(3)) {
    fault.kind = Fault::Kind::short_count;
    fault.count = context.small_number(64) - 1;
  } else if (context.one_in(10)) {
    fault.kind = Fault::Kind::delay;
    fault.milliseconds = static_cast<std::uint32_t>(context.small_number(50));
  } else {
    fault.error = context.pick(errors);
  }
  return fault;
}

bool insert_fault(Input& input, const Context& context) {
  input.faults.push_back(draw_fault(context));
  return true;
}

bool erase_fault(Input& input, const Context& context) {
  return erase_one(input.faults, context);
}

bool change_fault(Input& input, const Context& context) {
  if (input.faults.empty()) {
    return false;
  }
  Fault& fault = context.random.pick(input.faults);
  if (context.one_in(2)) {
    fault.nth = draw_nth(fault.call, context);
  } else if (fault.kind == Fault::Kind::error) {
    fault.error = context.pick(errors);
  } else {
    fault = draw_fault(context);
  }
  return true;
}

bool change_limit(Input& input, const Context& context) {
  static constexpr std::uint64_t values[] = {
      0, 1, 3, 4, 5, 8, 16, 64, 1024, 4096, 65536, 1U << 20, 1U << 23, 1U << 26, 1U << 28};
  const std::string name(context.pick(resource_limit_words));
  for (auto& limit : input.limits) {
    if (limit.name == name) {
      limit.value = context.pick(values);
      return true;
    }
  }
  input.limits.push_back({name, context.pick(values)});
  return true;
}

bool erase_limit(Input& input, const Context& context) {
  return erase_one(input.limits, context);
}

bool change_identity(Input& input, const Context& context) {
  static constexpr std::uint32_t ids[] = {0, 65534, 1, 1000, 12345, 4294967294};
  static constexpr std::uint32_t masks[] = {0, 022, 077, 0777, 0222};
  static constexpr std::string_view capabilities[] = {
      "CAP_CHOWN",  "CAP_DAC_OVERRIDE",     "CAP_FOWNER",  "CAP_SETUID",
      "CAP_SETGID", "CAP_NET_BIND_SERVICE", "CAP_IPC_LOCK"};
  Identity& identity = input.identity;
  switch (context.random.below(5)) {
  case 0:
    identity.uid = context.pick(ids);
    break;
  case 1:
    identity.gid = context.pick(ids);
    break;
  case 2:
    identity.umask = context.pick(masks);
    break;
  case 3:
    identity.uid = 0;
    identity.capabilities = {std::string(context.pick(capabilities))};
    break;
  default:
    identity.directory = context.one_in(2) ? "deleted" : "unreadable";
    if (context.one_in(3)) {
      const auto path = draw_path(context.tree(input), FileNode::Kind::directory, context.random);
      identity.directory = path.starts_with('/') || path.starts_with('.') ? "" : path;
    }
  }
  return true;
}

bool usual_identity(Input& input, const Context&) {
  input.identity = {};
  return true;
}

bool change_sidecars(Input& input, const Context& context) {
  if (context.tables.sidecars.empty()) {
    return false;
  }
  const std::string& name = context.pick(context.tables.sidecars);
  const auto found = std::find(input.sidecars.begin(), input.sidecars.end(), name);
  if (found == input.sidecars.end()) {
    input.sidecars.push_back(name);
  } else {
    input.sidecars.erase(found);
  }
  return true;
}

constexpr Mutation surroundings_table[] = {
    {"insert signal", Dimension::signals, 0.6, insert_signal},
    {"erase signal", Dimension::signals, 0.5, erase_signal},
    {"move signal", Dimension::signals, 0.3, move_signal},
    {"insert fault", Dimension::faults, 0.9, insert_fault},
    {"erase fault", Dimension::faults, 0.7, erase_fault},
    {"change fault", Dimension::faults, 0.5, change_fault},
    {"change limit", Dimension::limits, 0.4, change_limit},
    {"erase limit", Dimension::limits, 0.4, erase_limit},
    {"change identity", Dimension::identity, 0.4, change_identity},
    {"usual identity", Dimension::identity, 0.2, usual_identity},
    {"change sidecars", Dimension::sidecars, 0.4, change_sidecars},
};

} // namespace

std::span<const Mutation> surrounding_mutations() {
  return surroundings_table;
}

void draw_surroundings(Input& input, const Context& context) {
  // Most runs are left alone: what disturbs a run early keeps it from going far.
  const auto sometimes = [&](Dimension dimension, std::uint64_t one_in, auto change) {
    if (context.tables.has(dimension) && context.one_in(one_in)) {
      change(input, context);
    }
  };
  sometimes(Dimension::identity, 16, change_identity);
  sometimes(Dimension::limits, 16, change_limit);
  sometimes(Dimension::sidecars, 6, change_sidecars);
  sometimes(Dimension::signals, 16, insert_signal);
  sometimes(Dimension::faults, 10, insert_fault);
}

} // namespace harness::mutators
