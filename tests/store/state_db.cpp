// SPDX-License-Identifier: Apache-2.0
#include "harness/store/state_db.hpp"
#include "tests/store/random_state.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <fstream>
#include <sstream>

using namespace harness;
using namespace harness::store;
using harness::store::test::random_state;
using harness::test::contains;
using harness::test::TemporaryDirectory;

namespace {

const std::vector<std::string> db_phases = {"startup", "serving"};

std::string bytes_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The message with which opening `path` for writing is refused.
std::string refusal(const std::string& path) {
  const auto state = StateDb::open(path, Database::Access::write);
  REQUIRE_FALSE(state);
  return state.error().message;
}

} // namespace

TEST_CASE("campaign_state come back as they were saved") {
  Random random(harness::test::property_seed("campaign_state on disk"));
  for (int i = 0; i < 12; ++i) {
    TemporaryDirectory place;
    const CampaignState campaign_state = random_state(random);
    {
      auto state = StateDb::create(place / "state.db", db_phases);
      REQUIRE(state);
      REQUIRE(state->save_all(campaign_state));
      REQUIRE(*state->load() == campaign_state);
    }
    auto again = StateDb::open(place / "state.db", Database::Access::write);
    REQUIRE(again);
    REQUIRE(*again->load() == campaign_state);
    // CampaignState only ever grow: saving more on top of them is saving the join.
    CampaignState more = random_state(random);
    REQUIRE(more.merge(campaign_state));
    REQUIRE(again->save_all(more));
    REQUIRE(*again->load() == more);
  }
}

TEST_CASE("a reader sees whole saves while a writer goes on") {
  TemporaryDirectory place;
  Random random(3);
  const CampaignState campaign_state = random_state(random);
  auto writer = StateDb::create(place / "state.db", db_phases);
  REQUIRE(writer);
  auto reader = StateDb::open(place / "state.db", Database::Access::read);
  REQUIRE(reader);
  CHECK(reader->load()->profile.pairs.empty());
  REQUIRE(writer->save_all(campaign_state));
  CHECK(*reader->load() == campaign_state);
}

TEST_CASE("the log keeps what came last") {
  TemporaryDirectory place;
  auto state = StateDb::create(place / "state.db", db_phases);
  REQUIRE(state);
  for (int i = 0; i < 5; ++i) {
    REQUIRE(state->log(i, "worker", "started " + std::to_string(i)));
  }
  const auto events = state->events(2);
  REQUIRE(events);
  REQUIRE(events->size() == 2);
  CHECK((*events)[0].text == "started 3");
  CHECK((*events)[1].after_s == 4);
}

TEST_CASE("a database that is there is not overwritten") {
  TemporaryDirectory place;
  REQUIRE(StateDb::create(place / "state.db", db_phases));
  CHECK_FALSE(StateDb::create(place / "state.db", db_phases));
}

TEST_CASE("a foreign file is refused and left as it is") {
  TemporaryDirectory place;
  std::ofstream(place / "text") << std::string(5000, 'x');
  const std::string before = bytes_of(place / "text");
  CHECK(contains(refusal(place / "text"), "is not a campaign database"));
  CHECK(bytes_of(place / "text") == before);

  {
    auto other = Database::open(place / "other.db", Database::Access::create);
    REQUIRE(other);
    REQUIRE((*other)->execute("CREATE TABLE recipe(name TEXT)"));
  }
  const std::string recipes = bytes_of(place / "other.db");
  CHECK(contains(refusal(place / "other.db"), "database of another program"));
  CHECK(bytes_of(place / "other.db") == recipes);
  CHECK(contains(refusal(place / "missing.db"), "missing.db"));
}

TEST_CASE("a database of a newer layout is refused and left as it is") {
  TemporaryDirectory place;
  {
    auto state = StateDb::create(place / "state.db", db_phases);
    REQUIRE(state);
  }
  {
    auto database = Database::open(place / "state.db", Database::Access::write);
    REQUIRE((*database)->execute("PRAGMA user_version = 99"));
  }
  const std::string before = bytes_of(place / "state.db");
  CHECK(contains(refusal(place / "state.db"), "newer harness (layout 99"));
  CHECK(bytes_of(place / "state.db") == before);
}

TEST_CASE("a damaged database is noticed, and its user told that the inputs are whole") {
  TemporaryDirectory place;
  Random random(4);
  {
    auto state = StateDb::create(place / "state.db", db_phases);
    REQUIRE(state);
    CampaignState campaign_state = random_state(random);
    for (int i = 0; i < 200; ++i) {
      campaign_state.trees = {};
      campaign_state.profile.pairs[{"serving", {AuditArch::x86_64, i}, std::string(200, 'e')}] = {};
    }
    REQUIRE(state->save_all(campaign_state));
  }
  std::string bytes = bytes_of(place / "state.db");
  REQUIRE(bytes.size() > 50'000);
  // The first page stays: it is what says that the file is ours.
  for (std::size_t i = 4096; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(random.next());
  }
  std::ofstream(place / "state.db", std::ios::binary) << bytes;
  CHECK(contains(refusal(place / "state.db"), "inputs in corpus/ are intact"));
}

TEST_CASE("a save that fails leaves the last good state, and can be repeated") {
  TemporaryDirectory place;
  Random random(5);
  auto state = StateDb::create(place / "state.db", db_phases);
  REQUIRE(state);
  CampaignState first = random_state(random);
  REQUIRE(state->save_all(first));
  CampaignState second = random_state(random);
  REQUIRE(second.merge(first));
  {
    // Another process that holds the database makes every write fail; waiting is cut short.
    auto other = Database::open(place / "state.db", Database::Access::write);
    REQUIRE((*other)->execute("BEGIN IMMEDIATE"));
    auto hasty = StateDb::open(place / "state.db", Database::Access::read);
    REQUIRE(hasty);
    hasty->set_patience(std::chrono::milliseconds(1));
    const auto saved = hasty->save_all(second);
    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == EBUSY);
    CHECK(*hasty->load() == first);
    REQUIRE((*other)->execute("ROLLBACK"));
    REQUIRE(hasty->save_all(second));
  }
  CHECK(*state->load() == second);
}
