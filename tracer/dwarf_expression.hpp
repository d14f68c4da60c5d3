// The small part of DWARF expressions that call-frame information uses. Pure but for the memory it
// is given a reader of.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <elfutils/libdw.h>
#include <functional>
#include <optional>
#include <span>

namespace harness::tracer {

/// What an expression is evaluated against.
struct DwarfFrame {
  std::span<const std::optional<std::uint64_t>> registers; // by DWARF number
  std::optional<std::uint64_t> cfa;
  std::function<std::optional<std::uint64_t>(std::uint64_t)> read; // eight bytes of memory
};

/// The result, and whether it is the value itself or the address where the value lies.
struct DwarfResult {
  std::uint64_t value = 0;
  bool is_value = false;
};

/// Nothing if an operation is not known or something it needs is not.
std::optional<DwarfResult> evaluate(std::span<const Dwarf_Op> operations, const DwarfFrame& frame);

} // namespace harness::tracer
