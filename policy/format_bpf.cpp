// Raw BPF: the filter itself, 8-byte sock_filter records in the byte order of the machine, as
// `bwrap --seccomp FD` takes it.
// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/build.hpp"
#include "policy/format.hpp"
#include "policy/raw_filter.hpp"

#include <cstring>
#include <fmt/format.h>

namespace harness::policy {

namespace {

// bwrap loads the filter and executes the program; its own first process, which stays and waits for
// the program, is under the filter too.
constexpr std::string_view bwrap_calls[] = {"execve", "exit_group", "wait4",
                                            "read",   "write",      "close"};

Result<std::string> write_bpf(const Policy& policy, std::size_t phase) {
  const auto filter = bpf::build(policy, phase);
  if (!filter) {
    return filter.error();
  }
  std::string bytes(filter->size() * sizeof(sock_filter), '\0');
  std::memcpy(bytes.data(), filter->data(), bytes.size());
  return bytes;
}

Result<bpf::FilterSpec> read_bpf(std::string_view bytes) {
  if (bytes.empty() || bytes.size() % sizeof(sock_filter) != 0) {
    return Error{
        fmt::format("{} bytes are not a whole number of 8-byte instructions", bytes.size())};
  }
  FilterProgram filter(bytes.size() / sizeof(sock_filter));
  std::memcpy(filter.data(), bytes.data(), bytes.size());
  return spec_of_filter(filter);
}

} // namespace

const Format bpf_format = {
    .name = "bpf",
    .summary = "the filter itself, for bwrap --seccomp",
    .file = "filter.bpf",
    .write = write_bpf,
    .read = read_bpf,
    .by_number = true,
    .conditions = true,
    .refusals = true,
    .defaults = every_action,
    .use = "bwrap --seccomp 10 ... PROGRAM 10<FILE",
    .launcher = "bwrap",
    .launcher_calls = bwrap_calls,
};

} // namespace harness::policy
