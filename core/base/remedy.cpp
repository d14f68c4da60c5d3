// SPDX-License-Identifier: Apache-2.0
#include "core/base/remedy.hpp"

namespace harness {

UserError with_remedy(SourceLocation where, const std::string& message, const std::string& remedy) {
  const auto cut = message.find("; ");
  return cut == std::string::npos
             ? UserError(std::move(where), message, remedy)
             : UserError(std::move(where), message.substr(0, cut), message.substr(cut + 2));
}

} // namespace harness
