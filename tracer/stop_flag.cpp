// SPDX-License-Identifier: Apache-2.0
#include "tracer/stop_flag.hpp"

#include <csignal>
#include <ctime>
#include <mutex>
#include <optional>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

constexpr long tick_ns = 20'000'000;
const int wake_signal = SIGRTMIN + 5; // the first ones are used by glibc, sanitizers and timers

// Only ever touched by this thread and by handlers that run on it.
thread_local volatile std::sig_atomic_t ticked = 0;

void on_wake(int /*signal*/) {
  ticked = 1;
}

void install_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_handler = on_wake; // no SA_RESTART: wait4 is to return
    ::sigaction(wake_signal, &action, nullptr);
  });
}

/// The thread's interval timer; unarmed between runs.
class ThreadTimer {
public:
  ThreadTimer() {
    install_handler();
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = wake_signal;
    event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
    usable_ = ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
    sigset_t wake;
    sigemptyset(&wake);
    sigaddset(&wake, wake_signal);
    ::pthread_sigmask(SIG_UNBLOCK, &wake, nullptr);
  }
  ~ThreadTimer() {
    if (usable_) {
      ::timer_delete(timer_);
    }
  }
  ThreadTimer(const ThreadTimer&) = delete;
  ThreadTimer& operator=(const ThreadTimer&) = delete;

  void arm(bool on) const {
    if (usable_) {
      const timespec step{0, on ? tick_ns : 0};
      const itimerspec when{step, step};
      ::timer_settime(timer_, 0, &when, nullptr);
    }
  }

private:
  timer_t timer_{};
  bool usable_ = false;
};

/// A forked child has no timers, so one that the parent made is of no use to it.
ThreadTimer& thread_timer() {
  thread_local std::optional<ThreadTimer> timer;
  thread_local pid_t owner = 0;
  if (owner != ::getpid()) {
    owner = ::getpid();
    timer.emplace();
  }
  return *timer;
}

} // namespace

void StopFlag::request() {
  requested_.store(true, std::memory_order_release);
  wake();
}

void StopFlag::wake() const {
  const pid_t waiter = waiter_.load(std::memory_order_acquire);
  if (waiter != 0) {
    ::syscall(SYS_tgkill, ::getpid(), waiter, wake_signal);
  }
}

WaitScope::WaitScope(StopFlag& flag) : flag_(flag) {
  thread_timer().arm(true);
  flag_.waiter_.store(static_cast<pid_t>(::syscall(SYS_gettid)), std::memory_order_release);
}

WaitScope::~WaitScope() {
  flag_.waiter_.store(0, std::memory_order_release);
  thread_timer().arm(false);
}

bool tick_passed() {
  if (ticked == 0) {
    return false;
  }
  ticked = 0;
  return true;
}

} // namespace harness::tracer
