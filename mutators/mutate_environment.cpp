// Environment: what the grammar says, and what programs and their C library look at.
// SPDX-License-Identifier: Apache-2.0
#include "mutators/mutation.hpp"

namespace harness::mutators {

namespace {

struct Variable {
  std::string_view name;
  std::array<std::string_view, 6> values; // empty ones at the end do count: set to nothing
};
constexpr Variable known_variables[] = {
    {"LANG", {"C", "C.UTF-8", "en_US.UTF-8", "tr_TR", "ja_JP.eucJP", "nonsense"}},
    {"LC_ALL", {"C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "../../etc", ""}},
    {"LANGUAGE", {"de", "fr:de", "xx", "", "C", "en"}},
    {"TZ", {"UTC", "Europe/Berlin", ":/etc/localtime", "EST5EDT", "XYZ-25", ""}},
    {"TERM", {"dumb", "xterm-256color", "vt100", "nonsense", "", "linux"}},
    {"COLUMNS", {"1", "0", "80", "-1", "99999999999", "x"}},
    {"LINES", {"1", "0", "24", "-1", "99999", ""}},
    {"HOME", {"/nonexistent", "/", ".", "", "/tmp", "/dev/null"}},
    {"PATH", {"/nonexistent", "", ".", "/usr/bin:/bin", "/", ":"}},
    {"TMPDIR", {"/nonexistent", ".", "/dev/null", "", "/proc", "/tmp"}},
    {"PAGER", {"cat", "true", "nonsense", "", "less", "false"}},
    {"EDITOR", {"true", "cat", "false", "", "nonsense", "ed"}},
    {"SHELL", {"/bin/sh", "/bin/false", "/nonexistent", "", "/bin/bash", "sh"}},
    {"USER", {"nobody", "root", "", "x", "nonsense", "0"}},
    {"POSIXLY_CORRECT", {"1", "", "0", "y", "1", "1"}},
    {"MALLOC_ARENA_MAX", {"1", "0", "64", "-1", "x", ""}},
    {"MALLOC_PERTURB_", {"1", "165", "0", "x", "", "255"}},
    {"GLIBC_TUNABLES",
     {"glibc.malloc.check=3", "glibc.malloc.tcache_count=0", "glibc.pthread.rseq=0",
      "glibc.malloc.hugetlb=1", "x=y", ""}},
    {"LD_BIND_NOW", {"1", "", "0", "1", "1", "1"}},
    {"LD_DEBUG", {"all", "libs", "help", "statistics", "files", "nonsense"}},
    {"LD_LIBRARY_PATH", {"/nonexistent", ".", "", "/usr/lib", ":", "/"}},
    {"LOCPATH", {"/nonexistent", ".", "/usr/lib/locale", "", "/", ":"}},
    {"NLSPATH", {"/nonexistent/%N", "%L", "", ".", "/%N", "x"}},
    {"LOCALDOMAIN", {"example.com", "", "local", "a b", "x", "."}},
    {"RES_OPTIONS", {"timeout:1", "use-vc", "inet6", "debug", "attempts:1", ""}},
    {"HOSTALIASES", {"hosts", "/nonexistent", "", ".", "/dev/null", "x"}},
};

void set(Input& input, std::string name, std::optional<std::string> value) {
  for (auto& change : input.environment) {
    if (change.name == name) {
      change.value = std::move(value);
      return;
    }
  }
  input.environment.push_back({std::move(name), std::move(value)});
}

/// A name that matters here: of a known variable, of the input, or of a string of the target that
/// looks like one.
std::string draw_name(const Input& input, const Context& context) {
  if (!input.environment.empty() && context.one_in(2)) {
    return context.pick(input.environment).name;
  }
  if (!context.dictionary.empty()) {
    const std::string& word = context.pick(context.dictionary.words());
    const bool like_a_name = word.size() > 1 && std::all_of(word.begin(), word.end(), [](char c) {
                               return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
                             });
    if (like_a_name) {
      return word;
    }
  }
  return std::string(context.pick(known_variables).name);
}

bool from_grammar(Input& input, const Context& context) {
  if (context.tables.environment.of.empty()) {
    return false;
  }
  auto expander = context.expander(input);
  const std::string text = expander.text(expander.choose(context.tables.environment.of));
  const auto equals = text.find('=');
  if (equals == std::string::npos) {
    set(input, text, std::nullopt);
  } else {
    set(input, text.substr(0, equals), text.substr(equals + 1));
  }
  return true;
}

bool known_value(Input& input, const Context& context) {
  if (!context.tables.is_typed(Dimension::environment)) {
    return false;
  }
  const Variable& variable = context.pick(known_variables);
  set(input, std::string(variable.name), std::string(context.pick(variable.values)));
  return true;
}

bool set_any_value(Input& input, const Context& context) {
  if (!context.tables.is_typed(Dimension::environment)) {
    return false;
  }
  set(input, draw_name(input, context), draw_string(context.dictionary, context.random));
  return true;
}

bool take_out(Input& input, const Context& context) {
  if (!context.tables.is_typed(Dimension::environment)) {
    return false;
  }
  set(input, draw_name(input, context), std::nullopt);
  return true;
}

bool huge_value(Input& input, const Context& context) {
  if (!context.tables.is_typed(Dimension::environment)) {
    return false;
  }
  set(input, draw_name(input, context),
      std::string(std::size_t{1} << context.random.between(8, 16), 'x'));
  return true;
}

bool erase_change(Input& input, const Context& context) {
  return erase_one(input.environment, context);
}

bool mutate_value_bytes(Input& input, const Context& context) {
  if (input.environment.empty()) {
    return false;
  }
  auto& change = context.random.pick(input.environment);
  if (!change.value) {
    return false;
  }
  *change.value = mutate_bytes(std::move(*change.value), context.dictionary, 65536, context.random);
  return true;
}

constexpr Mutation environment_table[] = {
    {"variable of the grammar", Dimension::environment, 2, from_grammar},
    {"known variable", Dimension::environment, 1.5, known_value},
    {"any value", Dimension::environment, 0.5, set_any_value},
    {"take a variable out", Dimension::environment, 0.5, take_out},
    {"huge value", Dimension::environment, 0.1, huge_value},
    {"erase change of a variable", Dimension::environment, 0.5, erase_change},
    {"change value bytes", Dimension::environment, 0.3, mutate_value_bytes, true},
};

} // namespace

std::span<const Mutation> environment_mutations() {
  return environment_table;
}

void draw_environment(Input& input, const Context& context) {
  const auto& repeated = context.tables.environment;
  if (!repeated.of.empty()) {
    const auto count = context.random.between(repeated.min, repeated.max);
    for (std::int64_t i = 0; i < count; ++i) {
      from_grammar(input, context);
    }
  }
  if (context.tables.is_typed(Dimension::environment) && context.one_in(3)) {
    for (std::uint64_t count = context.small_number(4); count > 0; --count) {
      (context.one_in(5) ? take_out : known_value)(input, context);
    }
  }
}

} // namespace harness::mutators
