// A small validator for the part of JSON Schema that our schemas use: type, properties, required,
// anyOf, additionalProperties, items, enum, const, minimum, maximum, pattern, $ref into $defs. A
// schema with any other keyword fails the test, so that no rule is passed over in silence.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace harness::test {

/// What is wrong, each with its place ("/phases/0/runs: …"); empty if the value is valid.
std::vector<std::string> schema_errors(const nlohmann::json& schema, const nlohmann::json& value);

} // namespace harness::test
