// Where a program is: PATH, as a shell would look, and the sbin directories that an ordinary user's
// PATH leaves out. Looks only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace harness::sandbox {

/// Absolute path (below `root`, which is not part of it) of the executable file `name`, which has
/// no slash; nothing if there is none. With a root the standard directories are searched, not PATH.
std::optional<std::string> find_program(const std::string& name, const std::string& root = "");

/// True if `path` is a regular file that we may execute.
bool is_executable_file(const std::string& path);

} // namespace harness::sandbox
