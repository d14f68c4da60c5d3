// Reads a filter program as a table: the meaning of raw BPF and of the C array. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/bpf/filter_spec.hpp"
#include "core/model/filter_program.hpp"

namespace harness::policy {

/// The table that `filter` implements, found by running it for all numbers at once. Calls whose
/// verdict follows from their arguments are listed with the verdict that lets them run, if one
/// does. Error: the kernel would refuse the filter, or it can't be followed.
Result<bpf::FilterSpec> spec_of_filter(const FilterProgram& filter);

} // namespace harness::policy
