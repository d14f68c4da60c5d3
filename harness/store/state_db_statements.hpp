// The statements of a StateDb, each compiled on first use. Included only by state_db*.cpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/state_db.hpp"

#include <unordered_map>

namespace harness::store {

class StateDb::Statements {
public:
  explicit Statements(Database& database) : database_(database) {}

  /// `sql` must be a literal: its address is the key.
  template <typename... Values> Result<> run(const char* sql, const Values&... values) {
    return each(
        sql, [](const Row&) {}, values...);
  }
  template <typename Use, typename... Values>
  Result<> each(const char* sql, Use use, const Values&... values) {
    auto found = known_.find(sql);
    if (found == known_.end()) {
      auto statement = database_.prepare(sql);
      if (!statement) {
        return std::move(statement).error();
      }
      found = known_.emplace(sql, std::move(*statement)).first;
    }
    return found->second.each(use, values...);
  }

private:
  Database& database_;
  std::unordered_map<const char*, Statement> known_;
};

} // namespace harness::store
