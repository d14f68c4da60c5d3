// A thin layer over SQLite: owned handles, typed binding, and errors as Result with a remedy for
// the user. Independent of what is stored.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace harness::store {

class Database;

/// The row that a query stands on; valid in the callback alone. Columns count from 0.
class Row {
public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t integer(int column) const;
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  double real(int column) const;
  std::string text(int column) const;

private:
  sqlite3_stmt* statement_;
};

/// A statement that was compiled once and can be run many times.
class Statement {
public:
  /// Runs it with `values` for its ?, as a command without rows.
  template <typename... Values> Result<> run(const Values&... values) {
    return each([](const Row&) {}, values...);
  }
  /// Runs it and calls `use(row)` for each row.
  template <typename Use, typename... Values> Result<> each(Use use, const Values&... values) {
    int position = 0;
    (bind(++position, values), ...);
    return step_all([&](const Row& row) { use(row); });
  }

private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(Database* database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}
  template <typename Number>
  requires std::is_integral_v<Number>
  void bind(int position, Number value) {
    bind_integer(position, static_cast<std::int64_t>(value));
  }
  void bind(int position, double value);
  void bind(int position, std::string_view value);
  void bind_integer(int position, std::int64_t value);
  Result<> step_all(const std::function<void(const Row&)>& use);

  Database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// An open database file; not movable, statements point to it.
class Database {
public:
  enum class Access {
    create, // there must be no such file
    write,
    read, // beside a writer; the file must exist
  };
  static Result<std::unique_ptr<Database>> open(const std::string& path, Access access);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// One or more statements without parameters.
  Result<> execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);
  /// The number in the first column of the first row; 0 if there is none.
  Result<std::int64_t> number(std::string_view sql);

  void set_patience(std::chrono::milliseconds patience);

  const std::string& path() const { return path_; }
  /// The failure `code` of the last operation, in words for a user.
  Error failure(int code) const;

private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

} // namespace harness::store
