// SPDX-License-Identifier: Apache-2.0
#include "harness/store/campaign_recorder.hpp"
#include "harness/store/summary.hpp"
#include "reports/formats.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <sstream>

using namespace harness;
using namespace harness::store;
using harness::test::TemporaryDirectory;

namespace {

const std::vector<std::string> recorder_phases = {"startup", "serving"};
constexpr SyscallId read_call{AuditArch::x86_64, 0};
constexpr SyscallId write_call{AuditArch::x86_64, 1};

CampaignRecorder start(const TemporaryDirectory& place) {
  auto directory = WorkDir::create(place / "c");
  REQUIRE(directory);
  auto recorder = CampaignRecorder::create(std::move(*directory), recorder_phases);
  REQUIRE(recorder);
  return std::move(*recorder);
}

CampaignRecorder resume(const TemporaryDirectory& place) {
  auto directory = WorkDir::open(place / "c");
  REQUIRE(directory);
  auto recorder = CampaignRecorder::resume(std::move(*directory));
  REQUIRE(recorder);
  return std::move(*recorder);
}

/// What is on disk at this moment, as a resumed campaign would find it.
CampaignState on_disk(const CampaignRecorder& recorder) {
  auto campaign_state = CampaignRecorder::read(recorder.directory());
  REQUIRE(campaign_state);
  return std::move(*campaign_state);
}

/// A run of `writer` with input `text` that makes `calls` once each, all in phase 1.
NewPairs make_run(CampaignRecorder& recorder, WriterIndex writer, const std::string& text,
                  const std::vector<SyscallId>& calls, RunRecord run = {}) {
  run.writer = writer;
  run.reached = {0, 1};
  run.input = text;
  for (const SyscallId call : calls) {
    run.pairs.push_back({.pair = recorder.pair({"serving", call, "srv"}), .calls = 2});
  }
  auto news = recorder.record(run);
  REQUIRE(news);
  return *news;
}

} // namespace

TEST_CASE("a new pair and its reproducer are on disk when they are said to be new") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto writer = recorder.begin_writer();
  CHECK_FALSE(recorder.known(recorder.pair({"serving", read_call, "srv"})));
  const NewPairs news = make_run(recorder, writer, "args a\n", {read_call});
  CHECK(news.pairs == std::vector<PairKey>{{"serving", read_call, "srv"}});
  CHECK(news.calls == std::vector<PhaseCall>{{"serving", read_call}});
  const CampaignState campaign_state = on_disk(recorder);
  REQUIRE(campaign_state.profile.pairs.size() == 1);
  CHECK(campaign_state.profile.pairs.begin()->second.first.input == news.input);
  CHECK(*recorder.directory().input(news.input) == "args a\n");
  CHECK(campaign_state.inputs.at(news.input).pairs.at("serving").contains(read_call));
  CHECK_FALSE(make_run(recorder, writer, "args b\n", {read_call}).any());
}

TEST_CASE("counts come back after a checkpoint, and resuming goes on with new writers") {
  TemporaryDirectory place;
  std::string campaign;
  {
    CampaignRecorder recorder = start(place);
    campaign = recorder.campaign();
    const auto writer = recorder.begin_writer();
    for (int i = 0; i < 50; ++i) {
      make_run(recorder, writer, "args a\n", {read_call});
    }
    make_run(recorder, writer, "args b\n", {write_call}, {.crashed = true, .bucket = "crash-x"});
    recorder.set_elapsed(12.5);
    REQUIRE(recorder.checkpoint());
    CHECK(on_disk(recorder) == recorder.state());
  }
  CampaignRecorder recorder = resume(place);
  CHECK(recorder.campaign() == campaign);
  CHECK(recorder.runs() == 51);
  CHECK(recorder.known(recorder.pair({"serving", write_call, "srv"})));
  const auto writer = recorder.begin_writer();
  CHECK_FALSE(make_run(recorder, writer, "args c\n", {read_call, write_call}).any());
  const PairRecord& record = recorder.state().profile.pairs.at({"serving", read_call, "srv"});
  CHECK(record.counts.size() == 2);
  CHECK(record.runs() == 51);
  CHECK(record.calls() == 102);
  CHECK(recorder.state().profile.total_runs() == 52);
  CHECK(recorder.state().total(Counter::Kind::crashes) == 1);
  CHECK(recorder.state().total(Counter::Kind::bucket, "crash-x") == 1);
}

TEST_CASE("only whole runs that count are rows; two executables of a run count a call once") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto writer = recorder.begin_writer();
  make_run(recorder, writer, "args a\n", {read_call}, {.incomplete = {Incomplete::killed}});
  make_run(recorder, writer, "args b\n", {read_call}, {.row = false});
  CHECK(recorder.state().incidence_of("").runs == 0);
  RunRecord run{.pairs = {{.pair = recorder.pair({"serving", read_call, "helper"}), .calls = 1}}};
  make_run(recorder, writer, "args c\n", {read_call}, run);
  const auto incidence = recorder.state().incidence_of("");
  CHECK(incidence.runs == 1);
  CHECK(incidence.counts == std::vector<std::uint64_t>{1});
  CHECK(incidence.singleton_owners == 1);
  CHECK(recorder.state().total(Counter::Kind::incomplete,
                               std::string(to_string(Incomplete::killed))) == 1);
  CHECK(recorder.state().profile.total_incomplete_runs() == 1);
}

TEST_CASE(
    "a pair of a phase that the campaign does not have is kept, and counts for none of its own") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto stray = recorder.pair({"made up", read_call, "srv"});
  CHECK(stray == recorder.pair({"", read_call, "srv"}));
  CHECK(recorder.key(stray) == PairKey{"beyond-the-last", read_call, "srv"});
  CHECK(recorder.key(recorder.pair({"serving", read_call, "srv"})).phase == "serving");
}

TEST_CASE("the same call by another executable is a new pair, but no new call") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto writer = recorder.begin_writer();
  make_run(recorder, writer, "args a\n", {read_call});
  RunRecord run{.pairs = {{.pair = recorder.pair({"serving", read_call, "helper"})}}};
  const NewPairs news = make_run(recorder, writer, "args b\n", {}, run);
  CHECK(news.pairs.size() == 1);
  CHECK(news.calls.empty());
}

TEST_CASE("a call known only under faults is news when it comes without one") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto writer = recorder.begin_writer();
  const auto pair = recorder.pair({"serving", read_call, "srv"});
  RunRecord faulted{.pairs = {{.pair = pair, .only_faulted = true}}};
  CHECK(make_run(recorder, writer, "faulted\n", {}, faulted).calls.size() == 1);
  CHECK(recorder.state().profile.calls_of("serving").empty());
  CHECK_FALSE(make_run(recorder, writer, "again\n", {}, faulted).any());
  const NewPairs plain = make_run(recorder, writer, "plain\n", {read_call});
  CHECK(plain.calls.size() == 1);
  CHECK(recorder.state().profile.pairs.at(recorder.key(pair)).first.input == plain.input);
  CHECK(on_disk(recorder).profile.calls_of("serving").size() == 1);
  CHECK_FALSE(make_run(recorder, writer, "faulted\n", {}, faulted).any());
}

TEST_CASE("an input may be kept for another reason than a new pair") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto writer = recorder.begin_writer();
  make_run(recorder, writer, "args a\n", {read_call});
  make_run(recorder, writer, "args b\n", {read_call});
  CHECK(recorder.directory().inputs()->size() == 1);
  make_run(recorder, writer, "args b\n", {read_call}, {.keep = true});
  CHECK(recorder.directory().inputs()->size() == 2);
  CHECK(recorder.state().inputs.size() == 2);
}

TEST_CASE("a failure keeps its first inputs, its description, and can't leave its directory") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  for (int i = 0; i < 30; ++i) {
    REQUIRE(recorder.record_failure("crash-SIGSEGV", {.what = "killed by SIGSEGV"},
                                    "args " + std::to_string(i) + "\n"));
  }
  CHECK(recorder.directory().failure_inputs("crash-SIGSEGV").size() ==
        CampaignRecorder::max_failure_inputs);
  const FailureRecord record = on_disk(recorder).failures.at("crash-SIGSEGV");
  CHECK(*recorder.directory().input(record.first_input) == "args 0\n");
  for (const char* bad : {"", "..", "a/b", ".hidden"}) {
    CHECK_FALSE(recorder.record_failure(bad, {}, "args\n"));
  }
}

TEST_CASE("the rule's memory survives, attempt by attempt") {
  TemporaryDirectory place;
  const stats::Goal goal{.epsilon = .05};
  stats::ConvergenceRule rule(goal);
  {
    CampaignRecorder recorder = start(place);
    for (int i = 0; i < 30; ++i) {
      rule.explored(0);
    }
    rule.begin_attempt();
    rule.validated(1, {.reached = {0}, .news = {0}});
    REQUIRE(recorder.set_convergence(rule.state(), {{"startup", read_call, "srv"}}));
    CHECK(on_disk(recorder).attempts.size() == 1); // at once: its alpha is spent
    for (int i = 0; i < 71; ++i) {
      rule.validated(1, {.reached = {0}});
    }
    rule.explored(0);
    REQUIRE(recorder.set_convergence(rule.state()));
    REQUIRE(recorder.checkpoint());
  }
  CampaignRecorder recorder = resume(place);
  CHECK(recorder.convergence() == rule.state());
  CHECK(recorder.convergence(2) == stats::ConvergenceRule::State{});
  const auto& record = recorder.state().attempts.begin()->second;
  CHECK(record.attempt.state == stats::Attempt::State::failed);
  CHECK(record.news.size() == 1);
}

TEST_CASE("notes, thread names, trees, stability and tallies survive") {
  TemporaryDirectory place;
  const PairKey pair{"serving", read_call, "srv"};
  {
    CampaignRecorder recorder = start(place);
    const auto writer = recorder.begin_writer();
    make_run(recorder, writer, "args\n", {read_call});
    recorder.set_note("stop_reason", "budget");
    recorder.add_thread_name(pair, "io worker");
    recorder.add_tree({.name = "srv", .end = "exit status 0"});
    CHECK_FALSE(recorder.set_stability({"serving", write_call, "srv"}, {1, 1}));
    recorder.add_thread_name({"serving", write_call, "srv"}, "worker"); // seen in a replay alone
    REQUIRE(recorder.set_stability(pair, {.shown = 3, .tried = 5}));
    recorder.tally(writer,
                   {{.phase = 1, .call = read_call, .argument = 1, .value = 64, .times = 9}},
                   {{.phase = 1, .call = read_call, .code = ENOENT, .times = 4}});
    REQUIRE(recorder.log("worker", "started"));
    REQUIRE(recorder.checkpoint());
  }
  CampaignRecorder recorder = resume(place);
  const CampaignState& campaign_state = recorder.state();
  CHECK(*recorder.note("stop_reason") == "budget");
  CHECK_FALSE(recorder.note("other"));
  CHECK(campaign_state.threads.at(pair) == std::set<std::string>{"io worker"});
  CHECK(campaign_state.trees.size() == 1);
  CHECK(campaign_state.profile.pairs.at(pair).stability == Stability{3, 5});
  CHECK(campaign_state.total(Counter::Kind::argument, "serving read 1 0x40") == 9);
  CHECK(campaign_state.total(Counter::Kind::error, "serving read ENOENT") == 4);
}

TEST_CASE("an input whose row was never written is a seed of the resumed campaign") {
  TemporaryDirectory place;
  std::string hash;
  {
    CampaignRecorder recorder = start(place);
    hash = make_run(recorder, recorder.begin_writer(), "args a\n", {}, {.keep = true}).input;
    CHECK(on_disk(recorder).inputs.empty()); // no checkpoint
  }
  const CampaignRecorder recorder = resume(place);
  REQUIRE(recorder.state().inputs.contains(hash));
  CHECK(recorder.state().inputs.at(hash).run == 0);
}

TEST_CASE("absorbing another campaign's campaign_state twice is absorbing them once") {
  TemporaryDirectory here;
  TemporaryDirectory there;
  CampaignRecorder a = start(here);
  CampaignRecorder b = start(there);
  make_run(a, a.begin_writer(), "args a\n", {read_call});
  make_run(b, b.begin_writer(), "args b\n", {read_call, write_call});
  REQUIRE(a.absorb(b.state()));
  const CampaignState once = a.state();
  REQUIRE(a.absorb(b.state()));
  CHECK(a.state() == once);
  CHECK(on_disk(a) == once);
  CHECK(a.known(a.pair({"serving", write_call, "srv"})));
  CHECK(a.runs() == 1); // of its own
  CHECK(a.state().profile.total_runs() == 2);
}

TEST_CASE("the discovery curve is a file that a spreadsheet reads") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto writer = recorder.begin_writer();
  make_run(recorder, writer, "args a\n", {read_call}, {.after_s = .5});
  make_run(recorder, writer, "args b\n", {write_call}, {.after_s = 1.25});
  REQUIRE(recorder.checkpoint());
  std::ostringstream text;
  text << std::ifstream(recorder.directory().progress()).rdbuf();
  CHECK(text.str() == "runs,after_s,corpus,phase,pairs\n"
                      "1,0.500,1,serving,1\n1,0.500,1,startup,0\n"
                      "2,1.250,2,serving,2\n2,1.250,2,startup,0\n");
  // The reports at the end write the same.
  CHECK(text.str() ==
        reports::curve_csv(summarize({}, recorder.directory(), recorder.state()).curve));
}

TEST_CASE("a summary tells what the directory knows") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto writer = recorder.begin_writer();
  make_run(recorder, writer, "args a long one\n", {read_call, write_call});
  make_run(recorder, writer, "args b\n", {read_call}, {.keep = true});
  const CampaignSummary summary = summarize({}, recorder.directory(), recorder.state());
  CHECK(summary.runs == 2);
  CHECK(summary.corpus == 2);
  CHECK_FALSE(summary.converged);
  CHECK(summary.statement.find("No bound on unseen calls") == 0);
  CHECK(summary.estimates.singletons == 1);
  const PairKey pair{"serving", read_call, "srv"};
  CHECK(summary.inputs.at(summary.smallest_inputs.at(pair)) == "args b\n");
  CHECK(summary.inputs.at(summary.profile.pairs.at(pair).first.input) == "args a long one\n");
}

TEST_CASE("without a pair that one run alone showed there is no estimate, rather than a zero") {
  TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto writer = recorder.begin_writer();
  make_run(recorder, writer, "args a\n", {read_call, write_call});
  make_run(recorder, writer, "args b\n", {read_call});
  const Estimates some = estimates_of(recorder.state(), "");
  CHECK(some.expected_new_pairs == 0.5);
  CHECK(some.chao2.has_value());
  CHECK(some.coverage.has_value());
  make_run(recorder, writer, "args c\n", {write_call});
  const Estimates none = estimates_of(recorder.state(), "");
  CHECK(none.singletons == 0);
  CHECK(none.doubletons == 2);
  CHECK_FALSE(none.expected_new_pairs);
  CHECK_FALSE(none.chao2);
  CHECK_FALSE(none.chao2_low);
  CHECK_FALSE(none.coverage);
  CHECK_FALSE(none.runs_to_95_percent);
}

TEST_CASE("what only one of several replicates saw is named") {
  const TemporaryDirectory place;
  CampaignRecorder recorder = start(place);
  const auto first = recorder.begin_writer(1);
  const auto second = recorder.begin_writer(2);
  make_run(recorder, first, "args a\n", {read_call, write_call});
  const auto gaps = [&] {
    return summarize({}, recorder.directory(), recorder.state()).not_established;
  };
  CHECK(gaps() == std::vector<std::string>{"Replicate 2 has no runs yet.",
                                           "Only replicate 1 saw serving:read, serving:write."});
  make_run(recorder, second, "args b\n", {read_call});
  CHECK(gaps() == std::vector<std::string>{"Only replicate 1 saw serving:write."});
  make_run(recorder, second, "args c\n", {write_call});
  CHECK(gaps().empty());
}

TEST_CASE("the statement says what the last complete attempt proved") {
  CampaignState campaign_state;
  campaign_state.writers["w"] = {"c", 1};
  auto& record = campaign_state.attempts[{{"c", 1}, 1}];
  record.attempt = {
      .planned_runs = 368, .alpha = .025, .state = stats::Attempt::State::passed, .runs = 368};
  CHECK(converged(campaign_state));
  CHECK(
      risk_statement(campaign_state, .95) ==
      "In 368 fresh runs drawn from this plan's final generator, none used a system call outside "
      "the listed sets; with 95 % confidence fewer than 1 in 100 further runs of this plan on this "
      "machine would.");
  campaign_state.writers["v"] = {"c", 2}; // a replicate without an attempt
  CHECK_FALSE(converged(campaign_state));
  campaign_state.writers["v"] = {"d", 1}; // another campaign
  CHECK_FALSE(converged(campaign_state));
  CHECK(risk_statement(campaign_state, .95).find("No bound on unseen calls") == 0);
}
