// SPDX-License-Identifier: Apache-2.0
#include "harness/pool/worker_process.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/process/args.hpp>
#include <boost/process/async_pipe.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <csignal>
#include <cstdio>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::pool {

namespace bp = boost::process;

struct WorkerProcess::Impl : std::enable_shared_from_this<WorkerProcess::Impl> {
  Impl(boost::asio::io_context& context, Listener heard)
      : to(context), from(context), listener(std::move(heard)) {}

  bp::async_pipe to;
  bp::async_pipe from;
  bp::child child;
  Listener listener;
  engine::FrameReader frames;
  std::array<char, 65536> buffer{};
  std::deque<std::string> outgoing;
  bool closed = false;

  void read() {
    from.async_read_some(
        boost::asio::buffer(buffer),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t got) {
          self->received(error, got);
        });
  }

  void received(const boost::system::error_code& error, std::size_t got) {
    frames.feed({buffer.data(), got});
    while (!closed) {
      auto frame = frames.next();
      if (!frame) {
        return end(frame.error().message);
      }
      if (!*frame) {
        break;
      }
      auto message = engine::decode_message(**frame);
      if (!message) {
        return end(message.error().message);
      }
      listener.message(std::move(*message));
    }
    if (closed) {
      return;
    }
    if (error) {
      return end("");
    }
    read();
  }

  void write() {
    boost::asio::async_write(
        to, boost::asio::buffer(outgoing.front()),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
          self->outgoing.pop_front();
          if (!error && !self->closed && !self->outgoing.empty()) {
            self->write();
          } // an error means that it is gone: the reading side will notice
        });
  }

  void kill_all() {
    if (child.valid()) {
      // Its own process group; a sandbox ends with its first process, targets with their tracer.
      ::kill(-child.id(), SIGKILL);
      ::kill(child.id(), SIGKILL);
    }
  }

  /// The wait status. Kills a process that does not end by itself; `patience` gives it time to do
  /// so, because its own status is more informative.
  int collect(bool patience) {
    int status = 0;
    for (int i = 0; patience && i < 50; ++i) {
      if (::waitpid(child.id(), &status, WNOHANG) == child.id()) {
        return status;
      }
      ::usleep(1000);
    }
    kill_all();
    while (::waitpid(child.id(), &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  /// Reaps the process and notifies the listener.
  void end(std::string why) {
    if (closed) {
      return;
    }
    closed = true;
    const int status = collect(why.empty());
    child.detach();
    boost::system::error_code ignored;
    to.close(ignored);
    from.close(ignored);
    if (why.empty()) {
      why = WIFSIGNALED(status) ? fmt::format("killed by signal {}", WTERMSIG(status))
                                : fmt::format("ended with status {}", WEXITSTATUS(status));
    }
    listener.gone(std::move(why));
  }
};

Result<std::unique_ptr<WorkerProcess>>
WorkerProcess::start(boost::asio::io_context& context, const Options& options, Listener listener) {
  auto impl = std::make_shared<Impl>(context, std::move(listener));
  std::FILE* log = std::fopen(options.log.c_str(), "ae");
  if (log == nullptr) {
    return Error::from_errno("opening " + options.log, errno);
  }
  std::error_code failed;
  const std::vector<std::string> arguments(options.command.begin() + 1, options.command.end());
  impl->child = bp::child(bp::exe = options.command.front(), bp::args = arguments,
                          bp::std_in<impl->to, bp::std_out> impl->from, bp::std_err > log,
                          bp::extend::on_exec_setup([us = ::getpid(), &options](auto&) {
                            ::setpgid(0, 0); // Ctrl-C must reach only the coordinator
                            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
                            if (::getppid() != us) {
                              ::_exit(127); // we were gone before that
                            }
                            // Boost's pipes are not close-on-exec: a sibling would keep ours open.
                            // (Its limit_handles closes the standard streams, too.)
                            ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
                            for (const int kept : options.descriptors) {
                              ::fcntl(kept, F_SETFD, 0);
                            }
                          }),
                          failed);
  std::fclose(log);
  if (failed) {
    return Error{fmt::format("cannot start {}: {}", options.command.front(), failed.message()),
                 failed.value()};
  }
  impl->read();
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(std::move(impl)));
}

WorkerProcess::~WorkerProcess() {
  impl_->listener = {[](engine::Message) {}, [](std::string) {}};
  impl_->end("no longer needed");
}

void WorkerProcess::send(const engine::Command& command) {
  if (impl_->closed) {
    return;
  }
  impl_->outgoing.push_back(engine::encode(command));
  if (impl_->outgoing.size() == 1) {
    impl_->write();
  }
}

void WorkerProcess::kill() {
  impl_->kill_all();
}

pid_t WorkerProcess::pid() const {
  return impl_->child.id();
}

} // namespace harness::pool
