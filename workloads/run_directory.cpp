// SPDX-License-Identifier: Apache-2.0
#include "workloads/run_directory.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::workloads {

namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Result<Fd> make_directory(int at, const char* name, unsigned mode, const Owner& owner) {
  if (::mkdirat(at, name, 0700) != 0) {
    return Error::from_errno(std::string("make the run directory ") + name, errno);
  }
  Fd made(::openat(at, name, directory_flags));
  if (!made) {
    return Error::from_errno(std::string("open the run directory ") + name, errno);
  }
  if (owner.uid || owner.gid) {
    if (::fchown(made.get(), owner.uid.value_or(-1), owner.gid.value_or(-1)) != 0) {
      return Error::from_errno(std::string("give away the run directory ") + name, errno);
    }
  }
  if (::fchmod(made.get(), mode) != 0) {
    return Error::from_errno(std::string("open up the run directory ") + name, errno);
  }
  return made;
}

} // namespace

Result<RunDirectory> RunDirectory::make(const RunPlace& place, const Owner& owner) {
  const auto slash = place.directory.rfind('/');
  if (slash == std::string::npos || slash + 1 == place.directory.size()) {
    return Error{"a run directory must be an absolute path without a slash at its end: '" +
                     place.directory + "'",
                 EINVAL};
  }
  RunDirectory made;
  const std::string parent = slash == 0 ? "/" : place.directory.substr(0, slash);
  made.parent_.reset(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!made.parent_) {
    return Error::from_errno("open the place of run directories " + parent, errno);
  }
  const auto name = place.directory.substr(slash + 1);
  if (auto removed = remove_tree(made.parent_.get(), name); !removed) {
    return std::move(removed.error());
  }
  auto top = make_directory(made.parent_.get(), name.c_str(), 01777, {});
  if (!top) {
    return std::move(top.error());
  }
  made.name_ = name; // from here on there is something to remove
  made.top_ = std::move(*top);
  auto shared = make_directory(made.top_.get(), ".shm", 01777, {});
  if (!shared) {
    return std::move(shared.error());
  }
  auto work = make_directory(made.top_.get(), "run", 0755, owner);
  if (!work) {
    return std::move(work.error());
  }
  made.work_ = std::move(*work);
  made.owner_ = owner;
  return made;
}

RunDirectory::~RunDirectory() {
  if (!parent_ || name_.empty()) {
    return;
  }
  work_.reset();
  top_.reset();
  if (auto removed = remove_tree(parent_.get(), name_); !removed) {
    std::fprintf(stderr, "harness: %s\n", removed.error().message.c_str());
  }
}

} // namespace harness::workloads
