// RunDirectory: the fresh directory of one run. The target sees it as /tmp, has the working
// directory `run` in it, and `.shm` as /dev/shm. The destructor removes everything on disk.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "core/base/result.hpp"
#include "workloads/file_tree.hpp"
#include "workloads/workload.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace harness::workloads {

/// Who the target will be; none: as we are.
struct Owner {
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
};

class RunDirectory {
public:
  /// Removes what is left of an earlier run at that place first.
  static Result<RunDirectory> make(const RunPlace& place, const Owner& owner);

  RunDirectory(RunDirectory&&) noexcept = default;
  RunDirectory& operator=(RunDirectory&&) noexcept = default;
  ~RunDirectory();

  /// `DIRECTORY` and `DIRECTORY/run`, open for reading.
  int top() const { return top_.get(); }
  int work() const { return work_.get(); }
  const Owner& owner() const { return owner_; }

private:
  RunDirectory() = default;

  Fd parent_;
  std::string name_;
  Fd top_;
  Fd work_;
  Owner owner_;
};

} // namespace harness::workloads
