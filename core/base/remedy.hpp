// Splits a message into the problem and the remedy at its end, for UserError.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/user_error.hpp"

#include <string>

namespace harness {

/// For a message of the form "problem; what to write instead", as `Error`s have it where a person's
/// text is read: what follows the first "; " becomes the remedy, else `remedy` is.
UserError with_remedy(SourceLocation where, const std::string& message, const std::string& remedy);

} // namespace harness
