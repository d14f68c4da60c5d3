// SPDX-License-Identifier: Apache-2.0
#include "workloads/streams.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::workloads {

namespace {

/// A nameless file in the run directory; where its file system has none, one in memory.
Result<Fd> nameless_file(const RunDirectory& directory) {
  Fd file(::openat(directory.top(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file) {
    file.reset(::memfd_create("stream", MFD_CLOEXEC));
  }
  if (!file) {
    return Error::from_errno("make a file for a stream", errno);
  }
  // So that the target can open /dev/stdout.
  const auto& owner = directory.owner();
  if ((owner.uid || owner.gid) &&
      ::fchown(file.get(), owner.uid.value_or(-1), owner.gid.value_or(-1)) != 0) {
    return Error::from_errno("give away the file of a stream", errno);
  }
  return file;
}

Result<Fd> input_file(const std::string& bytes, const RunDirectory& directory) {
  auto file = nameless_file(directory);
  if (!file) {
    return file;
  }
  if (auto written = write_all(file->get(), bytes); !written) {
    return std::move(written.error()).within("fill standard input");
  }
  // A description of its own: read-only, and at the start.
  return open_file(fmt::format("/proc/self/fd/{}", file->get()), O_RDONLY);
}

/// The read end of a pipe that holds `bytes`. Larger than a pipe may get: a file instead.
Result<Fd> input_pipe(const std::string& bytes, const RunDirectory& directory) {
  auto ends = make_pipe();
  if (!ends) {
    return std::move(ends.error());
  }
  constexpr std::size_t usual = 65536;
  if (bytes.size() > usual &&
      ::fcntl(ends->second.get(), F_SETPIPE_SZ, static_cast<int>(bytes.size())) < 0) {
    return input_file(bytes, directory);
  }
  if (auto written = write_all(ends->second.get(), bytes); !written) {
    return std::move(written.error()).within("fill standard input");
  }
  return std::move(ends->first);
}

Result<Fd> open_terminal(const Terminal& terminal, const RunDirectory& directory, Fd& master) {
  master.reset(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  if (!master) {
    return Error::from_errno("open /dev/ptmx", errno);
  }
  int unlock = 0;
  const winsize size{terminal.rows, terminal.columns, 0, 0};
  if (::ioctl(master.get(), TIOCSPTLCK, &unlock) != 0 ||
      ::ioctl(master.get(), TIOCSWINSZ, &size) != 0) {
    return Error::from_errno("set up a terminal", errno);
  }
  Fd slave(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!slave) {
    return Error::from_errno("open the other side of a terminal", errno);
  }
  // What cannot be given away (one mapped uid only) can still be used through the descriptor.
  const auto& owner = directory.owner();
  (void)!::fchown(slave.get(), owner.uid.value_or(-1), owner.gid.value_or(-1));
  return slave;
}

struct Output {
  Fd target;
  Fd drain;
  bool captured = false;
};

Result<Output> make_output(OutputKind kind, const Fd& slave, const RunDirectory& directory) {
  const auto only = [](Result<Fd> fd) -> Result<Output> {
    if (!fd) {
      return std::move(fd.error());
    }
    return Output{std::move(*fd), {}, false};
  };
  switch (kind) {
  case OutputKind::closed:
    return Output{};
  case OutputKind::null:
    return only(open_file("/dev/null", O_WRONLY));
  case OutputKind::full:
    return only(open_file("/dev/full", O_WRONLY));
  case OutputKind::terminal:
    return Output{Fd(::fcntl(slave.get(), F_DUPFD_CLOEXEC, 3)), {}, false};
  case OutputKind::capture: {
    auto made = only(nameless_file(directory));
    if (made) {
      made->captured = true;
    }
    return made;
  }
  case OutputKind::pipe:
  case OutputKind::closed_pipe: {
    auto ends = make_pipe();
    if (!ends) {
      return std::move(ends.error());
    }
    if (kind == OutputKind::closed_pipe) {
      ends->first.reset();
    } else {
      ::fcntl(ends->first.get(), F_SETFL, O_NONBLOCK);
    }
    return Output{std::move(ends->second), std::move(ends->first), false};
  }
  }
  return Error{"not a kind of output", EINVAL};
}

Result<> make_input(const Input& input, const std::string& bytes, bool slowly, const Fd& slave,
                    const RunDirectory& directory, Streams& streams) {
  const auto take = [&](Result<Fd> fd) -> Result<> {
    if (!fd) {
      return std::move(fd.error());
    }
    streams.input = std::move(*fd);
    return Done{};
  };
  switch (input.standard_input.kind) {
  case StandardInput::Kind::closed:
    return Done{};
  case StandardInput::Kind::null:
    return take(open_file("/dev/null", O_RDONLY));
  case StandardInput::Kind::file:
    return take(input_file(bytes, directory));
  case StandardInput::Kind::terminal:
    streams.terminal_input = true;
    return take(Fd(::fcntl(slave.get(), F_DUPFD_CLOEXEC, 3)));
  case StandardInput::Kind::pipe: {
    if (!slowly) {
      return take(input_pipe(bytes, directory));
    }
    auto ends = make_pipe();
    if (!ends) {
      return std::move(ends.error());
    }
    streams.feed = std::move(ends->second);
    ::fcntl(streams.feed.get(), F_SETFL, O_NONBLOCK);
    return take(std::move(ends->first));
  }
  }
  return Error{"not a kind of input", EINVAL};
}

} // namespace

RunStreams Streams::borrowed() const {
  return {input.get(), output.get(), error.get(), terminal_input};
}

Result<Streams> make_streams(const Input& input, const std::string& bytes, bool slowly,
                             const RunDirectory& directory) {
  Streams streams;
  Fd slave;
  if (input.standard_input.kind == StandardInput::Kind::terminal ||
      input.standard_output == OutputKind::terminal ||
      input.standard_error == OutputKind::terminal) {
    auto opened = open_terminal(input.terminal, directory, streams.terminal);
    if (!opened) {
      return std::move(opened.error());
    }
    slave = std::move(*opened);
  }
  if (auto made = make_input(input, bytes, slowly, slave, directory, streams); !made) {
    return std::move(made.error());
  }
  auto output = make_output(input.standard_output, slave, directory);
  if (!output) {
    return std::move(output.error());
  }
  auto error = make_output(input.standard_error, slave, directory);
  if (!error) {
    return std::move(error.error());
  }
  streams.output = std::move(output->target);
  streams.output_drain = std::move(output->drain);
  streams.output_captured = output->captured;
  streams.error = std::move(error->target);
  streams.error_drain = std::move(error->drain);
  streams.error_captured = error->captured;
  streams.breaks_pipe = input.standard_output == OutputKind::closed_pipe ||
                        input.standard_error == OutputKind::closed_pipe;
  return streams;
}

std::string tail_of(int file, std::size_t limit_bytes) {
  struct stat found {};
  if (::fstat(file, &found) != 0 || found.st_size <= 0) {
    return {};
  }
  const auto size = std::min<std::size_t>(static_cast<std::size_t>(found.st_size), limit_bytes);
  std::string bytes(size, '\0');
  const auto got = ::pread(file, bytes.data(), size, found.st_size - static_cast<off_t>(size));
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

} // namespace harness::workloads
