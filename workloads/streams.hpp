// Streams: the standard streams of one run, as an Input describes them. Streams that need no
// attention during the run (files, pipes that hold all input) are created here; the others are
// handed to a Pump.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "core/base/result.hpp"
#include "core/model/input.hpp"
#include "core/model/run_spec.hpp"
#include "workloads/run_directory.hpp"

#include <string>

namespace harness::workloads {

struct Streams {
  // The target's ends; none is closed in the target.
  Fd input;
  Fd output;
  Fd error;
  // Our ends.
  Fd feed;         // write end of an input pipe that is to be fed slowly
  Fd output_drain; // read end of an output pipe
  Fd error_drain;
  Fd terminal; // master side
  bool terminal_input = false;
  bool output_captured = false; // `output` is a file to read from
  bool error_captured = false;
  bool breaks_pipe = false; // an output has no reader

  RunStreams borrowed() const;
};

/// `bytes` is what standard input holds; with `slowly` an input pipe is left empty, for a Pump.
Result<Streams> make_streams(const Input& input, const std::string& bytes, bool slowly,
                             const RunDirectory& directory);

/// The last `limit_bytes` of a captured file.
std::string tail_of(int file, std::size_t limit_bytes);

} // namespace harness::workloads
