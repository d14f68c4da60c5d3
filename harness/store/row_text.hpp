// The text form of compound values in one column of the database: words and lines that a person can
// read with the sqlite3 shell, and that preserve every byte. Pure. Included only by state_db*.cpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/profile.hpp"
#include "core/stats/convergence.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace harness::store {

std::string words_text(const std::vector<std::string>& words);
std::vector<std::string> parse_words(std::string_view text);

std::string backtrace_text(const std::vector<CodeLocation>& backtrace);
std::vector<CodeLocation> parse_backtrace(std::string_view text);

std::string pairs_text(const std::set<PairKey>& pairs);
std::set<PairKey> parse_pairs(std::string_view text);

std::string counts_text(const std::map<std::string, std::uint64_t>& counts);
std::map<std::string, std::uint64_t> parse_counts(std::string_view text);

std::string tallies_text(const std::vector<stats::PhaseTally>& tallies);
std::vector<stats::PhaseTally> parse_tallies(std::string_view text);

std::string numbers_text(const std::vector<std::int64_t>& numbers);
std::vector<std::int64_t> parse_numbers(std::string_view text);

} // namespace harness::store
