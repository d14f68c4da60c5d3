// The common parts of the OCI and the Docker profile: actions, rules and conditions with the names
// of libseccomp. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/bpf/filter_spec.hpp"
#include "core/model/policy.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace harness::policy {

using Json = nlohmann::ordered_json;

/// Sets `KEY` to the action and, where it is an errno, `ERRNO_KEY` to its number.
void put_action(Json& json, Action action, const char* key, const char* errno_key);

/// "SCMP_ARCH_X86_64".
const char* libseccomp_arch(AuditArch arch);

/// The elements of "syscalls": all calls that run unconditionally together, then each alternative
/// of conditions, then other answers. With `comments`, one element a reason, with it as "comment".
Json rules_json(const Policy& policy, const PolicyPhase& phase, bool comments);

/// Reads a profile; `docker` says which keys it may have. The strictness is that of the consumers
/// (docker, podman, runc) and beyond: an errno on an action that is none, both `name` and `names`,
/// an unknown name or an unknown key are errors.
Result<bpf::FilterSpec> read_libseccomp_json(std::string_view text, bool docker);

} // namespace harness::policy
