// SPDX-License-Identifier: Apache-2.0
#include "harness/store/sqlite.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <sqlite3.h>

namespace harness::store {

std::int64_t Row::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Row::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string Row::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::bind_integer(int position, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), position, value);
}

void Statement::bind(int position, double value) {
  sqlite3_bind_double(statement_.get(), position, value);
}

void Statement::bind(int position, std::string_view value) {
  // Never a null pointer: that would bind NULL.
  const char* bytes = value.empty() ? "" : value.data();
  sqlite3_bind_text(statement_.get(), position, bytes, static_cast<int>(value.size()),
                    SQLITE_TRANSIENT);
}

Result<> Statement::step_all(const std::function<void(const Row&)>& use) {
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement_.get())) == SQLITE_ROW) {
    use(Row(statement_.get()));
  }
  Result<> outcome = Done{};
  if (code != SQLITE_DONE) {
    outcome = database_->failure(code);
  }
  sqlite3_reset(statement_.get());
  return outcome;
}

void Database::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access) {
  // A reader of a write-ahead log writes to its index, so it opens for writing too.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                    (access == Access::create ? SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE : 0);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(path, handle));
  if (code != SQLITE_OK) {
    return database->failure(code);
  }
  sqlite3_extended_result_codes(handle, 1);
  database->set_patience(std::chrono::seconds(10));
  return database;
}

void Database::set_patience(std::chrono::milliseconds patience) {
  sqlite3_busy_timeout(handle_.get(), static_cast<int>(patience.count()));
}

Result<> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    return failure(code);
  }
  return Done{};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    return failure(code);
  }
  return Statement(this, statement);
}

Result<std::int64_t> Database::number(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) {
    return std::move(statement).error();
  }
  std::int64_t value = 0;
  if (auto read = statement->each([&](const Row& row) { value = row.integer(0); }); !read) {
    return std::move(read).error();
  }
  return value;
}

Error Database::failure(int code) const {
  const std::string detail = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  switch (code & 0xff) {
  case SQLITE_FULL:
    return {fmt::format(
                "cannot write {}: no space left; free space on its file system and continue with "
                "--resume",
                path_),
            ENOSPC};
  case SQLITE_CORRUPT:
    return {
        fmt::format("{} is damaged ({}); the inputs in corpus/ are intact: start a new campaign "
                    "with them as seeds",
                    path_, detail),
        EIO};
  case SQLITE_NOTADB:
    return {path_ + " is not a campaign database", EINVAL};
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return {path_ + " is in use by another process", EBUSY};
  case SQLITE_READONLY:
  case SQLITE_PERM:
    return {fmt::format("cannot write {} ({})", path_, detail), EACCES};
  default:
    return {fmt::format("{}: {}", path_, detail), EIO};
  }
}

} // namespace harness::store
