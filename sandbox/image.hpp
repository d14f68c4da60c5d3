// Image: a container image as a directory, unpacked once into the user's cache. Knows no layers:
// the engine and tar do that.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/user_error.hpp"
#include "core/model/plan.hpp"

#include <string>

namespace harness::sandbox {

/// For a target inside an image: sets `root` to the directory that has the image's files, which is
/// made if it is not there yet (…/harness/images/SHA256 below XDG_CACHE_HOME or ~/.cache). Nothing
/// is done for other targets, and for one whose root is known. Throws UserError at `where` for an
/// image that can't be had, std::runtime_error where unpacking fails.
void open_image(TargetPlan& target, const SourceLocation& where);

/// The digest of the image that `open_image` has made a target's root; "" = it is in none.
std::string image_sha256(const TargetPlan& target);

} // namespace harness::sandbox
