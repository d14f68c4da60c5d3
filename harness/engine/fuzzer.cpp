// libFuzzer sees (phase, call) pairs as its coverage: an array of 8-bit counters registered like
// that of an instrumented module, with a table of as many made-up code addresses. Everything else
// is "extra counters", which libFuzzer finds by the name of their section and zeroes before a run.
// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/fuzzer.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <vector>

// Under AddressSanitizer its own runtime has these.
#if defined(__SANITIZE_ADDRESS__)
#define HARNESS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HARNESS_ASAN 1
#endif
#endif

namespace {

using namespace harness::engine;

struct PcEntry {
  std::uintptr_t address;
  std::uintptr_t flags; // 1: begins a function
};

/// libFuzzer calls plain C functions: what they work on has to be reachable from here.
struct Session {
  FuzzTarget* target = nullptr;
  const PairTable* table = nullptr;
  std::vector<std::uint8_t> counters; // [0] is the base counter, pairs follow
  std::vector<PcEntry> addresses;
  bool begun = false; // the first input of ours was made
};
Session session; // NOLINT: see above

constexpr std::uintptr_t first_address = 0x10000000;

// Aligned and sized by multiples of 8, or libFuzzer reads beyond them.
__attribute__((section("__libfuzzer_extra_counters"), used, aligned(64))) //
std::uint8_t extras[extra_counters];

void light(const Features& features) {
  for (const std::size_t position : features.pairs) {
    session.counters[1 + position] = 1;
  }
  for (const std::size_t counter : features.extras) {
    extras[counter] = 1;
  }
}

int run_one(const std::uint8_t* data, std::size_t size) {
  // With nothing lit at all libFuzzer 14 gives up: "no interesting inputs were found".
  session.counters[0] = 1;
  // It begins with an empty input and with "\n", before it asks for any mutation: not ours.
  if (session.begun) {
    light(session.target->run({reinterpret_cast<const char*>(data), size}));
  }
  return 0;
}

std::size_t put(const std::string& text, std::uint8_t* data, std::size_t longest) {
  session.begun = true;
  // A mutation of size 0 would be thrown away; an empty line says the same.
  const std::string_view whole = text.empty() ? std::string_view("\n") : text;
  const std::size_t size = std::min(whole.size(), longest);
  std::memcpy(data, whole.data(), size);
  return size;
}

} // namespace

extern "C" {

int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*run)(const std::uint8_t*, std::size_t));
void __sanitizer_cov_8bit_counters_init(std::uint8_t* begin, std::uint8_t* end);
void __sanitizer_cov_pcs_init(const std::uintptr_t* begin, const std::uintptr_t* end);

// libFuzzer looks these up by name.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t longest,
                                    unsigned seed) {
  return put(session.target->mutate({reinterpret_cast<const char*>(data), size}, longest, seed),
             data, longest);
}

std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a, std::size_t a_size,
                                      const std::uint8_t* b, std::size_t b_size, std::uint8_t* out,
                                      std::size_t longest, unsigned seed) {
  return put(session.target->cross({reinterpret_cast<const char*>(a), a_size},
                                   {reinterpret_cast<const char*>(b), b_size}, longest, seed),
             out, longest);
}

#ifndef HARNESS_ASAN
int __sanitizer_acquire_crash_state() {
  return 1;
}
void __sanitizer_print_stack_trace() {}
void __sanitizer_set_death_callback(void (*)()) {}

void __sanitizer_symbolize_pc(void* address, const char*, char* out, std::size_t size) {
  const std::size_t index = reinterpret_cast<std::uintptr_t>(address) - first_address;
  const std::string name = index >= 1 && index <= session.table->size()
                               ? session.table->name(index - 1)
                               : std::string("base");
  std::snprintf(out, size, "%s", name.c_str());
}
int __sanitizer_get_module_and_offset_for_pc(void*, char* module, std::size_t size, void** offset) {
  std::snprintf(module, size, "%s", "harness");
  *offset = nullptr;
  return 1;
}
#endif
}

namespace harness::engine {

void fuzz(FuzzTarget& target, const PairTable& table, std::uint64_t seed) {
  session.target = &target;
  session.table = &table;
  session.counters.assign(1 + table.size(), 0);
  session.addresses.resize(session.counters.size());
  for (std::size_t i = 0; i < session.addresses.size(); ++i) {
    session.addresses[i] = {first_address + i, (i % table.slots_per_phase()) == 1 ? 1U : 0U};
  }
  __sanitizer_cov_8bit_counters_init(session.counters.data(),
                                     session.counters.data() + session.counters.size());
  const auto* begin = reinterpret_cast<const std::uintptr_t*>(session.addresses.data());
  __sanitizer_cov_pcs_init(begin, begin + 2 * session.addresses.size());

  // 0 would mean "by the clock". Deadlines and limits belong to the tracer, files to nobody.
  const auto narrow_seed = static_cast<std::uint32_t>(seed ^ (seed >> 32));
  std::vector<std::string> words = {"harness",
                                    fmt::format("-seed={}", narrow_seed == 0 ? 1 : narrow_seed),
                                    "-verbosity=0",
                                    "-timeout=0",
                                    "-rss_limit_mb=0",
                                    "-malloc_limit_mb=0",
                                    "-detect_leaks=0",
                                    "-report_slow_units=1000000000",
                                    "-len_control=0",
                                    "-max_len=1048576",
                                    "-mutate_depth=1",
                                    "-use_value_profile=0",
                                    "-use_cmp=0",
                                    "-print_final_stats=0",
                                    "-print_new_cov_pcs=0",
                                    "-reload=0",
                                    "-handle_segv=0",
                                    "-handle_bus=0",
                                    "-handle_abrt=0",
                                    "-handle_ill=0",
                                    "-handle_fpe=0",
                                    "-handle_int=0",
                                    "-handle_term=0",
                                    "-handle_xfsz=0",
                                    "-handle_usr1=0",
                                    "-handle_usr2=0"};
  std::vector<char*> pointers;
  for (auto& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  int count = static_cast<int>(words.size());
  char** vector = pointers.data();
  const int status = LLVMFuzzerRunDriver(&count, &vector, run_one);
  // Only a target that never ends the process gets here.
  std::exit(status == 0 ? 1 : status);
}

} // namespace harness::engine
