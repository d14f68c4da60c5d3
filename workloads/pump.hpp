// Pump: the thread that serves streams which need attention during the run: it types on the master
// side of a pseudo-terminal, feeds an input pipe slowly, and drains pipes and terminals, so that
// the target never blocks on them. Independent of protocols.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_driver.hpp"
#include "workloads/event_flag.hpp"
#include "workloads/streams.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace harness::workloads {

/// What is fed next, after a pause. `marker` (may be empty) is given before the bytes.
struct Piece {
  std::string bytes;
  std::uint32_t pause_ms = 0;
  std::string marker;
};

/// Keys cut where a person would wait: after each line, around each control key (^C ^D ^Z ^\).
std::vector<Piece> cut_keys(std::string_view keys);

class Pump {
public:
  /// Takes the streams' ends that are ours. `hang_up` closes the terminal once all is typed.
  Pump(Streams& streams, std::vector<Piece> pieces, bool hang_up);
  ~Pump() { stop(); }
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  /// True if there is anything to look after.
  static bool is_needed(const Streams& streams);

  void start(RunControl& control);
  /// Ends the thread; what the target wrote last is still read.
  void stop();

  /// The last bytes read from pipes and terminal; only after stop().
  std::string tail(std::size_t limit_bytes) const;

private:
  enum class Event { nothing, output, stopped };

  void work();
  void type_all();
  void feed_all();
  void end_of_keys();
  void hang_up_now();
  bool type(std::string_view bytes);
  void announce(std::string_view keys);
  Event wait_until(TimePoint deadline, short feed_events = 0);
  Event wait_for_turn(Duration patience);
  Event wait_until_quiet(Duration patience, Duration quiet);
  pid_t foreground() const;
  bool drain(Fd& from);
  bool drain_all();

  Fd terminal_;
  Fd feed_;
  Fd output_;
  Fd error_;
  std::vector<Piece> pieces_;
  bool types_;
  bool hang_up_;
  RunControl* control_ = nullptr;
  EventFlag stop_;
  std::string received_;
  std::thread thread_;
};

} // namespace harness::workloads
