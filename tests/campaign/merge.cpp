// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/merge.hpp"
#include "core/base/random.hpp"
#include "core/base/user_error.hpp"
#include "harness/campaign/frozen_generator.hpp"
#include "harness/store/shard_shares.hpp"
#include "harness/store/summary.hpp"
#include "tests/support/made_campaign.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>
#include <fstream>

using namespace harness;
using namespace harness::campaign;
using harness::test::contains;
using harness::test::make_campaign;
using harness::test::TemporaryDirectory;

namespace {

/// What `merge` says when it refuses; "" if it does not.
std::string refusal(const std::string& out, const std::vector<std::string>& sources) {
  try {
    merge_campaigns(out, sources, {});
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

store::CampaignState books_of(const std::string& path) {
  return store::open_campaign(path).state;
}

/// What a person sees of a profile: sums over writers.
std::map<std::string, std::uint64_t> totals_of(const store::CampaignState& state) {
  const Profile& profile = state.profile;
  std::map<std::string, std::uint64_t> totals = {{"runs", profile.total_runs()},
                                                 {"inputs", state.inputs.size()}};
  for (const auto& phase : profile.phases) {
    totals[phase] = profile.runs_reaching(phase);
  }
  for (const auto& [key, record] : profile.pairs) {
    const std::string name = key.phase + " " + std::to_string(key.call.number);
    for (const auto& [writer, count] : record.counts) {
      totals[name + " calls"] += count.calls;
      totals[name + " runs"] += count.runs;
    }
  }
  for (const auto& [column, counts] : state.incidence) {
    for (const auto& [writer, count] : counts) {
      totals["rows " + column.phase + " " + std::to_string(column.call.number)] += count.runs;
    }
  }
  return totals;
}

std::vector<ShardSummary> shares_of(const std::string& path) {
  const auto campaign = store::open_campaign(path);
  return store::shard_shares(campaign.state, campaign.notes);
}

/// All that a report says of shards, as text that can be compared.
std::string shares_text(const std::string& path) {
  std::string text;
  for (const auto& share : shares_of(path)) {
    text += share.campaign + " " + share.name + " " + std::to_string(share.runs) + " " +
            std::to_string(share.pairs) + " " + std::to_string(share.calls) + " alone";
    for (const auto& key : share.only_here) {
      text += " " + key.phase + ":" + std::to_string(key.call.number);
    }
    text += "\n";
  }
  return text;
}

} // namespace

TEST_CASE("a merged campaign has the pairs, counts and inputs of each, in any order") {
  TemporaryDirectory place;
  const auto make = [&](const std::string& name, std::uint64_t seed,
                        const std::vector<harness::test::MadeRun>& runs) {
    make_campaign(place / name, {.seed = seed, .runs = runs});
    return place / name;
  };
  const auto a = make("a", 1, {{"args a\n", {0, 1}}, {"args a2\n", {0}}});
  const auto b = make("b", 2, {{"args b\n", {0, 2}}});
  const auto c = make("c", 3, {{"args c\n", {3}}, {"args a\n", {0, 1}}});

  const MergeReport report = merge_campaigns(place / "abc", {a, b, c}, {});
  CHECK(report.runs == 5);
  CHECK(report.pairs == 4);
  CHECK(report.inputs == 4);
  REQUIRE(report.sources.size() == 3);
  CHECK(report.sources[0].only_here == 0); // what it found, the third found too
  CHECK(report.sources[1].only_here == 1);
  CHECK(report.warnings.empty());
  const store::CampaignState abc = books_of(place / "abc");

  merge_campaigns(place / "cab", {c, a, b}, {});
  CHECK(books_of(place / "cab") == abc);
  merge_campaigns(place / "ab", {a, b}, {});
  merge_campaigns(place / "ab-c", {place / "ab", c}, {});
  CHECK(books_of(place / "ab-c") == abc);
  merge_campaigns(place / "abc", {b, place / "abc", b}, {}); // into itself, and again
  CHECK(books_of(place / "abc") == abc);

  const auto merged = store::open_campaign(place / "abc");
  CHECK(merged.directory.inputs()->size() == 4);
  for (const auto& [key, record] : merged.state.profile.pairs) {
    CHECK(merged.directory.input(record.first.input));
  }
}

TEST_CASE("failures are merged with their inputs") {
  TemporaryDirectory place;
  {
    auto recorder = make_campaign(place / "a", {.runs = {{"args a\n", {0}}}});
    REQUIRE(recorder.record_failure("crash-SIGSEGV", {.what = "killed by SIGSEGV"}, "args boom\n"));
  }
  merge_campaigns(place / "out", {place / "a"}, {});
  const auto out = store::open_campaign(place / "out");
  REQUIRE(out.state.failures.contains("crash-SIGSEGV"));
  CHECK(*out.directory.input(out.state.failures.at("crash-SIGSEGV").first_input) == "args boom\n");
}

TEST_CASE("campaigns of other targets, plans or phases are refused, and nothing is made") {
  TemporaryDirectory place;
  make_campaign(place / "a", {});
  make_campaign(place / "target", {.target = "two"});
  make_campaign(place / "grammar", {.option = "-a"});
  make_campaign(place / "phases", {.phases = {"load", "serve"}});
  CHECK(
      contains(refusal(place / "out", {place / "a", place / "target"}), "executable has changed"));
  CHECK(contains(refusal(place / "out", {place / "a", place / "grammar"}), "grammars differ"));
  CHECK(contains(refusal(place / "out", {place / "a", place / "phases"}), "load, serve"));
  CHECK(contains(refusal(place / "out", {place / "a", place / "none"}), "none"));
  CHECK(contains(refusal(place / "out", {}), "merge: no campaign given"));
  CHECK_FALSE(store::WorkDir::exists(place / "out"));

  const auto report =
      merge_campaigns(place / "out", {place / "a", place / "target"}, {.different = true});
  REQUIRE(report.warnings.size() == 1);
  CHECK(contains(report.warnings[0], "executable has changed"));
  CHECK_THROWS_AS(
      merge_campaigns(place / "out2", {place / "a", place / "phases"}, {.different = true}),
      UserError);
}

TEST_CASE("a merged campaign claims nothing about what was not seen") {
  TemporaryDirectory place;
  make_campaign(place / "a", {.runs = {{"args a\n", {0}}}});
  make_campaign(place / "b", {.runs = {{"args b\n", {0}}}});
  merge_campaigns(place / "out", {place / "a", place / "b"}, {});
  CHECK_FALSE(store::converged(books_of(place / "out")));
  CHECK(contains(store::risk_statement(books_of(place / "out"), .95), "campaigns were merged"));
}

TEST_CASE("n shards merged are one campaign of the same runs, in any order and grouping") {
  Random random(3);
  for (int round = 0; round < 3; ++round) {
    TemporaryDirectory place;
    const auto count = static_cast<std::uint32_t>(random.between(2, 4));
    CAPTURE(round);
    std::vector<harness::test::MadeRun> all;
    std::vector<std::string> shards;
    for (std::uint32_t i = 1; i <= count; ++i) {
      std::vector<harness::test::MadeRun> runs;
      for (std::uint64_t run = random.below(5); run > 0; --run) {
        runs.push_back({"args " + std::to_string(random.below(9)) + "\n", {}});
        for (std::int32_t call = 0; call < 6; ++call) {
          if (random.chance(1, 3)) {
            runs.back().calls.push_back(call);
          }
        }
      }
      all.insert(all.end(), runs.begin(), runs.end());
      shards.push_back(place / std::to_string(i));
      make_campaign(shards.back(), {.seed = i, .shard = {i, count}, .runs = runs});
    }
    make_campaign(place / "one", {.runs = all});

    merge_campaigns(place / "a", shards, {});
    for (std::size_t i = shards.size() - 1; i > 0; --i) {
      std::swap(shards[i], shards[random.below(i + 1)]);
    }
    // One by one, into what there is, and some of them again.
    for (const auto& shard : shards) {
      merge_campaigns(place / "b", {shard, random.pick(shards)}, {.partial = true});
    }
    CHECK(books_of(place / "a") == books_of(place / "b"));
    CHECK(shares_of(place / "a").size() == count);
    CHECK(shares_text(place / "a") == shares_text(place / "b"));
    CHECK(shares_of(place / "one").empty());
    CHECK(totals_of(books_of(place / "a")) == totals_of(books_of(place / "one")));
  }
}

TEST_CASE("shards are merged when all are there; else the missing ones are named") {
  TemporaryDirectory place;
  const auto shard = [&](const std::string& name, Shard which) {
    make_campaign(place / name, {.seed = which.index, .shard = which, .runs = {{"args a\n", {0}}}});
    return place / name;
  };
  const auto a = shard("a", {1, 3});
  const auto b = shard("b", {2, 3});
  const auto c = shard("c", {3, 3});
  CHECK(contains(refusal(place / "out", {a, c}), "2 of 3 shards are given; missing: 2"));
  CHECK(contains(refusal(place / "out", {b}), "missing: 1 and 3"));
  CHECK(contains(refusal(place / "out", {a, b, shard("other", {4, 4})}), "different splits"));
  CHECK_FALSE(store::WorkDir::exists(place / "out"));

  const auto part = merge_campaigns(place / "out", {c, a}, {.partial = true});
  REQUIRE(part.warnings.size() == 1);
  CHECK(contains(part.warnings[0], "missing: 2"));
  // What is merged remembers its shards: with the last one it is whole.
  CHECK(merge_campaigns(place / "out", {b}, {}).warnings.empty());
  merge_campaigns(place / "abc", {a, b, c}, {});
  CHECK(books_of(place / "out") == books_of(place / "abc"));

  const auto again = shard("again", {2, 3});
  const auto twice = merge_campaigns(place / "twice", {a, b, c, again}, {});
  REQUIRE(twice.warnings.size() == 1);
  CHECK(contains(twice.warnings[0], "shard 2/3 was explored more than once"));
}

TEST_CASE("a merged campaign tells which shard saw what, and which is missing") {
  TemporaryDirectory place;
  const auto make = [&](const std::string& name, Shard which,
                        const std::vector<harness::test::MadeRun>& runs) {
    make_campaign(place / name, {.seed = which.index, .shard = which, .runs = runs});
    return place / name;
  };
  const auto one = make("one", {1, 3}, {{"args a\n", {0, 1}}, {"args b\n", {0}}});
  const auto two = make("two", {2, 3}, {{"args c\n", {0, 2, 3}}});
  const auto three = make("three", {3, 3}, {});
  const auto other = make("other", {}, {{"args d\n", {3}}});
  CHECK(shares_of(one).empty());
  CHECK(store::missing_shards(store::open_campaign(one).notes) ==
        "The results of shards 2 and 3 of 3 are missing.");

  merge_campaigns(place / "left", {two, one}, {.partial = true});
  CHECK(store::missing_shards(store::open_campaign(place / "left").notes) ==
        "The results of shard 3 of 3 are missing.");
  auto shares = shares_of(place / "left");
  REQUIRE(shares.size() == 2);
  CHECK(shares[0].name == "1/3"); // by their numbers, not by their ids
  CHECK(shares[0].runs == 2);
  CHECK(shares[0].pairs == 2);
  CHECK(shares[0].calls == 2);
  REQUIRE(shares[0].only_here.size() == 1);
  CHECK(shares[0].only_here[0] == PairKey{"main", {AuditArch::x86_64, 1}, "true"});
  CHECK(shares[1].only_here.size() == 2);

  // A merge of merges: one alone has seen less, and one that has seen nothing is there too.
  merge_campaigns(place / "right", {other, three}, {.partial = true});
  merge_campaigns(place / "all", {place / "right", place / "left", one}, {});
  shares = shares_of(place / "all");
  REQUIRE(shares.size() == 4);
  CHECK(shares[2].name == "3/3");
  CHECK(shares[2].runs == 0);
  CHECK(shares[3].kind == ShardSummary::Kind::other);
  CHECK(shares[3].only_here.empty());
  CHECK(shares[1].only_here.size() == 1);
  CHECK(store::missing_shards(store::open_campaign(place / "all").notes).empty());
  const std::string all = shares_text(place / "all");
  merge_campaigns(place / "all", {place / "left", place / "all", three}, {});
  CHECK(shares_text(place / "all") == all);

  // Fresh runs of a validation are named as what they are.
  {
    auto recorder = make_campaign(place / "fresh", {.runs = {{"args a\n", {0}}}});
    store::note_part(
        recorder,
        {.frozen = frozen_generator_of(store::open_campaign(place / "all")).id, .shard = {2, 5}});
    REQUIRE(recorder.checkpoint());
  }
  merge_campaigns(place / "all", {place / "fresh"}, {.partial = true});
  shares = shares_of(place / "all");
  REQUIRE(shares.size() == 5);
  CHECK(shares[4].kind == ShardSummary::Kind::fresh);
  CHECK(shares[4].name == "2/5");
  CHECK(shares[4].only_here.empty());
}

TEST_CASE("a campaign that is in use is not written to, but may be read") {
  TemporaryDirectory place;
  const auto busy = make_campaign(place / "busy", {.runs = {{"args a\n", {0}}}}); // keeps its lock
  make_campaign(place / "b", {});
  CHECK(contains(refusal(place / "busy", {place / "b"}), "in use"));
  merge_campaigns(place / "out", {place / "busy", place / "b"}, {});
  CHECK(books_of(place / "out").profile.pairs == books_of(place / "busy").profile.pairs);
}
