// SPDX-License-Identifier: Apache-2.0
#include "tracer/kernel_memory.hpp"

#include "tracer/bpf/observe.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

static_assert(sizeof(observe_worker) == 8192 && sizeof(observe_slot) == 256);

SyscallId call_of(std::uint64_t packed) {
  return unpack(packed & 0xfffffffffULL).call;
}

PhaseIndex phase_of(std::uint64_t a) {
  return static_cast<PhaseIndex>(a >> 36 & 0x3fff);
}

} // namespace

struct KernelMemory::Views {
  /// A mapped stretch of one of the arrays.
  template <typename Element> class Stretch {
  public:
    Stretch() = default;
    ~Stretch() {
      if (first_ != nullptr) {
        ::munmap(first_, count_ * sizeof(Element));
      }
    }
    Stretch(const Stretch&) = delete;
    Stretch& operator=(const Stretch&) = delete;

    Result<> map(int fd, std::size_t count, std::uint32_t worker) {
      const std::size_t bytes = count * sizeof(Element);
      void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                            static_cast<off_t>(bytes * worker));
      if (memory == MAP_FAILED) {
        return Error::from_errno("mapping the memory of the in-kernel observer", errno);
      }
      first_ = static_cast<Element*>(memory);
      count_ = count;
      return Done{};
    }
    Element& operator[](std::size_t index) const { return first_[index]; }

  private:
    Element* first_ = nullptr;
    std::size_t count_ = 0;
  };

  Stretch<observe_worker> workers;
  Stretch<observe_slot> slots;
  Stretch<observe_table> tables;
  Stretch<observe_cell> cells;
  Stretch<std::uint64_t> used;

  observe_worker& worker() const { return workers[0]; }
  std::uint32_t used_cells() const {
    return std::min(__atomic_load_n(&worker().used, __ATOMIC_ACQUIRE), OBSERVE_CELLS);
  }
  observe_cell& used_cell(std::uint32_t i) const { return cells[used[i] & (OBSERVE_CELLS - 1)]; }
};

KernelMemory::KernelMemory(const KernelShare& share)
    : share_(share), views_(std::make_unique<Views>()) {}
KernelMemory::~KernelMemory() = default;

Result<std::unique_ptr<KernelMemory>> KernelMemory::map(const KernelShare& share) {
  std::unique_ptr<KernelMemory> memory(new KernelMemory(share));
  Views& views = *memory->views_;
  const auto [workers, slots, tables, cells, used] = share.maps;
  for (const auto& mapped : {views.workers.map(workers, 1, share.worker),
                             views.slots.map(slots, OBSERVE_SLOTS, share.worker),
                             views.tables.map(tables, OBSERVE_SLOTS, share.worker),
                             views.cells.map(cells, OBSERVE_CELLS, share.worker),
                             views.used.map(used, OBSERVE_CELLS, share.worker)}) {
    if (!mapped) {
      return Error(mapped.error());
    }
  }
  memory->reset();
  return memory;
}

/// Another process may have had this share before, and died in a run.
void KernelMemory::reset() {
  __atomic_add_fetch(&views_->worker().run, 1, __ATOMIC_RELEASE);
  for (unsigned i = 0; i < OBSERVE_SLOTS; ++i) {
    views_->slots[i].id = 0;
    for (observe_count& one : views_->tables[i].counts) {
      if (one.key != 0) {
        one = {};
      }
    }
  }
  for (unsigned i = 0; i < OBSERVE_CELLS; ++i) {
    if (views_->cells[i].state != observe_free) {
      views_->cells[i] = {};
    }
  }
  views_->worker().used = 0;
}

// ---- runs ---------------------------------------------------------------------------------------

void KernelMemory::begin_run(const KernelFeatures& features) {
  observe_worker& worker = views_->worker();
  for (unsigned i = 0; i < OBSERVE_SLOTS; ++i) {
    worker.free_slots[i] = i;
  }
  worker.free_head = 0;
  worker.free_tail = OBSERVE_SLOTS;
  worker.lost = 0;
  worker.features = (features.edges ? unsigned{observe_edges} : 0U) |
                    (features.arguments ? unsigned{observe_arguments} : 0U) |
                    (features.errors ? unsigned{observe_errors} : 0U);
  __atomic_add_fetch(&worker.run, 1, __ATOMIC_RELEASE);
}

void KernelMemory::mark(bool on) const {
  ::prctl(OBSERVE_MARK, share_.cookie, on ? 1UL : 0UL, static_cast<unsigned long>(share_.worker));
}
void KernelMemory::mark_launch() const {
  mark(true);
}
void KernelMemory::unmark_launch() const {
  mark(false);
}

void KernelMemory::end_run() {
  observe_worker& worker = views_->worker();
  __atomic_add_fetch(&worker.run, 1, __ATOMIC_RELEASE);
  const std::uint32_t cells = views_->used_cells();
  for (std::uint32_t i = 0; i < cells; ++i) {
    views_->used_cell(i) = {};
  }
  worker.used = 0;
  // Slots that were never found: of threads that no tracer followed.
  const unsigned touched = std::min(worker.free_head, OBSERVE_SLOTS);
  for (unsigned i = 0; i < touched; ++i) {
    if (views_->slots[i].id != 0) {
      views_->slots[i].id = 0;
      views_->tables[i] = {};
    }
  }
}

std::uint64_t KernelMemory::lost() const {
  return __atomic_load_n(&views_->worker().lost, __ATOMIC_RELAXED);
}

// ---- threads ------------------------------------------------------------------------------------

std::optional<KernelSlot> KernelMemory::find(pid_t id) {
  // Slots are taken in the order of the ring: a new thread's is one of the last.
  const observe_worker& worker = views_->worker();
  const unsigned head = __atomic_load_n(&worker.free_head, __ATOMIC_ACQUIRE);
  for (unsigned back = 1; back <= OBSERVE_SLOTS && back <= head; ++back) {
    const unsigned slot = worker.free_slots[(head - back) % OBSERVE_SLOTS] % OBSERVE_SLOTS;
    if (views_->slots[slot].id == id) {
      views_->slots[slot].id = 0;
      return slot;
    }
  }
  return std::nullopt;
}

KernelSlot KernelMemory::process_of(KernelSlot slot) const {
  return views_->slots[slot].process % OBSERVE_SLOTS;
}
void KernelMemory::set_phase(KernelSlot process, PhaseIndex phase) {
  __atomic_store_n(&views_->slots[process].phase, phase, __ATOMIC_RELEASE);
}
void KernelMemory::set_executable(KernelSlot process, std::uint32_t executable) {
  __atomic_store_n(&views_->slots[process].executable, executable, __ATOMIC_RELEASE);
}
std::uint64_t KernelMemory::calls(KernelSlot process) const {
  return __atomic_load_n(&views_->slots[process].calls, __ATOMIC_ACQUIRE);
}
SyscallId KernelMemory::last(KernelSlot process, std::uint64_t n) const {
  return call_of(views_->slots[process].last[n % OBSERVE_LAST]);
}
std::optional<SyscallId> KernelMemory::previous(KernelSlot slot) const {
  const observe_slot& own = views_->slots[slot];
  return own.made_calls != 0 ? std::optional(call_of(own.previous)) : std::nullopt;
}
void KernelMemory::restore_flags(KernelSlot slot, std::uint32_t flags) {
  __atomic_store_n(&views_->slots[slot].hidden_flags, flags, __ATOMIC_RELEASE);
}
void KernelMemory::turn_off(KernelSlot slot) {
  __atomic_store_n(&views_->slots[slot].off, 1U, __ATOMIC_RELEASE);
}

void KernelMemory::take(KernelSlot slot, CallTable& counts) {
  for (observe_count& one : views_->tables[slot].counts) {
    if (one.key != 0) {
      counts.add(one.key - 1, one.times);
      one = {};
    }
  }
  observe_slot& own = views_->slots[slot];
  if (own.spilled == 0) {
    return;
  }
  own.spilled = 0;
  const std::uint32_t cells = views_->used_cells();
  for (std::uint32_t i = 0; i < cells; ++i) {
    observe_cell& cell = views_->used_cell(i);
    if (cell.a >> 62 == observe_count_of && (cell.b & 0xffff) == slot && cell.times != 0) {
      const CallKey key{phase_of(cell.a), static_cast<std::uint16_t>(cell.b >> 16),
                        call_of(cell.a)};
      counts.add(pack(key), __atomic_exchange_n(&cell.times, 0, __ATOMIC_RELAXED));
    }
  }
}

void KernelMemory::release(KernelSlot slot) {
  observe_worker& worker = views_->worker();
  worker.free_slots[worker.free_tail % OBSERVE_SLOTS] = slot;
  __atomic_add_fetch(&worker.free_tail, 1, __ATOMIC_RELEASE);
}

KernelTotals KernelMemory::totals() {
  KernelTotals totals;
  const std::uint32_t cells = views_->used_cells();
  for (std::uint32_t i = 0; i < cells; ++i) {
    const observe_cell& cell = views_->used_cell(i);
    const PhaseIndex phase = phase_of(cell.a);
    const SyscallId call = call_of(cell.a);
    switch (cell.a >> 62) {
    case observe_edge:
      totals.edges.push_back({phase, call, call_of(cell.b), cell.times});
      break;
    case observe_argument:
      totals.arguments.push_back(
          {phase, call, static_cast<std::uint8_t>(cell.a >> 50 & 7), cell.b, cell.times});
      break;
    case observe_error:
      totals.errnos.push_back({phase, call, static_cast<int>(cell.b), cell.times});
      break;
    default:
      break;
    }
  }
  return totals;
}

} // namespace harness::tracer
