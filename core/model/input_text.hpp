// Pieces of the text form of inputs that others use too: node lines (plans and grammars list file
// trees by them), script steps, and the words for the enumerators. docs/user/inputs.md is the
// reference.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace harness {

/// First line of every input.
constexpr std::string_view input_header = "harness-input/1";

// Indexed by the enumerators' values.
constexpr std::array<std::string_view, 5> standard_input_words = {"null", "closed", "file", "pipe",
                                                                  "terminal"};
constexpr std::array<std::string_view, 7> output_words = {
    "capture", "null", "closed", "full", "pipe", "closed_pipe", "terminal"};
constexpr std::array<std::string_view, 8> node_words = {
    "file", "directory", "symlink", "hard_link", "fifo", "socket", "device", "file_system"};
constexpr std::array<std::string_view, 9> step_words = {
    "connect", "command", "send", "receive", "half_close", "reset", "close", "pause", "marker"};
constexpr std::array<std::string_view, 3> signal_to_words = {"main", "child", "group"};
constexpr std::array<std::string_view, 8> resource_limit_words = {
    "nofile", "stack", "fsize", "nproc", "as", "core", "cpu", "data"};

/// "file notes content hello mode 0600": kind, path, then what is not a default.
std::string file_node_text(const FileNode& node);
/// The inverse, from the words of such a line. The error has no place in front.
Result<FileNode> parse_file_node(std::span<const std::string> words);

/// "command SET a 1", "@2 pause 10".
std::string step_text(const Step& step);
/// The inverse, from the words of such a line.
Result<Step> parse_step(std::span<const std::string> words);

} // namespace harness
