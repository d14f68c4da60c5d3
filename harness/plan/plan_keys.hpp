// The keys of a plan as data: name, type, meaning, how to read and write them. The loader, the
// frozen form, docs/user/plan.md and docs/plan.schema.json are all made from these tables, so that
// they always agree.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "harness/plan/plan_values.hpp"

#include <span>

namespace harness::plan {

/// A key of the section that `Section` holds.
template <typename Section> struct Key {
  const char* name;
  const char* doc; // a sentence or two, Markdown
  ValueType type;
  void (*read)(const YamlTree& value, Section& into);
  YamlTree (*write)(const Section& from); // null: leave the key out
};

template <typename Member> struct MemberOf;
template <typename Section, typename Value> struct MemberOf<Value Section::*> {
  using section = Section;
};

/// The key `name` for the data member `member`, through `Codec`.
template <auto member, typename Codec>
constexpr Key<typename MemberOf<decltype(member)>::section> key(const char* name, const char* doc) {
  using Section = typename MemberOf<decltype(member)>::section;
  return {name, doc, Codec::type,
          [](const YamlTree& value, Section& into) { into.*member = Codec::read(value); },
          [](const Section& from) { return Codec::write(from.*member); }};
}

std::span<const Key<TargetPlan>> target_keys();
std::span<const Key<WorkloadPlan>> workload_keys();
std::span<const Key<RunLimits>> limit_keys();
std::span<const Key<Grammar>> grammar_keys();
std::span<const Key<ExplorePlan>> explore_keys();
std::span<const Key<Gates>> gate_keys();
std::span<const Key<CampaignPlan>> plan_keys(); // the top level; sections included

[[noreturn]] void reject_key(const YamlTree::Entry& entry, const std::vector<std::string>& known,
                             const char* section);

/// Reads the map `value` through `keys`; unknown keys are a UserError with the nearest known one.
template <typename Section>
void read_section(const YamlTree& value, std::span<const Key<Section>> keys, const char* name,
                  Section& into) {
  for (const auto& entry :
       entries_of(value, "a map of keys", "key: value, one per line, indented")) {
    const Key<Section>* found = nullptr;
    for (const auto& key : keys) {
      if (entry.key == key.name) {
        found = &key;
      }
    }
    if (found == nullptr) {
      std::vector<std::string> known;
      for (const auto& key : keys) {
        known.emplace_back(key.name);
      }
      reject_key(entry, known, name);
    }
    found->read(entry.value, into);
  }
}

/// True for an empty list, map or text, and for a value that is not there.
inline bool says_nothing(const YamlTree& value) {
  return value.kind == YamlTree::Kind::null ||
         (value.kind == YamlTree::Kind::list && value.items.empty()) ||
         (value.kind == YamlTree::Kind::map && value.entries.empty()) ||
         (value.kind == YamlTree::Kind::scalar && !value.plain && value.text.empty());
}

/// Every key with a value, including defaults, so that a frozen plan keeps its meaning when a
/// default changes. An empty value is omitted if it is the default.
template <typename Section>
YamlTree write_section(const Section& from, std::span<const Key<Section>> keys) {
  static const Section defaults{};
  YamlTree tree = YamlTree::map();
  for (const auto& key : keys) {
    YamlTree value = key.write(from);
    if (!says_nothing(value) || !says_nothing(key.write(defaults))) {
      tree.entries.push_back({key.name, std::move(value), {}});
    }
  }
  return tree;
}

} // namespace harness::plan
