// CallTable: how often which call was made in which phase by which executable. The hot path of the
// tracer: a flat open-addressing hash, one probe for a call that is known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/phase.hpp"
#include "core/model/syscall_id.hpp"

#include <cstdint>
#include <vector>

namespace harness::tracer {

/// What is counted apart.
struct CallKey {
  PhaseIndex phase = 0;
  std::uint16_t executable = 0;
  SyscallId call;
  friend auto operator<=>(const CallKey&, const CallKey&) = default;
};

/// Packed into 64 bits: 14 for the phase, 14 for the executable, 4 for the architecture, 32 for the
/// number. unpack(pack(k)) == k below those limits.
std::uint64_t pack(const CallKey& key);
CallKey unpack(std::uint64_t packed);

class CallTable {
public:
  struct Entry {
    std::uint64_t key = 0;
    std::uint64_t times = 0; // 0: the slot is free
  };

  /// Adds `times`; true if the key was not there before.
  bool add(std::uint64_t key, std::uint64_t times = 1);
  std::uint64_t times(std::uint64_t key) const;
  bool contains(std::uint64_t key) const { return times(key) != 0; }
  std::size_t size() const { return used_; }
  void merge(const CallTable& other);
  /// The occupied entries, sorted by key.
  std::vector<Entry> sorted() const;

private:
  void grow();
  std::vector<Entry> slots_; // a power of two, at most three quarters full
  std::size_t used_ = 0;
};

} // namespace harness::tracer
