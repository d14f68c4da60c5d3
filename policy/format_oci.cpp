// OCI runtime specification: the object `linux.seccomp` of a bundle's config.json.
// SPDX-License-Identifier: Apache-2.0
#include "policy/format.hpp"
#include "policy/libseccomp_json.hpp"

#include <nlohmann/json.hpp>

namespace harness::policy {

namespace {

// Tried with runc 1.1.5 and crun 1.8.1 on a bundle with no_new_privs: what they do between loading
// the filter and the program's first instruction. Without no_new_privs runc loads it much earlier.
constexpr std::string_view runtime_calls[] = {
    "close",        "close_range",    "epoll_ctl",   "epoll_pwait", "execve",
    "exit_group",   "fcntl",          "fstat",       "fstatfs",     "futex",
    "getdents64",   "getpid",         "gettid",      "madvise",     "mmap",
    "munmap",       "nanosleep",      "newfstatat",  "openat",      "read",
    "rt_sigaction", "rt_sigprocmask", "sched_yield", "tgkill",      "write"};

Result<std::string> write_oci(const Policy& policy, std::size_t phase) {
  Json json;
  put_action(json, policy.default_action, "defaultAction", "defaultErrnoRet");
  json["architectures"] = Json::array({libseccomp_arch(policy.native)});
  json["flags"] = Json::array();
  json["syscalls"] = rules_json(policy, policy.phases.at(phase), false);
  return json.dump(2) + "\n";
}

Result<bpf::FilterSpec> read_oci(std::string_view text) {
  return read_libseccomp_json(text, false);
}

} // namespace

constinit const Format oci_format = {
    .name = "oci",
    .summary = "OCI runtimes (runc, crun): linux.seccomp of config.json",
    .file = "oci.json",
    .write = write_oci,
    .read = read_oci,
    .conditions = true,
    .refusals = true,
    .defaults = every_refusal,
    .use = "put it at linux.seccomp of the bundle's config.json, with noNewPrivileges",
    .launcher = "runc or crun",
    .launcher_calls = runtime_calls,
};

} // namespace harness::policy
