// The memory that the in-kernel observer shares with its tracers: written by observe.bpf.c, mapped by
// tracer/kernel_memory.cpp. Plain C for both. Every array has one stretch for each worker, which
// begins at a page.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#define OBSERVE_SLOTS 1024U    // threads of one run that are alive at a time; a power of two
#define OBSERVE_TABLE 256U     // different calls of one thread; a power of two
#define OBSERVE_CELLS 32768U   // everything else of one run; a power of two
#define OBSERVE_RULES 512U     // numbers of calls that have argument rules
#define OBSERVE_LAST 16U       // calls that are kept in their order
#define OBSERVE_RULE_ARGUMENTS 4U

/// A tracer makes itself known by prctl(OBSERVE_MARK, cookie, 1 or 0, worker), which does nothing but
/// be seen. What the thread clones until the second one is followed from its first exec on.
#define OBSERVE_MARK 0x4f425356

enum observe_features {
  observe_edges = 1,
  observe_arguments = 2,
  observe_errors = 4,
};

/// One tracer.
struct observe_worker {
  unsigned long long cookie; // 0: nobody may mark
  unsigned run;              // tasks of another run are not counted
  unsigned features;
  unsigned level;     // of the tracer's PID namespace: thread ids are its own
  unsigned used;      // cells that hold something
  unsigned lost;      // additions for which there was no room
  unsigned free_head; // the next free slot is free_slots[free_head % OBSERVE_SLOTS] ...
  unsigned free_tail; // ... unless it is this one
  unsigned padding[1015];
  unsigned free_slots[OBSERVE_SLOTS];
};

/// One thread and, in the slot of a process's first thread, that process.
struct observe_slot {
  int id;                      // of the thread; 0 once the tracer has found it
  unsigned process;            // the slot of its process
  unsigned off;                // its calls are counted elsewhere
  unsigned in_call;            // the return of `previous` is still to come
  unsigned made_calls;         // `previous` is a call
  unsigned entry_phase;        // in which it was made
  unsigned long long previous; // the last call: architecture << 32 | number
  // ---- of the process ----------------------------------------------------------------------------
  unsigned phase;
  unsigned executable;
  unsigned long long calls;
  unsigned long long last[OBSERVE_LAST]; // call n is at n % OBSERVE_LAST
  unsigned spilled;                      // the thread's table was full: look into the cells
  unsigned hidden_flags;                 // that the tracer took out of the next call's first argument
  unsigned padding[18];
};

/// How often one thread made one call; one writer.
struct observe_count {
  unsigned long long key; // phase << 50 | executable << 36 | call, plus 1; 0: free
  unsigned long long times;
};
struct observe_table {
  struct observe_count counts[OBSERVE_TABLE];
};

enum observe_kind {
  observe_edge = 0,     // b: the call that followed
  observe_argument = 1, // b: the class; the position is in a
  observe_error = 2,    // b: the error
  observe_count_of = 3, // for a full table; b: executable << 16 | slot
};

enum observe_state { observe_free = 0, observe_claimed = 1, observe_ready = 2 };

/// Whatever is counted for the whole run; many writers.
struct observe_cell {
  unsigned long long a; // kind << 62 | position << 50 | phase << 36 | call
  unsigned long long b;
  unsigned long long times;
  unsigned long long state;
};

/// The classed arguments of a call of x86_64.
struct observe_rule {
  unsigned count;
  unsigned argument[OBSERVE_RULE_ARGUMENTS];
  unsigned padding;
  unsigned long long mask[OBSERVE_RULE_ARGUMENTS];
};
