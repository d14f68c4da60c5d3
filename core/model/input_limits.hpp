// Upper limits of an input. Inputs are treated as untrusted (a seed from the web, a mutated corpus
// entry): nothing in them may overload the machine before a run limit takes effect.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"

namespace harness::input_limits {

constexpr std::size_t arguments = 4096;
/// One string of execve(2) holds at most 32 pages, its NUL included (MAX_ARG_STRLEN).
constexpr std::size_t string_bytes = 131071;
constexpr std::size_t environment = 1024;
constexpr std::size_t files = 4096;
constexpr std::size_t path_bytes = 4095;
constexpr std::size_t path_component_bytes = 255;
/// Directory entries that `entries` asks for, all directories of the input together.
constexpr std::uint64_t directory_entries = 20000;
/// Sparse: costs nothing to make, and is above every 32-bit offset.
constexpr std::uint64_t file_size_bytes = std::uint64_t{16} << 30;
constexpr std::uint64_t file_system_bytes = std::uint64_t{64} << 20;
constexpr std::size_t file_systems = 4;
constexpr std::size_t attributes = 16;               // of one node
constexpr std::size_t attribute_value_bytes = 65536; // XATTR_SIZE_MAX
constexpr std::size_t configuration_lines = 1024;
constexpr std::size_t steps = 10000;
constexpr std::uint16_t clients = 64;
constexpr std::size_t signals = 64;
constexpr std::size_t faults = 64;
constexpr std::size_t resource_limits = 16;
constexpr std::size_t capabilities = 41; // as many as the kernel knows
constexpr std::size_t sidecars = 8;
constexpr std::uint32_t milliseconds = 1000; // one pause or delay
/// All pauses and delays of an input together.
constexpr std::uint64_t total_milliseconds = 5000;
constexpr std::uint32_t mode = 07777;
constexpr std::uint32_t umask = 0777;
/// 2^32-1 means "leave as it is" to chown(2) and setuid(2).
constexpr std::uint32_t id = 0xfffffffe;

} // namespace harness::input_limits

namespace harness {

/// Done if `input` keeps every limit above and every rule in the comments of input.hpp; else what
/// is wrong, and what to write. What passes here survives its text form.
Result<> check_input(const Input& input);

/// The same for a path in the run's file tree: relative, no "..", no empty part, no NUL.
Result<> check_tree_path(std::string_view path);

} // namespace harness
