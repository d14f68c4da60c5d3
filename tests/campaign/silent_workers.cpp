// A worker that hangs can't enforce its own limits: the pool watches over it.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "harness/engine/protocol.hpp"
#include "harness/pool/worker_pool.hpp"
#include "tests/support/process.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <optional>
#include <stdexcept>

using namespace harness;

namespace {

using namespace std::chrono_literals;

/// Stops the loop at the first death.
class FirstDeath final : public pool::WorkerPoolObserver {
public:
  explicit FirstDeath(boost::asio::io_context& context) : context_(context) {}
  void began(pool::WorkerNumber) override {}
  void idle(pool::WorkerNumber worker) override { pool_->send(worker, engine::Explore{}); }
  void on_message(pool::WorkerNumber, engine::Message) override {}
  void died(pool::WorkerNumber, const std::optional<std::string>& input,
            const std::string& why) override {
    input_ = input;
    why_ = why;
    context_.stop();
  }
  std::optional<std::string> input_;
  std::string why_;
  pool::WorkerPool* pool_ = nullptr;

private:
  boost::asio::io_context& context_;
};

/// A pool of one process that sends `said` and then hangs.
pool::WorkerPool::Options hanging_after(const std::string& said,
                                        const test::TemporaryDirectory& directory) {
  REQUIRE(replace_file(directory / "said", said).ok());
  return {.workers = 1,
          .launch =
              [&](pool::WorkerNumber) {
                return pool::Launch{
                    .command = {"/bin/sh", "-c",
                                fmt::format("cat {}/said; exec sleep 1000", directory.path())},
                    .setup = {},
                    .host_directory = ""};
              },
          .log = directory / "log",
          .max_silence = 200ms};
}

} // namespace

TEST_CASE("a worker that falls silent while it runs an input is ended, and the input is named") {
  const test::TemporaryDirectory directory;
  boost::asio::io_context context;
  FirstDeath observer(context);
  pool::WorkerPool workers(context, hanging_after(engine::encode(engine::Hello{}) +
                                                      engine::encode(engine::Starting{"input"}),
                                                  directory));
  observer.pool_ = &workers;
  workers.serve(observer);
  context.run();
  CHECK(observer.why_.find("sent nothing for") != std::string::npos);
  CHECK(observer.input_ == "input");
}
