// WorkDir: a campaign directory. The only class that depends on the names of the files in it.
// Independent of the content of the database.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "core/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace harness::store {

class WorkDir {
public:
  /// A new directory `path` (parents must exist). Fails if the path exists.
  static Result<WorkDir> create(const std::string& path);
  /// An existing campaign directory; otherwise the error contains what is missing.
  static Result<WorkDir> open(const std::string& path);
  /// True if `path` exists, whatever it is.
  static bool exists(const std::string& path);

  /// Locks the directory for writing until the WorkDir is destroyed. Fails if another process has
  /// the lock. Removes temporary files of a killed process.
  Result<> lock();
  /// True if some process, this one included, has the lock now.
  bool in_use() const;

  const std::string& path() const { return path_; }
  std::string plan() const { return path_ + "/plan.yaml"; }
  std::string environment() const { return path_ + "/environment.json"; }
  std::string database() const { return path_ + "/state.db"; }
  std::string corpus() const { return path_ + "/corpus"; }
  std::string corpus_file(std::string_view hash) const;
  std::string failures() const { return path_ + "/failures"; }
  std::string failure_file(std::string_view bucket, std::string_view hash) const;
  std::string report_json() const { return path_ + "/report.json"; }
  std::string report_html() const { return path_ + "/report.html"; }
  std::string report_md() const { return path_ + "/report.md"; }
  std::string junit() const { return path_ + "/junit.xml"; }
  std::string progress() const { return path_ + "/progress.csv"; }
  std::string policies() const { return path_ + "/policy"; }
  std::string policy_file(std::string_view name) const;

  /// Writes a file of this directory atomically and durably; creates its directory if necessary.
  Result<> write(const std::string& file, std::string_view bytes) const;

  /// Writes corpus/<hash of text> unless it exists; durable when this returns. Returns the hash.
  Result<std::string> keep_input(std::string_view text) const;
  /// The same for failures/<bucket>/<hash>.
  Result<std::string> keep_failure(std::string_view bucket, std::string_view text) const;
  /// The text of a saved input, from corpus/ or failures/; an error if it is damaged.
  Result<std::string> input(std::string_view hash) const;
  /// Hashes of all inputs in corpus/, sorted.
  Result<std::vector<std::string>> inputs() const;
  /// Hashes of the inputs of a failure bucket, sorted; none if there is no such bucket.
  std::vector<std::string> failure_inputs(std::string_view bucket) const;

private:
  explicit WorkDir(std::string path) : path_(std::move(path)) {}
  Result<std::string> keep(const std::string& directory, std::string_view text) const;

  std::string path_;
  Fd lock_;
};

/// Why writing failed, with what to do about it where that is known (a full disk).
Error explain_write_error(Error error, const std::string& directory);

} // namespace harness::store
