// SPDX-License-Identifier: Apache-2.0
#include "harness/store/input_batch.hpp"

#include "core/base/sync.hpp"
#include "core/model/input.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::store {

namespace {

/// Like those of `replace_file`: WorkDir::lock() removes what a killed process left.
std::string temporary(const std::string& file) {
  return file + ".batch";
}

Result<> write_file(const std::string& path, std::string_view text) {
  auto fd = open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  return fd ? write_all(fd->get(), text) : Result<>(std::move(fd).error());
}

} // namespace

InputBatch::~InputBatch() {
  for (const auto& file : files_) {
    ::unlink(temporary(file).c_str());
  }
}

Result<> InputBatch::add(const std::string& file, std::string_view text) {
  if (WorkDir::exists(file) || files_.contains(file)) {
    return Done{};
  }
  files_.insert(file);
  auto written = write_file(temporary(file), text);
  return written ? std::move(written)
                 : explain_write_error(std::move(written).error(), directory_.path());
}

Result<> InputBatch::add_input(std::string_view text) {
  return add(directory_.corpus_file(input_hash(text)), text);
}

Result<> InputBatch::add_failure(std::string_view bucket, std::string_view text) {
  const std::string file = directory_.failure_file(bucket, input_hash(text));
  const std::string parent = std::filesystem::path(file).parent_path().string();
  if (::mkdir(parent.c_str(), 0777) != 0 && errno != EEXIST) {
    return explain_write_error(Error::from_errno("create " + parent, errno), directory_.path());
  }
  return add(file, text);
}

Result<> InputBatch::keep() {
  if (files_.empty()) {
    return Done{};
  }
  auto place = open_file(directory_.path(), O_RDONLY | O_DIRECTORY);
  if (!place) {
    return std::move(place).error();
  }
  if (::syncfs(place->get()) != 0) {
    return explain_write_error(Error::from_errno("write " + directory_.path(), errno),
                               directory_.path());
  }
  std::set<std::string> parents = {directory_.failures()}; // it may have got a new bucket
  while (!files_.empty()) {
    const std::string& file = *files_.begin();
    if (::rename(temporary(file).c_str(), file.c_str()) != 0) {
      return Error::from_errno("rename " + temporary(file), errno);
    }
    parents.insert(std::filesystem::path(file).parent_path().string());
    files_.erase(files_.begin());
  }
  for (const auto& parent : parents) {
    if (auto synced = sync_directory(parent); !synced) {
      return synced;
    }
  }
  return Done{};
}

} // namespace harness::store
