#include "harness/store/ledger.hpp"
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

const std::vector<std::string> phases = {"startup", "serving"};
constexpr SyscallId read_call{AuditArch::x86_64, 0};
constexpr SyscallId write_call{AuditArch::x86_64, 1};

Ledger start(const TemporaryDirectory& place) {
  auto directory = WorkDir::create(place / "c");
  REQUIRE(directory);
  auto ledger = Ledger::create(std::move(*directory), phases);
  REQUIRE(ledger);
  return std::move(*ledger);
}

Ledger resume(const TemporaryDirectory& place) {
  auto directory = WorkDir::open(place / "c");
  REQUIRE(directory);
  auto ledger = Ledger::resume(std::move(*directory));
  REQUIRE(ledger);
  return std::move(*ledger);
}

/// What is on disk at this moment, as a resumed campaign would find it.
Books on_disk(const Ledger& ledger) {
  auto books = Ledger::read(ledger.directory());
  REQUIRE(books);
  return std::move(*books);
}

/// A run of `writer` with input `text` that makes `calls` once each, all in phase 1.
News make_run(Ledger& ledger, WriterIndex writer, const std::string& text,
              const std::vector<SyscallId>& calls, RunRecord run = {}) {
  run.writer = writer;
  run.reached = {0, 1};
  run.input = text;
  for (const SyscallId call : calls) {
    run.pairs.push_back({.pair = ledger.pair(1, call, "srv"), .calls = 2});
  }
  auto news = ledger.record(run);
  REQUIRE(news);
  return *news;
}

} // namespace

TEST_CASE("a new pair and its witness are on disk when they are said to be new") {
  TemporaryDirectory place;
  Ledger ledger = start(place);
  const auto writer = ledger.begin_writer();
  CHECK_FALSE(ledger.known(ledger.pair(1, read_call, "srv")));
  const News news = make_run(ledger, writer, "args a\n", {read_call});
  CHECK(news.pairs == std::vector<PairKey>{{"serving", read_call, "srv"}});
  CHECK(news.calls == std::vector<Column>{{"serving", read_call}});
  const Books books = on_disk(ledger);
  REQUIRE(books.profile.pairs.size() == 1);
  CHECK(books.profile.pairs.begin()->second.first.input == news.input);
  CHECK(*ledger.directory().input(news.input) == "args a\n");
  CHECK(books.inputs.at(news.input).pairs.at("serving").contains(read_call));
  CHECK_FALSE(make_run(ledger, writer, "args b\n", {read_call}).any());
}

TEST_CASE("counts come back after a checkpoint, and resuming goes on with new writers") {
  TemporaryDirectory place;
  std::string campaign;
  {
    Ledger ledger = start(place);
    campaign = ledger.campaign();
    const auto writer = ledger.begin_writer();
    for (int i = 0; i < 50; ++i) {
      make_run(ledger, writer, "args a\n", {read_call});
    }
    make_run(ledger, writer, "args b\n", {write_call}, {.crashed = true, .bucket = "crash-x"});
    ledger.set_elapsed(12.5);
    REQUIRE(ledger.checkpoint());
    CHECK(on_disk(ledger) == ledger.books());
  }
  Ledger ledger = resume(place);
  CHECK(ledger.campaign() == campaign);
  CHECK(ledger.runs() == 51);
  CHECK(ledger.known(ledger.pair(1, write_call, "srv")));
  const auto writer = ledger.begin_writer();
  CHECK_FALSE(make_run(ledger, writer, "args c\n", {read_call, write_call}).any());
  const PairRecord& record = ledger.books().profile.pairs.at({"serving", read_call, "srv"});
  CHECK(record.counts.size() == 2);
  CHECK(record.runs() == 51);
  CHECK(record.calls() == 102);
  CHECK(ledger.books().profile.total_runs() == 52);
  CHECK(ledger.books().total(Counter::Kind::crashes) == 1);
  CHECK(ledger.books().total(Counter::Kind::bucket, "crash-x") == 1);
}

TEST_CASE("only whole runs that count are rows; two executables of a run count a call once") {
  TemporaryDirectory place;
  Ledger ledger = start(place);
  const auto writer = ledger.begin_writer();
  make_run(ledger, writer, "args a\n", {read_call}, {.incomplete = {Incomplete::killed}});
  make_run(ledger, writer, "args b\n", {read_call}, {.row = false});
  CHECK(ledger.books().incidence_of("").runs == 0);
  RunRecord run{.pairs = {{.pair = ledger.pair(1, read_call, "helper"), .calls = 1}}};
  make_run(ledger, writer, "args c\n", {read_call}, run);
  const auto incidence = ledger.books().incidence_of("");
  CHECK(incidence.runs == 1);
  CHECK(incidence.counts == std::vector<std::uint64_t>{1});
  CHECK(incidence.singleton_owners == 1);
  CHECK(ledger.books().total(Counter::Kind::incomplete,
                             std::string(to_string(Incomplete::killed))) == 1);
  CHECK(ledger.books().profile.total_incomplete_runs() == 1);
}

TEST_CASE("the same call by another executable is a new pair, but no new call") {
  TemporaryDirectory place;
  Ledger ledger = start(place);
  const auto writer = ledger.begin_writer();
  make_run(ledger, writer, "args a\n", {read_call});
  RunRecord run{.pairs = {{.pair = ledger.pair(1, read_call, "helper")}}};
  const News news = make_run(ledger, writer, "args b\n", {}, run);
  CHECK(news.pairs.size() == 1);
  CHECK(news.calls.empty());
}

TEST_CASE("a call known only under faults is news when it comes without one") {
  TemporaryDirectory place;
  Ledger ledger = start(place);
  const auto writer = ledger.begin_writer();
  const auto pair = ledger.pair(1, read_call, "srv");
  RunRecord faulted{.pairs = {{.pair = pair, .only_faulted = true}}};
  CHECK(make_run(ledger, writer, "faulted\n", {}, faulted).calls.size() == 1);
  CHECK(ledger.books().profile.calls_of("serving").empty());
  CHECK_FALSE(make_run(ledger, writer, "again\n", {}, faulted).any());
  const News plain = make_run(ledger, writer, "plain\n", {read_call});
  CHECK(plain.calls.size() == 1);
  CHECK(ledger.books().profile.pairs.at(ledger.key(pair)).first.input == plain.input);
  CHECK(on_disk(ledger).profile.calls_of("serving").size() == 1);
  CHECK_FALSE(make_run(ledger, writer, "faulted\n", {}, faulted).any());
}

TEST_CASE("an input may be kept for another reason than a new pair") {
  TemporaryDirectory place;
  Ledger ledger = start(place);
  const auto writer = ledger.begin_writer();
  make_run(ledger, writer, "args a\n", {read_call});
  make_run(ledger, writer, "args b\n", {read_call});
  CHECK(ledger.directory().inputs()->size() == 1);
  make_run(ledger, writer, "args b\n", {read_call}, {.keep = true});
  CHECK(ledger.directory().inputs()->size() == 2);
  CHECK(ledger.books().inputs.size() == 2);
}

TEST_CASE("a failure keeps its first inputs, its description, and can't leave its directory") {
  TemporaryDirectory place;
  Ledger ledger = start(place);
  for (int i = 0; i < 30; ++i) {
    REQUIRE(ledger.record_failure("crash-SIGSEGV", {.what = "killed by SIGSEGV"},
                                  "args " + std::to_string(i) + "\n"));
  }
  CHECK(ledger.directory().failure_inputs("crash-SIGSEGV").size() == Ledger::max_failure_inputs);
  const FailureRecord record = on_disk(ledger).failures.at("crash-SIGSEGV");
  CHECK(*ledger.directory().input(record.first_input) == "args 0\n");
  for (const char* bad : {"", "..", "a/b", ".hidden"}) {
    CHECK_FALSE(ledger.record_failure(bad, {}, "args\n"));
  }
}

TEST_CASE("the rule's memory survives, attempt by attempt") {
  TemporaryDirectory place;
  const stats::Goal goal{.epsilon = .05};
  stats::ConvergenceRule rule(goal);
  {
    Ledger ledger = start(place);
    for (int i = 0; i < 30; ++i) {
      rule.explored(0);
    }
    rule.begin_attempt();
    rule.validated(1, {.reached = {0}, .news = {0}});
    REQUIRE(ledger.set_convergence(rule.state(), {{"startup", read_call, "srv"}}));
    CHECK(on_disk(ledger).attempts.size() == 1); // at once: its alpha is spent
    for (int i = 0; i < 71; ++i) {
      rule.validated(1, {.reached = {0}});
    }
    rule.explored(0);
    REQUIRE(ledger.set_convergence(rule.state()));
    REQUIRE(ledger.checkpoint());
  }
  Ledger ledger = resume(place);
  CHECK(ledger.convergence() == rule.state());
  CHECK(ledger.convergence(2) == stats::ConvergenceRule::State{});
  const auto& record = ledger.books().attempts.begin()->second;
  CHECK(record.attempt.state == stats::Attempt::State::failed);
  CHECK(record.news.size() == 1);
}

TEST_CASE("notes, thread names, trees, stability and tallies survive") {
  TemporaryDirectory place;
  const PairKey pair{"serving", read_call, "srv"};
  {
    Ledger ledger = start(place);
    const auto writer = ledger.begin_writer();
    make_run(ledger, writer, "args\n", {read_call});
    ledger.set_note("stop_reason", "budget");
    ledger.add_thread_name(pair, "io worker");
    ledger.add_tree({.name = "srv", .end = "exit status 0"});
    CHECK_FALSE(ledger.set_stability({"serving", write_call, "srv"}, {1, 1}));
    ledger.add_thread_name({"serving", write_call, "srv"}, "worker"); // seen in a replay alone
    REQUIRE(ledger.set_stability(pair, {.shown = 3, .tried = 5}));
    ledger.tally(writer, {{.phase = 1, .call = read_call, .argument = 1, .value = 64, .times = 9}},
                 {{.phase = 1, .call = read_call, .code = ENOENT, .times = 4}});
    REQUIRE(ledger.log("worker", "started"));
    REQUIRE(ledger.checkpoint());
  }
  Ledger ledger = resume(place);
  const Books& books = ledger.books();
  CHECK(*ledger.note("stop_reason") == "budget");
  CHECK_FALSE(ledger.note("other"));
  CHECK(books.threads.at(pair) == std::set<std::string>{"io worker"});
  CHECK(books.trees.size() == 1);
  CHECK(books.profile.pairs.at(pair).stability == Stability{3, 5});
  CHECK(books.total(Counter::Kind::argument, "serving read 1 0x40") == 9);
  CHECK(books.total(Counter::Kind::error, "serving read ENOENT") == 4);
}

TEST_CASE("an input whose row was never written is a seed of the resumed campaign") {
  TemporaryDirectory place;
  std::string hash;
  {
    Ledger ledger = start(place);
    hash = make_run(ledger, ledger.begin_writer(), "args a\n", {}, {.keep = true}).input;
    CHECK(on_disk(ledger).inputs.empty()); // no checkpoint
  }
  const Ledger ledger = resume(place);
  REQUIRE(ledger.books().inputs.contains(hash));
  CHECK(ledger.books().inputs.at(hash).run == 0);
}

TEST_CASE("absorbing another campaign's books twice is absorbing them once") {
  TemporaryDirectory here;
  TemporaryDirectory there;
  Ledger a = start(here);
  Ledger b = start(there);
  make_run(a, a.begin_writer(), "args a\n", {read_call});
  make_run(b, b.begin_writer(), "args b\n", {read_call, write_call});
  REQUIRE(a.absorb(b.books()));
  const Books once = a.books();
  REQUIRE(a.absorb(b.books()));
  CHECK(a.books() == once);
  CHECK(on_disk(a) == once);
  CHECK(a.known(a.pair(1, write_call, "srv")));
  CHECK(a.runs() == 1); // of its own
  CHECK(a.books().profile.total_runs() == 2);
}

TEST_CASE("the discovery curve is a file that a spreadsheet reads") {
  TemporaryDirectory place;
  Ledger ledger = start(place);
  const auto writer = ledger.begin_writer();
  make_run(ledger, writer, "args a\n", {read_call}, {.after_s = .5});
  make_run(ledger, writer, "args b\n", {write_call}, {.after_s = 1.25});
  REQUIRE(ledger.checkpoint());
  std::ostringstream text;
  text << std::ifstream(ledger.directory().progress()).rdbuf();
  CHECK(text.str() == "runs,after_s,corpus,phase,pairs\n"
                      "1,0.500,1,serving,1\n1,0.500,1,startup,0\n"
                      "2,1.250,2,serving,2\n2,1.250,2,startup,0\n");
  // The reports at the end write the same.
  CHECK(text.str() == reports::curve_csv(summarise({}, ledger.directory(), ledger.books()).curve));
}

TEST_CASE("a summary tells what the directory knows") {
  TemporaryDirectory place;
  Ledger ledger = start(place);
  const auto writer = ledger.begin_writer();
  make_run(ledger, writer, "args a long one\n", {read_call, write_call});
  make_run(ledger, writer, "args b\n", {read_call}, {.keep = true});
  const CampaignSummary summary = summarise({}, ledger.directory(), ledger.books());
  CHECK(summary.runs == 2);
  CHECK(summary.corpus == 2);
  CHECK_FALSE(summary.converged);
  CHECK(summary.statement.find("Nothing is claimed") == 0);
  CHECK(summary.estimates.singletons == 1);
  const PairKey pair{"serving", read_call, "srv"};
  CHECK(summary.inputs.at(summary.smallest_inputs.at(pair)) == "args b\n");
  CHECK(summary.inputs.at(summary.profile.pairs.at(pair).first.input) == "args a long one\n");
}

TEST_CASE("without a pair that one run alone showed there is no estimate, rather than a zero") {
  TemporaryDirectory place;
  Ledger ledger = start(place);
  const auto writer = ledger.begin_writer();
  make_run(ledger, writer, "args a\n", {read_call, write_call});
  make_run(ledger, writer, "args b\n", {read_call});
  const Estimates some = estimates_of(ledger.books(), "");
  CHECK(some.expected_new_pairs == 0.5);
  CHECK(some.chao2.has_value());
  CHECK(some.coverage.has_value());
  make_run(ledger, writer, "args c\n", {write_call});
  const Estimates none = estimates_of(ledger.books(), "");
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
  Ledger ledger = start(place);
  const auto first = ledger.begin_writer(1);
  const auto second = ledger.begin_writer(2);
  make_run(ledger, first, "args a\n", {read_call, write_call});
  const auto gaps = [&] {
    return summarise({}, ledger.directory(), ledger.books()).not_established;
  };
  CHECK(gaps() == std::vector<std::string>{"Replicate 2 was not searched yet.",
                                           "Only replicate 1 saw serving:read, serving:write."});
  make_run(ledger, second, "args b\n", {read_call});
  CHECK(gaps() == std::vector<std::string>{"Only replicate 1 saw serving:write."});
  make_run(ledger, second, "args c\n", {write_call});
  CHECK(gaps().empty());
}

TEST_CASE("the statement says what the last complete attempt proved") {
  Books books;
  books.writers["w"] = {"c", 1};
  auto& record = books.attempts[{{"c", 1}, 1}];
  record.attempt = {
      .planned_runs = 368, .alpha = .025, .state = stats::Attempt::State::passed, .runs = 368};
  CHECK(converged(books));
  CHECK(
      risk_statement(books, .95) ==
      "In 368 fresh runs drawn from this plan's final generator, none used a system call outside "
      "the listed sets; with 95 % confidence fewer than 1 in 100 further runs of this plan on this "
      "machine would.");
  books.writers["v"] = {"c", 2}; // a replicate without an attempt
  CHECK_FALSE(converged(books));
  books.writers["v"] = {"d", 1}; // another campaign
  CHECK_FALSE(converged(books));
  CHECK(risk_statement(books, .95).find("Nothing is claimed") == 0);
}
