// Random books for property tests: few keys and values, so that two of them overlap and tie often.
#pragma once

#include "core/base/random.hpp"
#include "harness/store/books.hpp"

namespace harness::store::test {

Books random_books(Random& random);

} // namespace harness::store::test
