// SPDX-License-Identifier: Apache-2.0
#include "core/base/sync.hpp"

#include "core/base/fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace harness {

Result<> sync_directory(const std::string& path) {
  auto directory = open_file(path, O_RDONLY | O_DIRECTORY);
  if (!directory) {
    return directory.error().code == EACCES ? Result<>(Done{})
                                            : Result<>(std::move(directory).error());
  }
  if (::fsync(directory->get()) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP) {
    return Error::from_errno("fsync " + path, errno);
  }
  return Done{};
}

} // namespace harness
