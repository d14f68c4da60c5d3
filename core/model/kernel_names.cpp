// SPDX-License-Identifier: Apache-2.0
#include "core/model/kernel_names.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>

namespace harness {

namespace {

/// glibc keeps the first two or three real-time signals (32, 33, 34 in places) to itself; names
/// count from the SIGRTMIN that a program sees.
std::optional<int> real_time_signal(std::string_view name) {
  const bool from_low = name.starts_with("RTMIN");
  if (!from_low && !name.starts_with("RTMAX")) {
    return std::nullopt;
  }
  const int base = from_low ? SIGRTMIN : SIGRTMAX;
  name.remove_prefix(5);
  if (name.empty()) {
    return base;
  }
  const auto offset = parse_integer(name.front() == '+' ? name.substr(1) : name);
  if (!offset || *offset < SIGRTMIN - base || *offset > SIGRTMAX - base) {
    return std::nullopt;
  }
  return base + static_cast<int>(*offset);
}

} // namespace

std::optional<int> signal_number(std::string_view name) {
  if (name.starts_with("SIG")) {
    name.remove_prefix(3);
  }
  // The C library says POLL; the kernel and everybody else say SIGIO.
  static constexpr std::pair<std::string_view, int> aliases[] = {
      {"IO", SIGIO}, {"IOT", SIGIOT}, {"CLD", SIGCHLD}};
  for (const auto& [alias, number] : aliases) {
    if (name == alias) {
      return number;
    }
  }
  for (int number = 1; number < SIGRTMIN; ++number) {
    const char* const known = ::sigabbrev_np(number);
    if (known != nullptr && name == known) {
      return number;
    }
  }
  return real_time_signal(name);
}

std::string signal_name(int number) {
  if (number == SIGIO) {
    return "SIGIO";
  }
  if (const char* const known = ::sigabbrev_np(number); known != nullptr) {
    return fmt::format("SIG{}", known);
  }
  if (number == SIGRTMIN) {
    return "SIGRTMIN";
  }
  if (number > SIGRTMIN && number <= SIGRTMAX) {
    return fmt::format("SIGRTMIN+{}", number - SIGRTMIN);
  }
  return fmt::format("signal {}", number);
}

std::optional<int> errno_number(std::string_view name) {
  static constexpr std::pair<std::string_view, int> aliases[] = {
      {"EWOULDBLOCK", EWOULDBLOCK}, {"ENOTSUP", ENOTSUP}, {"EDEADLOCK", EDEADLOCK}};
  for (const auto& [alias, number] : aliases) {
    if (name == alias) {
      return number;
    }
  }
  // Linux error numbers end at EHWPOISON.
  for (int number = 1; number <= EHWPOISON; ++number) {
    const char* const known = ::strerrorname_np(number);
    if (known != nullptr && name == known) {
      return number;
    }
  }
  return std::nullopt;
}

std::string errno_name(int number) {
  const char* const known = number > 0 ? ::strerrorname_np(number) : nullptr;
  return known != nullptr ? std::string(known) : fmt::format("errno {}", number);
}

const std::vector<std::string>& signal_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (int number = 1; number < SIGRTMIN; ++number) {
      if (::sigabbrev_np(number) != nullptr) {
        all.push_back(signal_name(number));
      }
    }
    all.emplace_back("SIGRTMIN");
    all.emplace_back("SIGRTMAX");
    return all;
  }();
  return names;
}

const std::vector<std::string>& errno_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (int number = 1; number <= EHWPOISON; ++number) {
      if (::strerrorname_np(number) != nullptr) {
        all.push_back(errno_name(number));
      }
    }
    return all;
  }();
  return names;
}

} // namespace harness
