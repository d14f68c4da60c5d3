// SPDX-License-Identifier: Apache-2.0
#include "harness/store/state_db.hpp"

#include "harness/store/state_db_statements.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <utility>

namespace harness::store {

namespace {

// "harn": distinguishes our files from databases of other programs.
constexpr int application_id = 0x6861726e;

// How many lines of the log are kept.
constexpr int kept_events = 10'000;

// One row of `pair_count` and `incidence` for each writer and pair: nothing here grows with runs.
constexpr const char* tables = R"(
CREATE TABLE note(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE phase(position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE elapsed(campaign TEXT PRIMARY KEY, seconds REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE writer(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, campaign TEXT NOT NULL,
  replicate INTEGER NOT NULL, runs INTEGER NOT NULL, incomplete INTEGER NOT NULL);
CREATE TABLE phase_run(phase TEXT NOT NULL, writer INTEGER NOT NULL, runs INTEGER NOT NULL,
  PRIMARY KEY(phase, writer)) WITHOUT ROWID;
CREATE TABLE pair(id INTEGER PRIMARY KEY, phase TEXT NOT NULL, arch INTEGER NOT NULL,
  number INTEGER NOT NULL, executable TEXT NOT NULL, first_run INTEGER NOT NULL,
  after_s REAL NOT NULL, input TEXT NOT NULL, reproducer_from TEXT NOT NULL, backtrace TEXT NOT NULL,
  shown INTEGER NOT NULL, tried INTEGER NOT NULL, only_faulted INTEGER NOT NULL,
  threads TEXT NOT NULL, UNIQUE(phase, arch, number, executable));
CREATE TABLE pair_count(pair INTEGER NOT NULL, writer INTEGER NOT NULL, calls INTEGER NOT NULL,
  runs INTEGER NOT NULL, PRIMARY KEY(pair, writer)) WITHOUT ROWID;
CREATE TABLE call(id INTEGER PRIMARY KEY, phase TEXT NOT NULL, arch INTEGER NOT NULL,
  number INTEGER NOT NULL, UNIQUE(phase, arch, number));
CREATE TABLE incidence(call INTEGER NOT NULL, writer INTEGER NOT NULL, runs INTEGER NOT NULL,
  first_run INTEGER NOT NULL, PRIMARY KEY(call, writer)) WITHOUT ROWID;
CREATE TABLE counter(kind INTEGER NOT NULL, name TEXT NOT NULL, writer INTEGER NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY(kind, name, writer)) WITHOUT ROWID;
CREATE TABLE input(hash TEXT PRIMARY KEY, bytes INTEGER NOT NULL, run INTEGER NOT NULL,
  after_s REAL NOT NULL, campaign TEXT NOT NULL, replicate INTEGER NOT NULL,
  calls TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE failure(bucket TEXT PRIMARY KEY, kind INTEGER NOT NULL, what TEXT NOT NULL,
  first_run INTEGER NOT NULL, after_s REAL NOT NULL, first_input TEXT NOT NULL,
  last_calls TEXT NOT NULL, output_tail TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE attempt(campaign TEXT NOT NULL, replicate INTEGER NOT NULL, number INTEGER NOT NULL,
  planned INTEGER NOT NULL, alpha REAL NOT NULL, state INTEGER NOT NULL, runs INTEGER NOT NULL,
  news_runs INTEGER NOT NULL, incomplete INTEGER NOT NULL, incomplete_news INTEGER NOT NULL,
  phases TEXT NOT NULL, news TEXT NOT NULL, began_at_run INTEGER NOT NULL, began_after_s REAL NOT NULL,
  PRIMARY KEY(campaign, replicate, number)) WITHOUT ROWID;
CREATE TABLE curve(campaign TEXT NOT NULL, runs INTEGER NOT NULL, after_s REAL NOT NULL,
  corpus INTEGER NOT NULL, pairs TEXT NOT NULL, PRIMARY KEY(campaign, runs)) WITHOUT ROWID;
CREATE TABLE tree(text TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE event(id INTEGER PRIMARY KEY AUTOINCREMENT, after_s REAL NOT NULL, kind TEXT NOT NULL,
  text TEXT NOT NULL);
)";

// FULL: a commit has reached the disk when it returns. The log file is cut after checkpoints.
constexpr const char* settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "PRAGMA journal_size_limit = 8388608;";

Result<> check_ours(Database& database) {
  const auto id = database.number("PRAGMA application_id");
  if (!id) {
    return id.error();
  }
  if (*id != application_id) {
    return Error{database.path() + " is a database of another program, not of harness", EINVAL};
  }
  const auto version = database.number("PRAGMA user_version");
  if (!version) {
    return version.error();
  }
  if (*version > StateDb::schema) {
    return Error{
        fmt::format("{} was written by a newer harness (layout {}; this one reads {}): use "
                    "that one",
                    database.path(), *version, StateDb::schema),
        EINVAL};
  }
  if (*version < 1) {
    return Error{database.path() + " was never completed; remove the directory and start again",
                 EINVAL};
  }
  return Done{};
}

Result<> check_sound(Database& database) {
  std::string verdict;
  auto check = database.prepare("PRAGMA quick_check(1)");
  if (!check) {
    return std::move(check).error();
  }
  if (auto ran = check->each([&](const Row& row) { verdict = row.text(0); }); !ran) {
    return ran;
  }
  if (verdict != "ok") {
    return Error{fmt::format("{} is damaged ({}); the inputs in corpus/ are intact: start a new "
                             "campaign with them as seeds",
                             database.path(), verdict),
                 EIO};
  }
  return Done{};
}

} // namespace

StateDb::StateDb(std::unique_ptr<Database> database)
    : database_(std::move(database)), statements_(std::make_unique<Statements>(*database_)) {}
StateDb::StateDb(StateDb&&) noexcept = default;
StateDb& StateDb::operator=(StateDb&& other) noexcept {
  // Statements point into the database that they were compiled for: they go first.
  statements_ = std::move(other.statements_);
  database_ = std::move(other.database_);
  writer_numbers_ = std::move(other.writer_numbers_);
  pair_numbers_ = std::move(other.pair_numbers_);
  call_numbers_ = std::move(other.call_numbers_);
  return *this;
}
StateDb::~StateDb() {
  statements_.reset();
}

Result<StateDb> StateDb::create(const std::string& path, const std::vector<std::string>& phases) {
  auto database = Database::open(path, Database::Access::create);
  if (!database) {
    return std::move(database).error();
  }
  StateDb state(std::move(*database));
  // The version is set last: a database without it was never finished.
  auto made = state.database_->execute(
      fmt::format("{} BEGIN; {} PRAGMA application_id = {};", settings, tables, application_id));
  for (std::size_t i = 0; made && i < phases.size(); ++i) {
    made = state.statements_->run("INSERT INTO phase VALUES(?, ?)", i, phases[i]);
  }
  if (made) {
    made = state.database_->execute(fmt::format("PRAGMA user_version = {}; COMMIT;", schema));
  }
  if (!made) {
    return std::move(made).error();
  }
  return state;
}

Result<StateDb> StateDb::open(const std::string& path, Database::Access access) {
  auto database = Database::open(path, access);
  if (!database) {
    return std::move(database).error();
  }
  // What a foreign file is must be known before anything is changed in it.
  auto ready = check_ours(**database);
  if (ready && access == Database::Access::write) {
    ready = (*database)->execute(settings);
  }
  if (ready && access == Database::Access::write) {
    ready = check_sound(**database);
  }
  StateDb state(std::move(*database));
  if (ready) {
    ready = state.read_numbers();
  }
  if (!ready) {
    return std::move(ready).error();
  }
  return state;
}

Result<> StateDb::read_numbers() {
  writer_numbers_.clear();
  pair_numbers_.clear();
  call_numbers_.clear();
  const auto call = [](const Row& row, int column) {
    return SyscallId{static_cast<AuditArch>(row.integer(column)),
                     static_cast<std::int32_t>(row.integer(column + 1))};
  };
  auto read = statements_->each("SELECT id, name FROM writer", [&](const Row& row) {
    writer_numbers_[row.text(1)] = row.integer(0);
  });
  if (read) {
    read = statements_->each("SELECT id, phase, arch, number FROM call", [&](const Row& row) {
      call_numbers_[{row.text(1), call(row, 2)}] = row.integer(0);
    });
  }
  if (read) {
    read = statements_->each(
        "SELECT id, phase, arch, number, executable FROM pair", [&](const Row& row) {
          pair_numbers_[{row.text(1), call(row, 2), row.text(4)}] = row.integer(0);
        });
  }
  return read;
}

Result<std::map<std::string, std::string>> StateDb::load_notes() {
  std::map<std::string, std::string> notes;
  auto read = statements_->each("SELECT key, value FROM note",
                                [&](const Row& row) { notes[row.text(0)] = row.text(1); });
  if (!read) {
    return std::move(read).error();
  }
  return notes;
}

Result<> StateDb::log(double after_s, const std::string& kind, const std::string& text) {
  auto written = statements_->run("INSERT INTO event(after_s, kind, text) VALUES(?, ?, ?)", after_s,
                                  kind, text);
  if (!written) {
    return written;
  }
  return statements_->run("DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?",
                          kept_events);
}

Result<std::vector<StateDb::Event>> StateDb::events(std::size_t most) {
  std::vector<Event> events;
  auto read = statements_->each(
      "SELECT after_s, kind, text FROM (SELECT * FROM event ORDER BY id "
      "DESC LIMIT ?) ORDER BY id",
      [&](const Row& row) {
        events.push_back({row.real(0), row.text(1), row.text(2)});
      },
      most);
  if (!read) {
    return std::move(read).error();
  }
  return events;
}

} // namespace harness::store
