// Draws random nodes of a file tree. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mutators/context.hpp"

namespace harness::mutators {

/// A node of any kind at a path that is free.
FileNode draw_node(const Input& input, const Context& context);
/// Draws anew what is particular to the node's kind: content, entries, target, size.
void draw_kind_fields(FileNode& node, const Input& input, const Context& context);
/// Changes mode, time, owner or an extended attribute.
void change_metadata(FileNode& node, const Context& context);

} // namespace harness::mutators
