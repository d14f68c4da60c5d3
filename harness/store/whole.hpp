// Attempts that speak of all that was merged, not of one campaign's generator. Pure.
#pragma once

#include "harness/store/books.hpp"

#include <vector>

namespace harness::store {

/// In the order in which they were closed.
std::vector<const AttemptRecord*> whole_attempts(const Books& books);

/// True if nothing has been counted since the attempt was closed: its bound is that of the books.
bool speaks_of_all(const AttemptRecord& attempt, const Books& books);

} // namespace harness::store
