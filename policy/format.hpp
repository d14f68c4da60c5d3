// Format: the table of file formats that a policy can be written in. One source file for each
// format writes it and reads it back. Pure: text in, text out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/bpf/filter_spec.hpp"
#include "core/model/policy.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace harness::policy {

/// Writes phase `phase`, or all phases where the format holds them. What the format can't say is an
/// error, never left out in silence.
using Writer = Result<std::string> (*)(const Policy& policy, std::size_t phase);

/// What the text makes its consumer do, as a table of verdicts (of the first phase where there are
/// several). Strict: what the consumer would ignore or refuse is an error.
using Reader = Result<bpf::FilterSpec> (*)(std::string_view text);

struct Format {
  std::string_view name;
  std::string_view summary; // one line for the list of formats
  std::string_view file;    // name of such a file in a campaign's policy/
  Writer write = nullptr;
  Reader read = nullptr;
  bool all_phases = false; // holds every phase
  bool by_number = false;  // can hold calls of other architectures and calls without a name
  bool conditions = false; // can hold conditions on arguments
  bool refusals = false;   // can answer single calls in another way than the rest
  std::span<const Action> defaults; // the default actions that it can say
  std::string_view use;             // how to use the file, one line
  /// Calls made between loading the filter and the target's first instruction.
  std::string_view launcher;
  std::span<const std::string_view> launcher_calls;
};

/// What most formats can say as their default.
inline constexpr Action every_action[] = {Action::allow, Action::enosys, Action::eperm,
                                          Action::kill_process, Action::log};
inline constexpr Action every_refusal[] = {Action::enosys, Action::eperm, Action::kill_process,
                                           Action::log}; // and log, which refuses nothing

/// In the order in which they are listed.
std::span<const Format> formats();

/// Error: the name is none of them; did you mean …
Result<const Format*> find_format(std::string_view name);

struct Written {
  std::string text;
  std::vector<std::string> warnings; // for standard error: what the consumer will make of it
};

/// Checks that `format` can hold the policy, adds the calls of its launcher, proves the filters,
/// writes, reads the result back and compares. Error: what the format can't say and what to do.
Result<Written> write_policy(const Format& format, const Policy& policy, std::size_t phase);

// ---- for the formats ---------------------------------------------------------------------------

/// The lines of the header that every format with comments begins with.
std::vector<std::string> header_lines(const Policy& policy, std::size_t phase);

/// A call's name in a format that names calls of the native architecture only.
std::string native_name(const Policy& policy, SyscallId call);

/// True if the entry lets its call run, whatever the arguments or for some.
bool runs(const PolicyEntry& entry);

// One file each: policy/format_NAME.cpp.
extern const Format oci_format, docker_format, systemd_format, spo_format, minijail_format,
    firejail_format, kafel_format, bpf_format, c_format, c_libseccomp_format, json_format;

} // namespace harness::policy
