// SPDX-License-Identifier: Apache-2.0
#include "tests/reports/schema.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

using nlohmann::json;

namespace harness::test {

namespace {

class Validator {
public:
  explicit Validator(const json& root) : root_(root) {}

  void check(const json& schema, const json& value, const std::string& at) {
    refuse_unknown(schema, at);
    if (schema.contains("$ref")) {
      const std::string ref = schema["$ref"];
      check(root_.at(json::json_pointer(ref.substr(1))), value, at);
    }
    if (schema.contains("type") && !is_any(schema["type"], value)) {
      complain(at, "is " + std::string(value.type_name()) + ", not " + schema["type"].dump());
      return;
    }
    if (schema.contains("const") && value != schema["const"]) {
      complain(at, "is not " + schema["const"].dump());
    }
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
      complain(at, value.dump() + " is none of " + schema["enum"].dump());
    }
    check_alternatives(schema, value, at);
    check_number(schema, value, at);
    if (value.is_string() && schema.contains("pattern") &&
        !std::regex_search(
            value.get<std::string>(),
            std::regex(schema["pattern"].get<std::string>(), std::regex::ECMAScript))) {
      complain(at, value.dump() + " does not match " + schema["pattern"].dump());
    }
    if (value.is_object()) {
      check_object(schema, value, at);
    }
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        check(schema["items"], value[i], at + "/" + std::to_string(i));
      }
    }
  }

  std::vector<std::string> errors;

private:
  void complain(const std::string& at, const std::string& what) {
    errors.push_back((at.empty() ? "/" : at) + ": " + what);
  }

  void refuse_unknown(const json& schema, const std::string& at) {
    static const std::set<std::string> known{"$schema",
                                             "$id",
                                             "$defs",
                                             "$ref",
                                             "title",
                                             "description",
                                             "type",
                                             "items",
                                             "const",
                                             "enum",
                                             "anyOf",
                                             "default",
                                             "examples",
                                             "properties",
                                             "minimum",
                                             "maximum",
                                             "required",
                                             "pattern",
                                             "additionalProperties"};
    if (!schema.is_object()) {
      complain(at, "its schema is no object");
      return;
    }
    for (const auto& [keyword, unused] : schema.items()) {
      if (!known.contains(keyword)) {
        complain(at, "the validator does not know the keyword " + keyword);
      }
    }
  }

  static bool is(const std::string& type, const json& value) {
    if (type == "number") {
      return value.is_number();
    }
    if (type == "integer") {
      return value.is_number_integer();
    }
    return type == value.type_name();
  }

  static bool is_any(const json& types, const json& value) {
    if (types.is_string()) {
      return is(types, value);
    }
    return std::any_of(types.begin(), types.end(),
                       [&](const json& type) { return is(type, value); });
  }

  void check_alternatives(const json& schema, const json& value, const std::string& at) {
    if (!schema.contains("anyOf")) {
      return;
    }
    for (const auto& alternative : schema["anyOf"]) {
      Validator inner(root_);
      inner.check(alternative, value, at);
      if (inner.errors.empty()) {
        return;
      }
    }
    complain(at, "fits none of the alternatives");
  }

  void check_number(const json& schema, const json& value, const std::string& at) {
    if (!value.is_number()) {
      return;
    }
    if (schema.contains("minimum") && value.get<double>() < schema["minimum"].get<double>()) {
      complain(at, "is below " + schema["minimum"].dump());
    }
    if (schema.contains("maximum") && value.get<double>() > schema["maximum"].get<double>()) {
      complain(at, "is above " + schema["maximum"].dump());
    }
  }

  void check_object(const json& schema, const json& value, const std::string& at) {
    const json none = json::object();
    const json& properties = schema.contains("properties") ? schema["properties"] : none;
    for (const auto& name : schema.value("required", json::array())) {
      if (!value.contains(name.get<std::string>())) {
        complain(at, "lacks " + name.dump());
      }
    }
    for (const auto& [name, member] : value.items()) {
      const std::string place = at + "/" + name;
      if (properties.contains(name)) {
        check(properties[name], member, place);
      } else if (schema.contains("additionalProperties")) {
        const json& rule = schema["additionalProperties"];
        if (rule.is_boolean()) {
          if (!rule.get<bool>()) {
            complain(place, "is not in the schema");
          }
        } else {
          check(rule, member, place);
        }
      }
    }
  }

  const json& root_;
};

} // namespace

std::vector<std::string> schema_errors(const json& schema, const json& value) {
  Validator validator(schema);
  validator.check(schema, value, "");
  return validator.errors;
}

} // namespace harness::test

TEST_CASE("the validator refuses what a schema forbids") {
  const json schema = json::parse(R"({"type": "object", "required": ["a"],
    "additionalProperties": false, "properties": {
      "a": {"type": ["integer", "null"], "minimum": 1}, "b": {"items": {"$ref": "#/$defs/word"}}},
    "$defs": {"word": {"type": "string", "pattern": "^[a-z]+$"}}})");
  const auto wrong = [&](const char* text) {
    return harness::test::schema_errors(schema, json::parse(text)).size();
  };
  CHECK(wrong(R"({"a": 1, "b": ["x"]})") == 0);
  CHECK(wrong(R"({"a": null})") == 0);
  CHECK(wrong(R"({})") == 1);
  CHECK(wrong(R"({"a": 0})") == 1);
  CHECK(wrong(R"({"a": 1.5})") == 1);
  CHECK(wrong(R"({"a": 1, "c": 1})") == 1);
  CHECK(wrong(R"({"a": 1, "b": ["X", 3]})") == 2);
  CHECK(harness::test::schema_errors(json::parse(R"({"oneOf": []})"), json(1)).size() == 1);
}
