// SPDX-License-Identifier: Apache-2.0
#include "harness/store/work_dir.hpp"

#include "core/base/sync.hpp"
#include "core/model/input.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace harness::store {

namespace fs = std::filesystem;

namespace {

bool is_input_hash(std::string_view name) {
  return name.size() == 16 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::vector<std::string> hashes_in(const std::string& directory, std::error_code& error) {
  std::vector<std::string> hashes;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (is_input_hash(name)) {
      hashes.push_back(std::move(name));
    }
  }
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

Result<> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
    return Error::from_errno("create " + path, errno);
  }
  return Done{};
}

/// Files that a killed process was still writing: their name is that of an input and a suffix.
void remove_temporaries(const std::string& directory) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (name.size() > 17 && name[16] == '.' &&
        is_input_hash(std::string_view(name).substr(0, 16))) {
      fs::remove(it->path(), ignored);
    }
  }
}

} // namespace

Error explain_write_error(Error error, const std::string& directory) {
  if (error.code == ENOSPC || error.code == EDQUOT) {
    error.message +=
        fmt::format("; free space on the file system of {} and continue with --resume", directory);
  }
  return error;
}

Result<WorkDir> WorkDir::create(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) != 0) {
    return Error::from_errno("create " + path, errno);
  }
  WorkDir directory(path);
  for (const auto& part : {directory.corpus(), directory.failures(), directory.policies()}) {
    if (auto made = make_directory(part); !made) {
      return explain_write_error(std::move(made).error(), path);
    }
  }
  if (auto synced = sync_directory(path); !synced) {
    return explain_write_error(std::move(synced).error(), path);
  }
  return directory;
}

Result<WorkDir> WorkDir::open(const std::string& path) {
  WorkDir directory(path);
  struct ::stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return Error::from_errno("open campaign " + path, errno);
  }
  if (!S_ISDIR(info.st_mode)) {
    return Error{path + " is not a campaign directory but a file", ENOTDIR};
  }
  if (!exists(directory.database()) || !exists(directory.corpus())) {
    return Error{fmt::format("{} is not a campaign directory: it has no {}", path,
                             exists(directory.database()) ? "corpus/" : "state.db"),
                 ENOENT};
  }
  return directory;
}

bool WorkDir::exists(const std::string& path) {
  struct ::stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

Result<> WorkDir::lock() {
  auto fd = open_file(path_, O_RDONLY | O_DIRECTORY);
  if (!fd) {
    return std::move(fd).error();
  }
  if (::flock(fd->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return Error{path_ + " is in use by another harness", EBUSY};
    }
    return Error::from_errno("lock " + path_, errno);
  }
  lock_ = std::move(*fd);
  remove_temporaries(corpus());
  remove_temporaries(failures());
  return Done{};
}

bool WorkDir::in_use() const {
  const auto fd = open_file(path_, O_RDONLY | O_DIRECTORY);
  return fd && ::flock(fd->get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::string WorkDir::corpus_file(std::string_view hash) const {
  return fmt::format("{}/{}", corpus(), hash);
}

std::string WorkDir::failure_file(std::string_view bucket, std::string_view hash) const {
  return fmt::format("{}/{}/{}", failures(), bucket, hash);
}

std::string WorkDir::policy_file(std::string_view name) const {
  return fmt::format("{}/{}", policies(), name);
}

Result<> WorkDir::write(const std::string& file, std::string_view bytes) const {
  if (auto made = make_directory(fs::path(file).parent_path().string()); !made) {
    return explain_write_error(std::move(made).error(), path_);
  }
  auto written = replace_file(file, bytes);
  return written ? std::move(written) : explain_write_error(std::move(written).error(), path_);
}

Result<std::string> WorkDir::keep(const std::string& directory, std::string_view text) const {
  std::string hash = input_hash(text);
  const std::string file = directory + "/" + hash;
  if (exists(file)) {
    return hash; // it was durable before it had its name
  }
  const bool fresh = !exists(directory);
  if (auto written = write(file, text); !written) {
    return std::move(written).error();
  }
  if (fresh) {
    if (auto synced = sync_directory(fs::path(directory).parent_path().string()); !synced) {
      return std::move(synced).error();
    }
  }
  return hash;
}

Result<std::string> WorkDir::keep_input(std::string_view text) const {
  return keep(corpus(), text);
}

Result<std::string> WorkDir::keep_failure(std::string_view bucket, std::string_view text) const {
  return keep(fmt::format("{}/{}", failures(), bucket), text);
}

Result<std::string> WorkDir::input(std::string_view hash) const {
  if (!is_input_hash(hash)) {
    return Error{
        fmt::format("'{}' is not the name of an input, which has 16 hexadecimal digits", hash),
        EINVAL};
  }
  std::vector<std::string> places = {corpus_file(hash)};
  std::error_code error;
  for (fs::directory_iterator it(failures(), error), end; !error && it != end;
       it.increment(error)) {
    places.push_back((it->path() / std::string(hash)).string());
  }
  for (const auto& place : places) {
    if (!exists(place)) {
      continue;
    }
    auto text = read_file(place, max_input_bytes + 1);
    if (text && input_hash(*text) != hash) {
      return Error{place + " is damaged: its content does not match its name"};
    }
    return text;
  }
  return Error{fmt::format("{} has no input {}", path_, hash), ENOENT};
}

Result<std::vector<std::string>> WorkDir::inputs() const {
  std::error_code error;
  auto hashes = hashes_in(corpus(), error);
  if (error) {
    return Error::from_errno("list " + corpus(), error.value());
  }
  return hashes;
}

std::vector<std::string> WorkDir::failure_inputs(std::string_view bucket) const {
  std::error_code ignored;
  return hashes_in(fmt::format("{}/{}", failures(), bucket), ignored);
}

} // namespace harness::store
