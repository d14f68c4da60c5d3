// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/plan_keys.hpp"

#include "core/base/text.hpp"
#include "harness/plan/plan_codecs.hpp"
#include "harness/plan/renamed_keys.hpp"

#include <array>
#include <fmt/format.h>

namespace harness::plan {

namespace {

struct KindWords {
  static constexpr const char* name = "command or server";
  static constexpr const char* schema = R"({"enum": ["command", "server"]})";
  static constexpr std::array table = {"command", "server"};
};
struct ProtocolWords {
  static constexpr const char* name = "none, lines, sql, resp or raw";
  static constexpr const char* schema = R"({"enum": ["none", "lines", "sql", "resp", "raw"]})";
  static constexpr std::array table = {"none", "lines", "sql", "resp", "raw"};
};
struct UntilWords {
  static constexpr const char* name = "converged, quiet or budget";
  static constexpr const char* schema = R"({"enum": ["converged", "quiet", "budget"]})";
  static constexpr std::array table = {"converged", "quiet", "budget"};
};
struct ModeWords {
  static constexpr const char* name = "count or discover";
  static constexpr const char* schema = R"({"enum": ["count", "discover"]})";
  static constexpr std::array table = {"count", "discover"};
};
struct ObserverWords {
  static constexpr const char* name = "auto, ptrace or kernel";
  static constexpr const char* schema = R"({"enum": ["auto", "ptrace", "kernel"]})";
  static constexpr std::array table = {"auto", "ptrace", "kernel"};
};

using Uid = IntegerCodec<std::uint32_t, 0, 0xfffffffe>;
using Positive32 = IntegerCodec<std::uint32_t, 1, 1'000'000>;
using Any64 = IntegerCodec<std::uint64_t>;
using Positive64 = IntegerCodec<std::uint64_t, 1, std::uint64_t{1} << 53>;
using Gate = OptionalCodec<Any64>;

constexpr std::array target_table = {
    key<&TargetPlan::executable, ProgramCodec>(
        "executable",
        "The program to explore. A bare name is looked up in `PATH`, a relative path "
        "is resolved from the plan's directory. `target: redis-server` is short for it."),
    key<&TargetPlan::arguments, TextListCodec>(
        "arguments", "Arguments before those of each input. `{port}`, `{socket}` and "
                     "`{configuration}` are replaced by values of the workload."),
    key<&TargetPlan::environment, TextMapCodec>(
        "environment",
        "The whole environment of the target; inputs change it. Nothing is inherited "
        "from your environment."),
    key<&TargetPlan::extra_paths, PathListCodec>(
        "extra_paths",
        "Further files and directories that the target may read, beyond `/usr`, `/etc`, "
        "`/opt` and itself."),
    key<&TargetPlan::root, PathCodec>(
        "root", "Explore inside this root file system (an unpacked image) instead of the host's."),
    key<&TargetPlan::image, ImageCodec>(
        "image", "Explore inside this image of the local store of podman or docker; also "
                 "`oci-archive:FILE`, `docker-archive:FILE`, `oci:DIRECTORY`."),
    key<&TargetPlan::uid, Uid>("uid", "User that the target runs as, inside of its sandbox."),
    key<&TargetPlan::gid, Uid>("gid", "Group that the target runs as."),
    key<&TargetPlan::capabilities, TextListCodec>(
        "capabilities", "Capabilities that a target with `uid: 0` keeps, `CAP_CHOWN` for example."),
};

constexpr std::array workload_table = {
    key<&WorkloadPlan::kind, EnumCodec<WorkloadPlan::Kind, KindWords>>(
        "kind", "A `command` ends by itself; a `server` serves clients and is then stopped."),
    key<&WorkloadPlan::protocol, EnumCodec<Protocol, ProtocolWords>>(
        "protocol", "How a script reaches the target: `lines` of text, `sql` statements, `resp` "
                    "(redis) commands, `raw` bytes."),
    key<&WorkloadPlan::port, IntegerCodec<std::uint16_t>>(
        "port", "TCP port of a server in the run's own network; `{port}` in arguments and "
                "configuration. 0: none."),
    key<&WorkloadPlan::unix_socket, TextCodec>(
        "unix_socket", "Unix socket of a server, below the run directory; `{socket}`."),
    key<&WorkloadPlan::stop_command, TextListCodec>(
        "stop_command",
        "Words sent to a server to stop it; without them, only the signal is sent."),
    key<&WorkloadPlan::stop_signal, SignalCodec>("stop_signal",
                                                 "Signal that asks a server to end."),
    key<&WorkloadPlan::ready_within, DurationCodec>(
        "ready_within",
        "After this time, clients connect even if the server does not wait for them."),
    key<&WorkloadPlan::stop_grace, DurationCodec>("stop_grace",
                                                  "Time from the request to stop until SIGKILL."),
    key<&WorkloadPlan::configuration_file, TextCodec>(
        "configuration_file", "File in the run directory that gets the configuration lines."),
    key<&WorkloadPlan::configuration_base, TextListCodec>("configuration_base",
                                                          "First lines of that file in every run."),
    key<&WorkloadPlan::files, FileNodesCodec>(
        "files", "Files put into every run directory, a line each, as inputs write them: "
                 "`file notes content hello mode 0600`."),
    key<&WorkloadPlan::sidecars, TextListMapCodec>(
        "sidecars", "Commands that an input may start beside the target, by name."),
};

constexpr std::array limit_table = {
    key<&RunLimits::wall, DurationCodec>("wall", "Wall-clock time of one run."),
    key<&RunLimits::output_bytes, SizeCodec>("output", "Standard output and error together."),
    key<&RunLimits::memory_bytes, SizeCodec>("memory",
                                             "Resident memory of all processes of a run."),
    key<&RunLimits::disk_bytes, SizeCodec>("disk",
                                           "Bytes that a run may write below its directory."),
    key<&RunLimits::processes, Positive32>("processes", "Processes and threads alive at a time."),
};

constexpr std::array grammar_table = {
    key<&Grammar::options, OptionsCodec>(
        "options", "Options of the command line. Of a `{group: NAME, of: [...]}` at most one is "
                   "drawn."),
    key<&Grammar::max_options, IntegerCodec<std::uint32_t, 0, 1000>>(
        "max_options", "Maximum number of options of one input."),
    key<&Grammar::operands, RepeatedCodec>("operands", "Arguments after the options."),
    key<&Grammar::environment, RepeatedCodec>(
        "environment", "Changes of the environment: `NAME=value`, or `NAME` to remove it."),
    key<&Grammar::configuration, RepeatedCodec>("configuration",
                                                "Lines of the configuration file."),
    key<&Grammar::script, RepeatedCodec>(
        "script", "Steps of the script; `command` unless a template begins with `@KIND`."),
    key<&Grammar::files, RepeatedCodec>("files", "Files in the run directory, a line each."),
    key<&Grammar::standard_input, RepeatedCodec>("standard_input",
                                                 "Pieces of standard input; they are joined."),
    key<&Grammar::rules, RulesCodec>("rules", "Alternatives for `{NAME}` in templates."),
    key<&Grammar::dictionary, DictionaryCodec>(
        "dictionary", "Words to try beyond those of the grammar; `{file: PATH}` for a file of "
                      "them, one a line or in AFL's form."),
    key<&Grammar::raw_mutation, BooleanCodec>(
        "raw_mutation", "Also change bytes of arguments and input at random."),
    key<&Grammar::dimensions, TextListCodec>(
        "dimensions", "What else varies: `streams`, `terminal`, `identity`, `limits`, `signals`, "
                      "`faults`, `file_tree`, `environment`, `sidecars`."),
    key<&Grammar::sidecars, TextListCodec>("sidecars",
                                           "Names of `workload.sidecars` that inputs may start."),
};

constexpr std::array explore_table = {
    key<&ExplorePlan::until, EnumCodec<Until, UntilWords>>(
        "until", "`converged`: the statistical rule. `quiet`: no phase has changed for "
                 "`quiet_runs`. `budget`: only `for`, `runs` or Ctrl-C."),
    key<&ExplorePlan::epsilon, NumberCodec<1, 500'000, 1'000'000>>(
        "epsilon", "Converged means: a fresh run shows something new with at most this "
                   "probability."),
    key<&ExplorePlan::confidence, NumberCodec<5000, 9999, 10'000>>(
        "confidence", "Confidence of the statement about `epsilon`."),
    key<&ExplorePlan::replicates, IntegerCodec<std::uint32_t, 1, 100>>(
        "replicates", "Independent campaigns that are compared."),
    key<&ExplorePlan::quiet_runs, Positive64>(
        "quiet_runs", "Runs without a change that `until: quiet` asks for."),
    key<&ExplorePlan::budget, OptionalCodec<DurationCodec>>("for", "Wall-clock budget; `--for`."),
    key<&ExplorePlan::runs, OptionalCodec<Positive64>>("runs", "Maximum number of runs; `--runs`."),
    key<&ExplorePlan::workers, IntegerCodec<std::uint32_t, 0, 1024>>(
        "workers", "Concurrent runs; 0: one per processor. `--workers`."),
    key<&ExplorePlan::seed, Any64>("seed", "Random seed; 0: random. `--seed`."),
    key<&ExplorePlan::mode, EnumCodec<Mode, ModeWords>>(
        "mode",
        "`count` counts every call; `discover` does not stop known calls of the last phase."),
    key<&ExplorePlan::observer, EnumCodec<ObserverChoice, ObserverWords>>(
        "observer", "How calls are observed: `kernel` counts them without stopping the target, "
                    "`ptrace` stops it at each; `auto` uses `kernel` where this machine can."),
    key<&ExplorePlan::fresh_share, NumberCodec<0, 1, 1>>(
        "fresh_share", "Share of inputs drawn from the grammar alone, not from earlier inputs."),
    key<&ExplorePlan::edges, BooleanCodec>("edges", "Call-to-call edges guide the search."),
    key<&ExplorePlan::arguments, BooleanCodec>("arguments", "Argument classes guide the search."),
    key<&ExplorePlan::errnos, BooleanCodec>("errnos", "Failures of calls guide the search."),
};

constexpr std::array gate_table = {
    key<&Gates::crashes, Gate>("crashes", "Tolerated crashes; more change the exit status."),
    key<&Gates::time_outs, Gate>("time_outs", "Tolerated time-outs."),
    key<&Gates::incomplete, Gate>("incomplete", "Tolerated incomplete runs."),
};

/// A section as the value of a top-level key.
template <typename Section, std::span<const Key<Section>> (*keys)(), typename Name>
struct SectionCodec {
  static constexpr ValueType type{"section", Name::schema};
  static Section read(const YamlTree& value) {
    Section section;
    read_section(value, keys(), Name::name, section);
    return section;
  }
  static YamlTree write(const Section& section) { return write_section(section, keys()); }
};

#define HARNESS_SECTION_NAME(NAME, SCHEMA)                                                         \
  struct NAME##_name {                                                                             \
    static constexpr const char* name = #NAME;                                                     \
    static constexpr const char* schema = SCHEMA;                                                  \
  }
HARNESS_SECTION_NAME(target, R"({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/target"}]})");
HARNESS_SECTION_NAME(workload, R"({"$ref": "#/$defs/workload"})");
HARNESS_SECTION_NAME(limits, R"({"$ref": "#/$defs/limits"})");
HARNESS_SECTION_NAME(grammar, R"({"$ref": "#/$defs/grammar"})");
HARNESS_SECTION_NAME(explore, R"({"$ref": "#/$defs/explore"})");
HARNESS_SECTION_NAME(gates, R"({"$ref": "#/$defs/gates"})");
#undef HARNESS_SECTION_NAME

/// `target: redis-server` gives only the program.
struct TargetCodec : SectionCodec<TargetPlan, target_keys, target_name> {
  static TargetPlan read(const YamlTree& value) {
    if (value.kind != YamlTree::Kind::scalar) {
      return SectionCodec::read(value);
    }
    TargetPlan target;
    target.executable = ProgramCodec::read(value);
    return target;
  }
  /// The directory that an image was unpacked to depends on the machine and is not written.
  static YamlTree write(TargetPlan target) {
    target.root = target.image.empty() ? target.root : "";
    return SectionCodec::write(target);
  }
};

constexpr std::array plan_table = {
    key<&CampaignPlan::name, TextCodec>(
        "name", "Name of the campaign; its directory is `NAME.campaign`. Default: the plan file's "
                "name."),
    key<&CampaignPlan::target, TargetCodec>("target", "The program and its environment."),
    key<&CampaignPlan::workload, SectionCodec<WorkloadPlan, workload_keys, workload_name>>(
        "workload", "The kind of the program."),
    key<&CampaignPlan::phases, PhasesCodec>(
        "phases",
        "Phases of the program's life, in order; each begins at its trigger, the first at "
        "launch. `auto` finds them."),
    key<&CampaignPlan::limits, SectionCodec<RunLimits, limit_keys, limits_name>>(
        "limits", "Limits of a run, which ends when it exceeds one of them."),
    key<&CampaignPlan::grammar, SectionCodec<Grammar, grammar_keys, grammar_name>>(
        "grammar", "What inputs look like."),
    key<&CampaignPlan::seeds, PathCodec>("seeds", "Directory of input files to begin with."),
    key<&CampaignPlan::explore, SectionCodec<ExplorePlan, explore_keys, explore_name>>(
        "explore", "How to search and when to stop."),
    key<&CampaignPlan::gates, SectionCodec<Gates, gate_keys, gates_name>>(
        "gates", "Failures that the exit status tolerates; without a number: any."),
};

} // namespace

std::span<const Key<TargetPlan>> target_keys() {
  return target_table;
}
std::span<const Key<WorkloadPlan>> workload_keys() {
  return workload_table;
}
std::span<const Key<RunLimits>> limit_keys() {
  return limit_table;
}
std::span<const Key<Grammar>> grammar_keys() {
  return grammar_table;
}
std::span<const Key<ExplorePlan>> explore_keys() {
  return explore_table;
}
std::span<const Key<Gates>> gate_keys() {
  return gate_table;
}
std::span<const Key<CampaignPlan>> plan_keys() {
  return plan_table;
}

void reject_key(const YamlTree::Entry& entry, const std::vector<std::string>& known,
                const char* section) {
  const std::string where = *section == '\0' ? "the plan" : fmt::format("`{}`", section);
  if (const auto now = renamed_key(entry.key)) {
    throw UserError(entry.where, fmt::format("the key {} was renamed", entry.key),
                    fmt::format("write {}", *now));
  }
  const auto near = nearest_word(entry.key, known);
  throw UserError(entry.where,
                  fmt::format("unknown key {1} in {0}", where, quote_if_needed(entry.key)),
                  near ? fmt::format("did you mean {}?", *near)
                       : fmt::format("possible keys: {}", fmt::join(known, ", ")));
}

} // namespace harness::plan
