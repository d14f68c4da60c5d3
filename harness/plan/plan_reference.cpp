// The reference of all plan keys in Markdown and the JSON Schema for editors, from the key tables.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan.hpp"
#include "harness/plan/plan_codecs.hpp"
#include "harness/plan/plan_keys.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace harness::plan {

namespace {

using Json = nlohmann::ordered_json;

/// A default on one line: `10s`, or a dash where there is none.
std::string default_text(const YamlTree& value) {
  if (says_nothing(value) || value.kind == YamlTree::Kind::map ||
      value.kind == YamlTree::Kind::list) {
    return "–";
  }
  std::string text = write_yaml(value);
  text.pop_back(); // the line end
  return fmt::format("`{}`", text);
}

template <typename Section>
std::string table(const char* heading, std::span<const Key<Section>> keys) {
  std::string text =
      fmt::format("\n### {}\n\n| key | type | default | meaning |\n|---|---|---|---|\n", heading);
  const Section defaults{};
  for (const auto& key : keys) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.type.name,
                        default_text(key.write(defaults)), key.doc);
  }
  return text;
}

template <typename Section> Json section_schema(std::span<const Key<Section>> keys) {
  Json properties = Json::object();
  for (const auto& key : keys) {
    Json property = Json::parse(key.type.schema);
    property["description"] = key.doc;
    properties[key.name] = property;
  }
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
}

} // namespace

std::string plan_reference() {
  return table("The top level", plan_keys()) + table("target", target_keys()) +
         table("workload", workload_keys()) + table("limits", limit_keys()) +
         table("grammar", grammar_keys()) + table("explore", explore_keys()) +
         table("gates", gate_keys());
}

std::string plan_schema() {
  Json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "harness plan"},
      {"description", "What to explore, and when to stop; docs/user/plan.md explains it."}};
  schema.update(section_schema(plan_keys()));
  schema["required"] = {"target"};
  Json definitions = Json::parse(shared_schemas());
  definitions["target"] = section_schema(target_keys());
  definitions["workload"] = section_schema(workload_keys());
  definitions["limits"] = section_schema(limit_keys());
  definitions["grammar"] = section_schema(grammar_keys());
  definitions["explore"] = section_schema(explore_keys());
  definitions["gates"] = section_schema(gate_keys());
  schema["$defs"] = definitions;
  return schema.dump(2) + "\n";
}

const char* shared_schemas() {
  return R"({
    "template": {"anyOf": [
      {"type": ["string", "number", "boolean"]},
      {"type": "object", "required": ["text"], "additionalProperties": false,
       "properties": {"text": {"type": ["string", "number", "boolean"]},
                      "weight": {"type": "number", "minimum": 0}}}]},
    "group": {"type": "object", "required": ["group", "of"], "additionalProperties": false,
      "properties": {"group": {"type": "string"},
                     "of": {"anyOf": [{"$ref": "#/$defs/template"},
                                      {"type": "array", "items": {"$ref": "#/$defs/template"}}]}}},
    "repeated": {"type": "object", "required": ["of"], "additionalProperties": false,
      "properties": {"min": {"type": "integer", "minimum": 0},
                     "max": {"type": "integer", "minimum": 0},
                     "of": {"anyOf": [{"$ref": "#/$defs/template"},
                                      {"type": "array", "items": {"$ref": "#/$defs/template"}}]}}},
    "phase": {"anyOf": [
      {"type": "string"},
      {"type": "object", "minProperties": 1}]}
  })";
}

} // namespace harness::plan
