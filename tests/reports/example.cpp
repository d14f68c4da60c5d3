// SPDX-License-Identifier: Apache-2.0
#include "tests/reports/example.hpp"

#include "core/model/syscall_table.hpp"

#include <cmath>
#include <fmt/format.h>
#include <stdexcept>

namespace harness::test {

const std::string hostile = std::string("a\nb\r\t</script><img src=x onerror=alert(1)>|`*_[x](y)") +
                            "\x1b]0;title\x07\x1b[31m\"quo'te\\ &amp; \xff\xc3(\xe2\x80\xa8\xe2\x80"
                            "\xae\xc2\x9b" +
                            std::string("nul\0nul,;=1+1{{name}}%s", 24);

namespace {

struct Row {
  const char* phase;
  const char* call;
  std::uint64_t calls, runs, first_run;
};

/// Counts as a short campaign against redis-server shows them.
constexpr Row rows[] = {
    {"startup", "access", 18231, 18231, 1},
    {"startup", "arch_prctl", 18231, 18231, 1},
    {"startup", "bind", 54011, 18230, 1},
    {"startup", "brk", 91155, 18231, 1},
    {"startup", "clone3", 72920, 18230, 1},
    {"startup", "close", 201204, 18231, 1},
    {"startup", "epoll_create1", 18230, 18230, 1},
    {"startup", "execve", 18231, 18231, 1},
    {"startup", "exit_group", 911, 911, 14},
    {"startup", "fcntl", 72924, 18230, 1},
    {"startup", "futex", 41020, 17980, 1},
    {"startup", "getpid", 36462, 18231, 1},
    {"startup", "getrandom", 36462, 18231, 1},
    {"startup", "listen", 36460, 18230, 1},
    {"startup", "mmap", 620210, 18231, 1},
    {"startup", "mprotect", 200310, 18231, 1},
    {"startup", "openat", 310221, 18231, 1},
    {"startup", "pipe2", 18230, 18230, 1},
    {"startup", "prctl", 91150, 18230, 1},
    {"startup", "prlimit64", 36462, 18231, 1},
    {"startup", "read", 211021, 18231, 1},
    {"startup", "rt_sigaction", 145840, 18231, 1},
    {"startup", "rt_sigprocmask", 91150, 18231, 1},
    {"startup", "sched_getaffinity", 411, 411, 61},
    {"startup", "socket", 72920, 18230, 1},
    {"startup", "sysinfo", 18231, 18231, 1},
    {"startup", "umask", 18231, 18231, 1},
    {"startup", "write", 110231, 18231, 1},
    {"serving", "accept4", 36402, 18011, 1},
    {"serving", "close", 36402, 18011, 1},
    {"serving", "clock_nanosleep", 310, 290, 902},
    {"serving", "clone", 4021, 3980, 12},
    {"serving", "connect", 410, 402, 512},
    {"serving", "epoll_ctl", 72804, 18011, 1},
    {"serving", "epoll_wait", 401221, 18011, 1},
    {"serving", "execve", 3, 3, 11201},
    {"serving", "exit_group", 15020, 15020, 3},
    {"serving", "fadvise64", 1204, 1180, 12},
    {"serving", "fdatasync", 2210, 2100, 40},
    {"serving", "fsync", 1430, 1400, 12},
    {"serving", "futex", 61022, 17900, 1},
    {"serving", "getpid", 9210, 8800, 2},
    {"serving", "kill", 87, 80, 2210},
    {"serving", "madvise", 2020, 1990, 31},
    {"serving", "openat", 21022, 17011, 2},
    {"serving", "pread64", 11, 11, 7311},
    {"serving", "process_vm_readv", 1, 1, 17002},
    {"serving", "read", 402011, 18011, 1},
    {"serving", "rename", 1811, 1800, 12},
    {"serving", "rt_sigreturn", 140, 140, 78},
    {"serving", "setsockopt", 72804, 18011, 1},
    {"serving", "unlink", 4120, 4000, 9},
    {"serving", "wait4", 3980, 3970, 12},
    {"serving", "write", 390210, 18011, 1},
};

/// The first digits of a hash that depends on the text alone.
std::string fake_hash(const std::string& text) {
  std::uint64_t hash = 1469598103934665603ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return fmt::format("{:016x}", hash);
}

SyscallId id_of(const std::string& name) {
  const auto id = find_syscall(name);
  if (!id) {
    throw std::runtime_error("no such call: " + name);
  }
  return *id;
}

PairRecord& add(CampaignSummary& summary, const Row& row, const std::string& executable) {
  auto& record = summary.profile.pairs[{row.phase, id_of(row.call), executable}];
  record.counts["w1"] = {row.calls - row.calls / 2, row.runs - row.runs / 2};
  record.counts["w2"] = {row.calls / 2, row.runs / 2};
  record.first.run = row.first_run;
  record.first.after_s = static_cast<double>(row.first_run) / 44.0;
  record.first.input = fake_hash(std::string(row.phase) + row.call);
  record.first.backtrace = {{"/lib/x86_64-linux-gnu/libc.so.6", 0xf7e4c, ""},
                            {"/usr/bin/redis-server", 0x5a210, "loadServerConfig+0x1f0"},
                            {"/usr/bin/redis-server", 0x2e001, "main+0x3c1"}};
  record.stability = {5, 5};
  record.only_faulted = false;
  summary.inputs[record.first.input] =
      fmt::format("# {} in {}\nscript\n  SET key value\n  BGSAVE\n", row.call, row.phase);
  return record;
}

void add_special_pairs(CampaignSummary& s) {
  add(s, {"serving", "process_vm_readv", 1, 1, 17002}, "redis-server").stability = {1, 5};
  add(s, {"serving", "sync", 4, 4, 8800}, "redis-server").only_faulted = true;
  add(s, {"serving", "openat", 31, 3, 11201}, "sh");
  add(s, {"serving", "i386:open", 2, 1, 15230}, "sh");
}

void add_attempts(CampaignSummary& s) {
  AttemptSummary first{.number = 1,
                       .planned_runs = 368,
                       .runs = 368,
                       .alpha = 0.025,
                       .complete = true,
                       .runs_with_news = 1};
  first.news = {{"serving", id_of("pread64"), "redis-server"}};
  first.began_at_run = 7001;
  first.began_after_s = 160.2;
  first.bound = 0.0151;
  first.phase_bounds = {{"startup", 0.0151}, {"serving", 0.0153}};
  first.replicate = 1;
  AttemptSummary second{
      .number = 2, .planned_runs = 477, .runs = 477, .alpha = 0.008333, .complete = true};
  second.began_at_run = 17754;
  second.began_after_s = 401.9;
  second.bound = 0.0099;
  second.phase_bounds = {{"startup", 0.0099}, {"serving", 0.0100}};
  second.replicate = 1;
  s.attempts = {first, second};
}

void add_curve(CampaignSummary& s) {
  for (int i = 1; i <= 40; ++i) {
    const auto runs = static_cast<std::uint64_t>(18231.0 * i * i / 1600);
    const double growth = 1 - std::exp(-i / 6.0);
    s.curve.push_back({runs,
                       static_cast<double>(runs) / 44.2,
                       {{"startup", static_cast<std::uint64_t>(22 + 6 * growth)},
                        {"serving", static_cast<std::uint64_t>(10 + 18 * growth)}},
                       static_cast<std::uint64_t>(140 * growth)});
  }
  s.estimates = {.expected_new_pairs = 0.0001,
                 .chao2 = 57.2,
                 .chao2_low = 55.1,
                 .chao2_high = 66.9,
                 .coverage = 0.99998,
                 .runs_to_95_percent = 0.0,
                 .singletons = 2,
                 .doubletons = 1};
  for (int i = 0; i <= 20; ++i) {
    const double t = 18231.0 * i / 20;
    s.estimates.rarefaction.emplace_back(static_cast<std::uint64_t>(t),
                                         55 * (1 - std::exp(-t / 3000)));
  }
}

void add_details(CampaignSummary& s) {
  s.failures = {{.name = "crash-SIGSEGV-3f2a",
                 .what = "killed by SIGSEGV after read, mmap",
                 .runs = 3,
                 .first_input = fake_hash("crash"),
                 .first_run = 4410,
                 .last_calls = {"epoll_wait", "read", "mmap"},
                 .output_tail = "=== REDIS BUG REPORT START ===\nCrashed by signal: 11\n",
                 .crash = true},
                {.name = "time-out-91ce",
                 .what = "time-out after clock_nanosleep",
                 .runs = 2,
                 .first_input = fake_hash("hang"),
                 .first_run = 902,
                 .last_calls = {"epoll_wait", "clock_nanosleep"},
                 .time_out = true}};
  s.arguments = {{"startup", "openat", "flags=O_RDONLY|O_CLOEXEC", 280000},
                 {"startup", "openat", "flags=O_WRONLY|O_CREAT|O_APPEND", 30221},
                 {"startup", "socket", "domain=AF_INET type=SOCK_STREAM", 36460},
                 {"startup", "socket", "domain=AF_INET6 type=SOCK_STREAM", 36460}};
  s.errnos = {{"startup", "access", "ENOENT", 18231}, {"startup", "openat", "ENOENT", 5120}};
  s.trees = {{.name = "redis-server",
              .executable = "redis-server",
              .phase = "serving",
              .end = "exit status 0",
              .threads = 5,
              .calls = 1204,
              .children = {{.name = "redis-rdb-bgsave",
                            .executable = "redis-server",
                            .phase = "serving",
                            .end = "exit status 0",
                            .calls = 61}}}};
  s.environment = {{"kernel", "6.18.0"},
                   {"libc", "glibc 2.36"},
                   {"seed", "1"},
                   {"target", "sha256:9f31c2"},
                   {"target_version", "7.0.15"}};
  s.baseline = "baseline.json";
  s.changes = {{{"serving", id_of("process_vm_readv"), "redis-server"},
                true,
                fake_hash("servingprocess_vm_readv")},
               {{"serving", id_of("sendfile"), "redis-server"}, false, ""}};
}

void add_shards(CampaignSummary& s) {
  s.shards = {{.campaign = "0a3c5e7f9b1d2468",
               .kind = ShardSummary::Kind::shard,
               .name = "1/2",
               .runs = 9116,
               .pairs = 55,
               .calls = 49},
              {.campaign = "8642fd1b975e3c0a",
               .kind = ShardSummary::Kind::shard,
               .name = "2/2",
               .runs = 8638,
               .pairs = 56,
               .calls = 50,
               .only_here = {{"serving", id_of("openat"), "sh"},
                             {"serving", id_of("process_vm_readv"), "redis-server"}}},
              {.campaign = "55aa55aa55aa55aa", .runs = 0},
              {.campaign = "00ff00ff00ff00ff",
               .kind = ShardSummary::Kind::fresh,
               .name = "1/1",
               .runs = 477,
               .pairs = 51,
               .calls = 46}};
}

void add_policy(CampaignSummary& s) {
  Policy policy{.campaign = "redis", .executable = "/usr/bin/redis-server"};
  for (const char* name : {"startup", "serving"}) {
    PolicyPhase phase{.name = name};
    phase.entries[id_of("rt_sigreturn")] = {.rule = Rule::always_needed};
    phase.entries[id_of("exit")] = {.rule = Rule::always_needed};
    phase.entries[id_of("openat2")] = {.rule = Rule::family, .note = "openat"};
    phase.entries[id_of("read")] = {.rule = Rule::observed, .first_phase = "startup"};
    policy.phases.push_back(phase);
  }
  s.policy = policy;
  s.verified = VerifySummary{.corpus_runs = 140, .fresh_runs = 368};
}

CampaignPlan example_plan() {
  CampaignPlan plan;
  plan.name = "redis";
  plan.target.executable = "/usr/bin/redis-server";
  plan.workload.kind = WorkloadPlan::Kind::server;
  plan.phases = {{"startup", LaunchTrigger{}}, {"serving", SymbolTrigger{.name = "aeMain"}}};
  return plan;
}

} // namespace

CampaignSummary example_summary() {
  CampaignSummary s;
  s.plan = example_plan();
  s.profile.phases = {"startup", "serving"};
  s.profile.phase_runs = {{"startup", {{"w1", 9116}, {"w2", 9115}}},
                          {"serving", {{"w1", 9006}, {"w2", 9005}}}};
  s.profile.runs = {{"w1", 9116}, {"w2", 9113}};
  s.profile.incomplete_runs = {{"w2", 2}};
  for (const auto& row : rows) {
    add(s, row, "redis-server");
  }
  add_special_pairs(s);
  s.converged = true;
  s.stop_reason = "validation attempt 2 showed nothing new";
  s.statement = "In 477 fresh runs drawn from this plan's final generator, none used a system call "
                "outside the listed sets; with 95 % confidence fewer than 1 in 100 further runs of "
                "this plan on this machine would.";
  s.not_established = {"TLS connections: the plan has no certificate."};
  s.elapsed_s = 412.7;
  s.runs = 18231;
  s.incomplete_runs = 2;
  s.incomplete_reasons = {{"was ended before its time", 2}};
  s.crashes = 3;
  s.time_outs = 2;
  s.corpus = 140;
  add_attempts(s);
  add_curve(s);
  add_details(s);
  add_policy(s);
  add_shards(s);
  s.exit_status = 2;
  s.directory = "redis.campaign";
  s.plan_file = "workloads/redis/redis.yaml";
  s.target_line = 3;
  s.phase_lines = {{"startup", 9}, {"serving", 11}};
  return s;
}

CampaignSummary empty_summary() {
  CampaignSummary s;
  s.plan = example_plan();
  s.profile.phases = {"startup", "serving"};
  s.stop_reason = "interrupted before the first run";
  s.exit_status = 130;
  return s;
}

CampaignSummary hostile_summary() {
  CampaignSummary s = example_summary();
  s.plan.name = hostile;
  s.directory = hostile;
  s.plan_file = hostile;
  s.stop_reason = hostile;
  s.statement = hostile;
  s.not_established = {hostile};
  s.environment[hostile] = hostile;
  s.baseline = hostile;
  for (auto& bucket : s.failures) {
    bucket.name = bucket.what = bucket.first_input = bucket.output_tail = hostile;
    bucket.last_calls = {hostile};
  }
  s.profile.phases = {hostile, "serving"};
  s.profile.phase_runs[hostile] = s.profile.phase_runs["startup"];
  s.plan.phases[0].name = hostile;
  s.plan.phases[1].trigger = OutputTrigger{.text = hostile};
  auto& record = s.profile.pairs[{hostile, id_of("openat"), hostile}];
  record = s.profile.pairs.begin()->second;
  record.first.input = hostile;
  record.first.backtrace = {{hostile, 1, hostile}};
  std::erase_if(s.profile.pairs, [](const auto& pair) { return pair.first.phase == "startup"; });
  s.inputs[hostile] = hostile;
  s.arguments.push_back({hostile, "openat", hostile, 1});
  s.errnos.push_back({hostile, "openat", hostile, 1});
  s.trees[0].name = s.trees[0].executable = s.trees[0].end = s.trees[0].phase = hostile;
  s.changes.push_back({{hostile, id_of("openat"), hostile}, true, hostile});
  s.changes.push_back({{hostile, id_of("openat"), hostile}, false, hostile});
  s.policy->phases[0].name = hostile;
  s.policy->phases[0].entries[id_of("openat2")].note = hostile;
  s.incomplete_reasons[hostile] = 1;
  s.attempts[0].phase_bounds[hostile] = 0.5;
  s.attempts[1].phase_bounds[hostile] = 0.5;
  s.attempts[0].news = {{hostile, id_of("openat"), hostile}};
  s.threads[{hostile, id_of("openat"), hostile}] = {hostile};
  s.curve[0].pairs[hostile] = 3;
  s.shards.push_back({.campaign = hostile, .only_here = {{hostile, id_of("openat"), hostile}}});
  s.shards.push_back({.kind = ShardSummary::Kind::shard, .name = hostile});
  return s;
}

CampaignSummary large_summary(std::size_t calls, std::uint64_t runs) {
  CampaignSummary s = example_summary();
  s.runs = runs;
  s.profile.pairs.clear();
  s.profile.phases = {"load", "startup", "serving", "shutdown"};
  s.plan.phases = {{"load", LaunchTrigger{}}};
  const auto table = syscalls_of(AuditArch::x86_64);
  for (const auto& phase : s.profile.phases) {
    s.profile.phase_runs[phase] = {{"w1", runs}};
    for (std::size_t i = 0; i < calls; ++i) {
      const std::string name =
          i < table.size() ? std::string(table[i].name) : fmt::format("syscall_{}", 600 + i);
      const SyscallId id = i < table.size()
                               ? SyscallId{AuditArch::x86_64, table[i].number}
                               : SyscallId{AuditArch::x86_64, static_cast<std::int32_t>(600 + i)};
      auto& record = s.profile.pairs[{phase, id, "server"}];
      record.counts["w1"] = {runs * (i + 1), runs / (i + 1) + 1};
      record.first = {
          .run = i + 1,
          .after_s = static_cast<double>(i),
          .input = fake_hash(phase + name),
          .backtrace = {{"/lib/libc.so.6", i, "read+0x10"}, {"/usr/bin/server", i, "main"}}};
      record.only_faulted = false;
      s.inputs[record.first.input] = std::string(400, 'x');
      for (int k = 0; k < 4; ++k) {
        s.arguments.push_back({phase, name, fmt::format("flags=0x{:x}", k), i + 1});
      }
    }
  }
  s.curve.clear();
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    std::map<std::string, std::uint64_t> pairs;
    for (const auto& phase : s.profile.phases) {
      pairs[phase] = calls * i / 2000;
    }
    s.curve.push_back({runs * i / 2000, static_cast<double>(i), pairs, i});
  }
  return s;
}

} // namespace harness::test
