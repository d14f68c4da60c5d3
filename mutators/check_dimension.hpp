// The names of a grammar's dimensions. Depends only on core/base and core/model.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/user_error.hpp"

#include <string>

namespace harness::mutators {

/// Throws UserError with `where` and the names that there are if no dimension is called `name`.
void check_dimension(const std::string& name, const SourceLocation& where);

} // namespace harness::mutators
