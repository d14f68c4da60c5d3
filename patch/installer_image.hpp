// The installer's machine code (installer.c, built into one flat image). Pure data.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace harness::patch {

std::string_view installer_image();

} // namespace harness::patch
