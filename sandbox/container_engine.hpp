// ContainerEngine: what we ask of the container engine that is there, podman or docker, by its own
// command line: which image a name stands for, and its files as a tar archive.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/user_error.hpp"

#include <string>

namespace harness::sandbox {

struct StoredImage {
  std::string engine; // path of the program
  std::string sha256; // of its configuration, which names its layers: 64 hexadecimal digits
};

/// True for `oci:PATH`, `oci-archive:PATH` and `docker-archive:PATH`: an image that lies in a file
/// or directory.
bool is_image_file(const std::string& name);

/// The image that `name` stands for in the store of the first engine that has it; an image file is
/// loaded into podman's store. Throws UserError at `where`: no engine, no such image.
StoredImage find_image(const std::string& name, const SourceLocation& where);

/// Writes the image's files into the tar archive `file`. `scratch` names a container that is made
/// and removed again; one that a killed process left is removed, too. Throws std::runtime_error.
void export_image(const StoredImage& image, const std::string& scratch, const std::string& file);

} // namespace harness::sandbox
