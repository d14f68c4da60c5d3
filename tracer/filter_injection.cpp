// SPDX-License-Identifier: Apache-2.0
#include "tracer/filter_injection.hpp"

#include <cerrno>
#include <cstring>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <utility>
#include <vector>

namespace harness::tracer {

namespace {

constexpr std::size_t page_size = 4096;
constexpr std::size_t header_bytes = 16; // struct sock_fprog of either architecture, padded

/// Where nobody can guess it, below the stacks and libraries of either architecture.
std::uint64_t random_address(bool is_i386) {
  std::uint64_t random = 0;
  if (::getrandom(&random, sizeof random, 0) != sizeof random) {
    return 0; // the kernel chooses
  }
  const std::uint64_t begin = is_i386 ? 0x2000'0000 : 0x1000'0000'0000;
  const std::uint64_t pages = is_i386 ? 0x8'0000 : 0x5'0000'0000;
  return begin + random % pages * page_size;
}

} // namespace

std::size_t FilterInjection::size() const {
  const std::size_t bytes = header_bytes + order_.program.size() * sizeof(sock_filter);
  return (bytes + page_size - 1) / page_size * page_size;
}

std::optional<FilterInjection> FilterInjection::begin(const StoppedTracee& tracee,
                                                      const SyscallInfo& own, Order order) {
  const auto injection = Injection::begin(tracee, own);
  if (!injection) {
    return std::nullopt;
  }
  FilterInjection made(*injection, std::move(order));
  const auto nowhere = static_cast<std::uint64_t>(-1);
  const bool started = made.injection_.make(tracee, Injection::Call::mmap,
                                            {random_address(made.injection_.is_i386()), made.size(),
                                             PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, nowhere, 0});
  return started ? std::optional(std::move(made)) : std::nullopt;
}

/// struct sock_fprog, then the program.
std::vector<std::byte> FilterInjection::image() const {
  std::vector<std::byte> bytes(header_bytes + order_.program.size() * sizeof(sock_filter));
  const auto length = static_cast<std::uint16_t>(order_.program.size());
  const std::uint64_t program = address_ + header_bytes;
  std::memcpy(bytes.data(), &length, sizeof length);
  if (injection_.is_i386()) {
    std::memcpy(bytes.data() + 4, &program, 4);
  } else {
    std::memcpy(bytes.data() + 8, &program, 8);
  }
  std::memcpy(bytes.data() + header_bytes, order_.program.data(),
              order_.program.size() * sizeof(sock_filter));
  return bytes;
}

bool FilterInjection::advance(const StoppedTracee& tracee, const SyscallInfo& exit) {
  switch (step_) {
  case Step::map:
    return after_map(tracee, exit);
  case Step::install:
    return after_install(tracee, exit);
  case Step::unmap:
    return finish(tracee);
  }
  return true;
}

bool FilterInjection::after_map(const StoppedTracee& tracee, const SyscallInfo& exit) {
  if (exit.failed) {
    answer_ = exit.value;
    return finish(tracee);
  }
  address_ = injection_.is_i386() ? exit.value & 0xffffffff : exit.value;
  if (!write_memory(tracee.id(), address_, image())) {
    answer_ = -EFAULT;
    return finish(tracee);
  }
  mapped_ = true;
  step_ = Step::install;
  const std::uint64_t flags = order_.whole_process ? SECCOMP_FILTER_FLAG_TSYNC : 0;
  return !injection_.make(tracee, Injection::Call::seccomp,
                          {SECCOMP_SET_MODE_FILTER, flags, address_, 0, 0, 0});
}

bool FilterInjection::after_install(const StoppedTracee& tracee, const SyscallInfo& exit) {
  answer_ = exit.value;
  // A filter that was not installed refuses nothing.
  if (!order_.unmap && exit.value == 0) {
    return finish(tracee);
  }
  step_ = Step::unmap;
  if (!injection_.make(tracee, Injection::Call::munmap, {address_, size(), 0, 0, 0, 0})) {
    answer_.reset();
    return true;
  }
  return false;
}

bool FilterInjection::finish(const StoppedTracee& tracee) {
  if (!injection_.finish(tracee)) {
    answer_.reset();
  }
  return true;
}

} // namespace harness::tracer
