// `harness patch`: writes an ELF file that carries its own policy, inspects one, or removes the
// policy again.
// SPDX-License-Identifier: Apache-2.0
#include "patch/patch.hpp"

#include "core/base/fd.hpp"
#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/base/text_block.hpp"
#include "core/base/user_error.hpp"
#include "core/bpf/build.hpp"
#include "core/model/digest.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "patch/embedded.h"
#include "policy/audit.hpp"
#include "policy/policy_json.hpp"
#include "policy/reexec.hpp"

#include <algorithm>
#include <array>
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace harness::cli {

namespace {

struct PatchOptions {
  std::string program;
  std::string policy;
  std::string output;
  patch::At at = patch::At::init;
  bool override_possible = true;
  bool allow_setuid = false;
  bool inspect = false;
  bool remove = false;
};

/// Throws the failure as an error in `file` that the user can fix.
[[noreturn]] void refuse(const std::string& file, const Error& error) {
  throw UserError({file, 0, 0}, error.message, "");
}

std::string read_whole(const std::string& path) {
  auto content = read_file(path);
  if (!content) {
    throw UserError({}, content.error().message, "name a file that can be read");
  }
  return *std::move(content);
}

/// A program file: its path without symbolic links, its content and its attributes.
struct ProgramFile {
  std::string path;
  std::string bytes;
  struct stat status {};
};

ProgramFile read_program(const std::string& path) {
  ProgramFile program;
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  program.path = real ? real.get() : path;
  program.bytes = read_whole(program.path);
  if (::stat(program.path.c_str(), &program.status) != 0 || !S_ISREG(program.status.st_mode)) {
    throw UserError({}, fmt::format("{} is not a regular file", printable(path)),
                    "name an executable file");
  }
  return program;
}

void check_privileges(const ProgramFile& program, bool accepted) {
  const bool by_mode = (program.status.st_mode & (S_ISUID | S_ISGID)) != 0;
  const bool by_attribute = ::getxattr(program.path.c_str(), "security.capability", nullptr, 0) > 0;
  if ((by_mode || by_attribute) && !accepted) {
    throw UserError(
        {},
        fmt::format("{} gains privileges when it starts (set-uid, set-gid or file capabilities)",
                    printable(program.path)),
        "a refused call at the wrong moment can make a privileged program exploitable; add "
        "--allow-setuid to patch it anyway (the copy is not privileged)");
  }
}

/// The output is written atomically, and never over the program itself.
void write_program(const PatchOptions& options, const ProgramFile& program,
                   const std::string& bytes) {
  struct stat there {};
  if (::stat(options.output.c_str(), &there) == 0 && there.st_dev == program.status.st_dev &&
      there.st_ino == program.status.st_ino) {
    throw UserError({}, fmt::format("-o {} is the program itself", printable(options.output)),
                    "write to another file; the original is never changed");
  }
  if (auto written = replace_file(options.output, bytes); !written) {
    throw UserError({}, written.error().message, "name a file that can be written with -o");
  }
  ::chmod(options.output.c_str(), program.status.st_mode & 0777);
}

FilterProgram build_filter(const Policy& policy, std::size_t phase) {
  auto filter = bpf::build(policy, phase);
  if (!filter) {
    throw UserError({}, filter.error().message, "");
  }
  return *std::move(filter);
}

int make_patched(const PatchOptions& options) {
  const ProgramFile program = read_program(options.program);
  auto policy = policy::read_policy_json(read_whole(options.policy));
  if (!policy) {
    refuse(options.policy, policy.error());
  }
  if (policy->native != AuditArch::x86_64) {
    throw UserError({options.policy, 0, 0}, "the policy is for another architecture",
                    "use a policy of a campaign on x86-64");
  }
  if (policy->target_hash != sha256_hex(program.bytes)) {
    throw UserError(
        {options.policy, 0, 0},
        fmt::format("the policy was made for another file than {}: its phases begin at addresses "
                    "of that file",
                    printable(program.path)),
        fmt::format("explore this program, or patch {}", printable(policy->executable)));
  }
  check_privileges(program, options.allow_setuid);
  *policy = policy::with_reexec(*std::move(policy));
  patch::PatchRequest request{.program = program.bytes,
                              .phases = {},
                              .at = options.at,
                              .policy = policy::write_policy_json(*policy)};
  const Policy audit = policy::audit(*policy);
  for (std::size_t i = 0; i < policy->phases.size(); ++i) {
    request.phases.push_back(
        {policy->phases[i].name, policy->phases[i].trigger, build_filter(*policy, i),
         options.override_possible ? build_filter(audit, i) : FilterProgram{}});
  }
  const auto patched = patch::patch_program(request);
  if (!patched) {
    refuse(program.path, patched.error());
  }
  write_program(options, program, *patched);
  return exit_good;
}

int inspect(const PatchOptions& options) {
  const ProgramFile program = read_program(options.program);
  const auto record = patch::read_record(program.bytes);
  if (!record) {
    refuse(program.path, record.error());
  }
  if (!record->has_value()) {
    throw UserError({}, fmt::format("{} carries no policy", printable(program.path)),
                    "name an output of harness patch");
  }
  const patch::PatchRecord& patched = **record;
  fmt::print("{}\n  original   {} bytes, sha256 {}\n  log-only   {}\n", printable(program.path),
             with_commas(patched.original_bytes), patched.original_hash,
             patched.override_possible ? EMBEDDED_AUDIT_VARIABLE "=log in the environment"
                                       : "not possible (--no-override)");
  const auto policy = policy::read_policy_json(patched.policy);
  for (std::size_t i = 0; i < patched.points.size(); ++i) {
    const auto& point = patched.points[i];
    fmt::print("  phase {:<12} from {} at {:#x}\n", printable(point.phase),
               printable(point.trigger), point.address);
    if (policy && i < policy->phases.size()) {
      fmt::print("    {} calls allowed\n", policy->phases[i].allowed().size());
    }
  }
  fmt::print("\n{}\n", printable_lines(tame_json(patched.policy)));
  return exit_good;
}

int remove_policy(const PatchOptions& options) {
  const ProgramFile program = read_program(options.program);
  const auto original = patch::restore_original(program.bytes);
  if (!original) {
    refuse(program.path, original.error());
  }
  write_program(options, program, *original);
  return exit_good;
}

void require(bool given, std::string_view what, std::string_view remedy) {
  if (!given) {
    throw UserError({}, fmt::format("patch: {}", what), std::string(remedy));
  }
}

int run_patch(const PatchOptions& options) {
  require(!(options.inspect && options.remove), "--inspect and --remove exclude each other",
          "write one of them");
  if (options.inspect) {
    require(options.policy.empty() && options.output.empty(),
            "--inspect takes neither a policy nor an output",
            "write harness patch --inspect PROGRAM");
    return inspect(options);
  }
  require(!options.output.empty(), "no output given", "add -o OUT");
  if (options.remove) {
    require(options.policy.empty(), "--remove takes no policy",
            "write harness patch --remove PROGRAM -o ORIGINAL");
    return remove_policy(options);
  }
  require(
      !options.policy.empty(), "no policy given",
      "write harness patch PROGRAM POLICY -o OUT; harness policy CAMPAIGN --format json makes one");
  return make_patched(options);
}

CommandAction define_patch(CLI::App& app) {
  const auto options = std::make_shared<PatchOptions>();
  app.add_option("program", options->program, "Program; with --inspect or --remove a patched one")
      ->required();
  app.add_option("policy", options->policy, "Policy file (harness policy --format json)");
  add_output(app, options->output, "Write the patched program to FILE");
  const std::map<std::string, patch::At> places = {
      {"load", patch::At::load}, {"init", patch::At::init}, {"main", patch::At::main}};
  app.add_option("--at", options->at,
                 "Install the first filter at load (the first instruction of a static program), "
                 "init (after "
                 "the dynamic loader) or main (default: init)")
      ->transform(CLI::CheckedTransformer(places, CLI::ignore_case).description(""));
  app.add_flag("!--no-override", options->override_possible,
               "Disable the log-only mode (" EMBEDDED_AUDIT_VARIABLE "=log)");
  app.add_flag("--allow-setuid", options->allow_setuid,
               "Also patch a set-uid program; the copy is not set-uid");
  app.add_flag("--inspect", options->inspect,
               "Show the policy that a program carries, and its location");
  app.add_flag("--remove", options->remove, "Write the original again, byte for byte");
  return [options](const Invocation&) { return run_patch(*options); };
}

} // namespace

extern const Command patch_command;
const Command patch_command = {
    .name = "patch",
    .summary = "Write a copy of a program that carries its own policy",
    .examples = "  harness patch /usr/bin/redis-server redis.json -o redis-server\n"
                "  harness patch --inspect redis-server\n"
                "  harness patch --remove redis-server -o original\n",
    .define = define_patch,
    .group = Group::policy,
};

} // namespace harness::cli
