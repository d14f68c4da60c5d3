// SPDX-License-Identifier: Apache-2.0
#include "patch/installer_image.hpp"

// The assembler puts the file between two labels; no tool is needed to turn it into an array.
__asm__(".section .rodata\n"
        ".balign 16\n"
        ".globl harness_installer_image, harness_installer_image_end\n"
        "harness_installer_image:\n"
        ".incbin \"" INSTALLER_IMAGE "\"\n"
        "harness_installer_image_end:\n"
        ".previous\n");

extern "C" const char harness_installer_image[];
extern "C" const char harness_installer_image_end[];

namespace harness::patch {

std::string_view installer_image() {
  return {harness_installer_image,
          static_cast<std::size_t>(harness_installer_image_end - harness_installer_image)};
}

} // namespace harness::patch
