// Which arguments of which calls have classes (flags, commands, families, options) and which are
// paths or names. Data; x86_64 numbers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace harness::tracer {

struct ArgumentRule {
  std::int32_t number = 0;
  std::uint8_t argument = 0;
  std::uint64_t mask = 0xffffffff; // the bits that matter
};

/// The classed arguments of a call, in order; empty for most.
std::span<const ArgumentRule> classed_arguments(std::int32_t number);
/// The arguments of a call that point at a path or a name.
std::span<const ArgumentRule> text_arguments(std::int32_t number);

} // namespace harness::tracer
