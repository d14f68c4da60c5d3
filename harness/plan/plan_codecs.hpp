// Codecs for values that only plans have: grammars, phases, file trees, file names. As in
// plan_values.hpp, no codec depends on the name of a key, except for keys inside such a value.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "harness/plan/plan_values.hpp"

namespace harness::plan {

/// Alternatives of a grammar: each a template, or {text: TEMPLATE, weight: N}. One alone needs no
/// list.
struct AlternativesCodec {
  static constexpr ValueType type{
      "list of templates",
      R"({"anyOf": [{"$ref": "#/$defs/template"}, {"type": "array", "items": {"$ref": "#/$defs/template"}}]})"};
  static Alternatives read(const YamlTree& value);
  static YamlTree write(const Alternatives& alternatives);
};

struct RulesCodec {
  static constexpr ValueType type{
      "map of lists of templates",
      R"({"type": "object", "additionalProperties": {"anyOf": [{"$ref": "#/$defs/template"}, {"type": "array", "items": {"$ref": "#/$defs/template"}}]}})"};
  static std::map<std::string, Alternatives> read(const YamlTree& value);
  static YamlTree write(const std::map<std::string, Alternatives>& rules);
};

/// Templates, and {group: NAME, of: [...]} for options of which at most one is drawn.
struct OptionsCodec {
  static constexpr ValueType type{
      "list of templates and groups",
      R"({"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/template"}, {"$ref": "#/$defs/group"}]}})"};
  static std::vector<OptionGroup> read(const YamlTree& value);
  static YamlTree write(const std::vector<OptionGroup>& groups);
};

/// Words; {file: PATH} stands for those of a dictionary file, and is read at once.
struct DictionaryCodec {
  static constexpr ValueType type{
      "list of text and files",
      R"({"type": ["array", "string"], "items": {"anyOf": [{"type": ["string", "number", "boolean"]}, {"type": "object", "properties": {"file": {"type": "string"}}, "required": ["file"], "additionalProperties": false}]}})"};
  static std::vector<std::string> read(const YamlTree& value);
  static YamlTree write(const std::vector<std::string>& words) {
    return TextListCodec::write(words);
  }
};

/// {min: N, max: N, of: [...]}, or the list alone: from none to four.
struct RepeatedCodec {
  static constexpr ValueType type{
      "repeated templates",
      R"({"anyOf": [{"$ref": "#/$defs/repeated"}, {"$ref": "#/$defs/template"}, {"type": "array", "items": {"$ref": "#/$defs/template"}}]})"};
  static Repeated read(const YamlTree& value);
  static YamlTree write(const Repeated& repeated);
};

/// `auto`, or a list of phases: `NAME: TRIGGER` each, the first may be a name alone.
struct PhasesCodec {
  static constexpr ValueType type{
      "list of phases",
      R"({"anyOf": [{"const": "auto"}, {"type": "array", "items": {"$ref": "#/$defs/phase"}}]})"};
  static std::vector<Phase> read(const YamlTree& value);
  static YamlTree write(const std::vector<Phase>& phases);
};

/// Node lines as in the text form of inputs: "file notes content hello mode 0600".
struct FileNodesCodec {
  static constexpr ValueType type{"list of file lines",
                                  R"({"type": "array", "items": {"type": "string"}})"};
  static std::vector<FileNode> read(const YamlTree& value);
  static YamlTree write(const std::vector<FileNode>& nodes);
};

/// A program: absolute, relative to the plan (with a slash), or a bare name that PATH knows. The
/// value keeps its place for the checks that follow (plan_check.cpp).
struct ProgramCodec {
  static constexpr ValueType type{"program", R"({"type": "string", "minLength": 1})"};
  static std::string read(const YamlTree& value);
  static YamlTree write(const std::string& path) { return YamlTree::string(path); }
};

/// A path; relative ones count from the plan's directory.
struct PathCodec {
  static constexpr ValueType type{"path", R"({"type": "string"})"};
  static std::string read(const YamlTree& value);
  static YamlTree write(const std::string& path) { return YamlTree::string(path); }
};

/// An image by the name that its engine knows, or `oci:PATH`, `oci-archive:PATH`,
/// `docker-archive:PATH`.
struct ImageCodec {
  static constexpr ValueType type{"image", R"({"type": "string", "minLength": 1})"};
  static std::string read(const YamlTree& value);
  static YamlTree write(const std::string& name) { return YamlTree::string(name); }
};

struct PathListCodec {
  static constexpr ValueType type{"list of paths", TextListCodec::type.schema};
  static std::vector<std::string> read(const YamlTree& value);
  static YamlTree write(const std::vector<std::string>& paths) {
    return TextListCodec::write(paths);
  }
};

/// A signal's name, "SIGTERM".
struct SignalCodec {
  static constexpr ValueType type{"signal", R"({"type": "string", "pattern": "^SIG[A-Z0-9+-]+$"})"};
  static std::string read(const YamlTree& value);
  static YamlTree write(const std::string& name) { return YamlTree::string(name); }
};

/// JSON Schema of what `$ref` names above, without the braces around all: "template": {...}, …
const char* shared_schemas();

/// `path` as seen from the directory of the file that `value` stands in.
std::string resolve_path(const YamlTree& value, const std::string& path);

} // namespace harness::plan
