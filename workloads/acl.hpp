// Acl: POSIX access control lists from the text that people write to the bytes that the kernel
// keeps in `system.posix_acl_access`. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace harness::workloads {

/// "user::rw-,user:1000:r--,group::r--,mask::r--,other::---" (also u, g, m, o; numbers for names)
/// as version 2 of the kernel's format (linux/posix_acl_xattr.h), sorted as the kernel wants it.
/// Nothing if `text` is not of that form.
std::optional<std::string> acl_bytes(std::string_view text);

} // namespace harness::workloads
