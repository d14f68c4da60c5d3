// InputBatch: writes many inputs to a campaign directory at once. The batch waits for the disk once
// instead of twice per input, but still names each input only once its text is on disk.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/work_dir.hpp"

#include <set>
#include <string>
#include <string_view>

namespace harness::store {

class InputBatch {
public:
  /// For `directory`, which must be locked and outlive the batch.
  explicit InputBatch(const WorkDir& directory) : directory_(directory) {}
  ~InputBatch(); // what was not kept is removed
  InputBatch(const InputBatch&) = delete;
  InputBatch& operator=(const InputBatch&) = delete;

  /// For corpus/, and for failures/<bucket>/. One that is there already is left alone.
  Result<> add_input(std::string_view text);
  Result<> add_failure(std::string_view bucket, std::string_view text);

  /// All of them have their names, durably, when it returns.
  Result<> keep();

private:
  Result<> add(const std::string& file, std::string_view text);

  const WorkDir& directory_;
  std::set<std::string> files_; // by the names that they are to have
};

} // namespace harness::store
