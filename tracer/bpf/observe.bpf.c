// The in-kernel observer: counts the system calls of the tasks that tracers mark, without stopping
// them. It decides nothing: which phase a process is in and what it executes is written into its slot
// by the tracer. observe.h has the layout of what it writes.
// SPDX-License-Identifier: Apache-2.0
#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "observe.h"

#define call_prctl 157
#define thread_status_compat 2 /* TS_COMPAT: the task is in a call of i386 */
#define first_restart_code 512 /* ERESTARTSYS and its kin never reach the target */

char LICENSE[] SEC("license") = "GPL";

enum task_state {
  task_launches = 1, // a tracer that is about to clone a target
  task_pending = 2,  // its clones, until they execute something
  task_followed = 3,
};

struct observe_task {
  __u32 state;
  __u32 worker;
  __u32 run;
  __u32 slot; // index into `slots`
};

struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct observe_task);
} tasks SEC(".maps");

// The loader makes these as long as there are workers.
#define SHARED_ARRAY(NAME, TYPE)                                                                     \
  struct {                                                                                           \
    __uint(type, BPF_MAP_TYPE_ARRAY);                                                                \
    __uint(map_flags, BPF_F_MMAPABLE);                                                               \
    __uint(max_entries, 1);                                                                          \
    __type(key, __u32);                                                                              \
    __type(value, TYPE);                                                                             \
  } NAME SEC(".maps")
SHARED_ARRAY(workers, struct observe_worker);
SHARED_ARRAY(slots, struct observe_slot);
SHARED_ARRAY(tables, struct observe_table);
SHARED_ARRAY(cells, struct observe_cell);
SHARED_ARRAY(used, __u64); // the kernel rounds every element up to 8 bytes

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, OBSERVE_RULES);
  __type(key, __u32);
  __type(value, struct observe_rule);
} rules SEC(".maps");

// ---- counting ------------------------------------------------------------------------------------

static __always_inline __u64 mix(__u64 a, __u64 b) {
  __u64 hash = (a ^ (b << 23 | b >> 41)) * 0x9e3779b97f4a7c15ULL;
  hash ^= hash >> 29;
  return hash * 0xbf58476d1ce4e5b9ULL >> 20;
}

// Adds one to the cell of {a, b}. Two writers that meet at a free cell may make two cells of one
// key; whoever reads them adds them up.
static __noinline int add(struct observe_worker *worker, __u32 number, __u64 a, __u64 b) {
  if (!worker)
    return 0;
  __u64 hash = mix(a, b);
  for (__u32 i = 0; i < 32; ++i) {
    __u32 place = (hash + i) & (OBSERVE_CELLS - 1);
    __u32 index = number * OBSERVE_CELLS + place;
    struct observe_cell *cell = bpf_map_lookup_elem(&cells, &index);
    if (!cell)
      return 0;
    __u64 state = *(volatile __u64 *)&cell->state;
    if (state == observe_ready && cell->a == a && cell->b == b) {
      __sync_fetch_and_add(&cell->times, 1);
      return 0;
    }
    if (state != observe_free ||
        __sync_val_compare_and_swap(&cell->state, observe_free, observe_claimed) != observe_free)
      continue;
    cell->a = a;
    cell->b = b;
    cell->times = 1;
    __sync_lock_test_and_set(&cell->state, observe_ready);
    index = number * OBSERVE_CELLS + (__sync_fetch_and_add(&worker->used, 1) & (OBSERVE_CELLS - 1));
    __u64 *mark = bpf_map_lookup_elem(&used, &index);
    if (mark)
      *mark = place;
    return 0;
  }
  __sync_fetch_and_add(&worker->lost, 1);
  return 0;
}

static __always_inline __u64 cell_key(__u64 kind, __u64 position, __u64 phase, __u64 call) {
  return kind << 62 | position << 50 | (phase & 0x3fff) << 36 | call;
}

// False if the thread's table is full.
static __always_inline int count(__u32 slot, __u64 key) {
  struct observe_table *table = bpf_map_lookup_elem(&tables, &slot);
  if (!table)
    return 0;
  __u32 place = key * 0x9e3779b97f4a7c15ULL >> 40;
  for (__u32 i = 0; i < 16; ++i) {
    struct observe_count *one = &table->counts[(place + i) & (OBSERVE_TABLE - 1)];
    if (one->key == key + 1) {
      one->times += 1;
      return 1;
    }
    if (one->key == 0) {
      one->times = 1;
      one->key = key + 1;
      return 1;
    }
  }
  return 0;
}

// ---- which tasks ---------------------------------------------------------------------------------

static __always_inline void mark(struct task_struct *task, struct pt_regs *regs) {
  __u32 number = regs->r10;
  if (regs->di != OBSERVE_MARK)
    return;
  struct observe_worker *worker = bpf_map_lookup_elem(&workers, &number);
  if (!worker || worker->cookie == 0 || worker->cookie != regs->si)
    return;
  if (regs->dx == 0) {
    bpf_task_storage_delete(&tasks, task);
    return;
  }
  struct observe_task *mine =
      bpf_task_storage_get(&tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!mine)
    return;
  mine->state = task_launches;
  mine->worker = number;
  mine->run = worker->run;
  worker->level = BPF_CORE_READ(task, thread_pid, level);
}

// The task's id in the PID namespace of that level; 0 if it has none there.
static __always_inline int id_at(struct task_struct *task, __u32 level) {
  struct pid *pid = BPF_CORE_READ(task, thread_pid);
  if (!pid || level > BPF_CORE_READ(pid, level))
    return 0;
  int id = 0;
  const void *place = (const void *)pid + bpf_core_field_offset(struct pid, numbers) +
                      level * bpf_core_type_size(struct upid);
  bpf_probe_read_kernel(&id, sizeof id, place + bpf_core_field_offset(struct upid, nr));
  return id;
}

// The number of a slot that is now taken, below OBSERVE_SLOTS; as many as that if none is free.
static __always_inline __u32 take_slot(struct observe_worker *worker) {
  for (__u32 i = 0; i < 32; ++i) {
    __u32 head = *(volatile unsigned *)&worker->free_head;
    if (head == *(volatile unsigned *)&worker->free_tail)
      break;
    __u32 slot = *(volatile unsigned *)&worker->free_slots[head & (OBSERVE_SLOTS - 1)];
    if (__sync_val_compare_and_swap(&worker->free_head, head, head + 1) == head)
      return slot & (OBSERVE_SLOTS - 1);
  }
  return OBSERVE_SLOTS;
}

// ---- events --------------------------------------------------------------------------------------

static __always_inline void arguments(struct observe_worker *worker, __u32 number, __u64 phase,
                                      __u64 call, struct pt_regs *regs, __u64 hidden_flags) {
  __u32 index = call;
  struct observe_rule *rule = bpf_map_lookup_elem(&rules, &index);
  if (!rule || rule->count == 0)
    return;
  __u64 values[8] = {regs->di | hidden_flags, regs->si, regs->dx, regs->r10, regs->r8, regs->r9};
  for (__u32 i = 0; i < OBSERVE_RULE_ARGUMENTS; ++i) {
    if (i >= rule->count)
      break;
    __u32 position = rule->argument[i] & 7;
    add(worker, number, cell_key(observe_argument, position, phase, call),
        values[position] & rule->mask[i]);
  }
}

SEC("tp_btf/sys_enter")
int BPF_PROG(observe_enter, struct pt_regs *regs, long id) {
  struct task_struct *task = bpf_get_current_task_btf();
  struct observe_task *mine = bpf_task_storage_get(&tasks, task, 0, 0);
  if (!mine || mine->state != task_followed) {
    if (id == call_prctl)
      mark(task, regs);
    return 0;
  }
  struct observe_worker *worker = bpf_map_lookup_elem(&workers, &mine->worker);
  struct observe_slot *slot = bpf_map_lookup_elem(&slots, &mine->slot);
  if (!worker || !slot || slot->off || worker->run != mine->run)
    return 0;
  struct observe_slot *process = slot;
  __u32 index = mine->worker * OBSERVE_SLOTS + (slot->process & (OBSERVE_SLOTS - 1));
  if (index != mine->slot) {
    process = bpf_map_lookup_elem(&slots, &index);
    if (!process)
      return 0;
  }
  __u64 arch = (task->thread_info.status & thread_status_compat) != 0;
  __u64 call = arch << 32 | (__u32)id;
  __u64 phase = process->phase;
  __u64 executable = process->executable & 0x3fff;
  __u64 nth = __sync_fetch_and_add(&process->calls, 1);
  process->last[nth & (OBSERVE_LAST - 1)] = call;
  if (!count(mine->slot, (phase & 0x3fff) << 50 | executable << 36 | call)) {
    slot->spilled = 1;
    add(worker, mine->worker, cell_key(observe_count_of, 0, phase, call),
        executable << 16 | (mine->slot & (OBSERVE_SLOTS - 1)));
  }
  if ((worker->features & observe_edges) && slot->made_calls)
    add(worker, mine->worker, cell_key(observe_edge, 0, phase, slot->previous), call);
  if ((worker->features & observe_arguments) && arch == 0)
    arguments(worker, mine->worker, phase, call, regs, slot->hidden_flags);
  slot->hidden_flags = 0;
  slot->previous = call;
  slot->made_calls = 1;
  slot->entry_phase = phase;
  slot->in_call = 1;
  return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(observe_exit, struct pt_regs *regs, long value) {
  struct task_struct *task = bpf_get_current_task_btf();
  struct observe_task *mine = bpf_task_storage_get(&tasks, task, 0, 0);
  if (!mine || mine->state != task_followed)
    return 0;
  struct observe_worker *worker = bpf_map_lookup_elem(&workers, &mine->worker);
  struct observe_slot *slot = bpf_map_lookup_elem(&slots, &mine->slot);
  if (!worker || !slot || slot->off || worker->run != mine->run || !slot->in_call)
    return 0;
  slot->in_call = 0;
  if (slot->previous >> 32)
    value = (int)value;
  if (value < 0 && value > -first_restart_code && (worker->features & observe_errors))
    add(worker, mine->worker, cell_key(observe_error, 0, slot->entry_phase, slot->previous), -value);
  return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(observe_fork, struct task_struct *parent, struct task_struct *child) {
  struct observe_task *mine = bpf_task_storage_get(&tasks, parent, 0, 0);
  if (!mine)
    return 0;
  struct observe_worker *worker = bpf_map_lookup_elem(&workers, &mine->worker);
  if (!worker || worker->run != mine->run)
    return 0;
  struct observe_task its = {.state = task_pending, .worker = mine->worker, .run = mine->run};
  if (mine->state == task_followed) {
    struct observe_slot *creator = bpf_map_lookup_elem(&slots, &mine->slot);
    if (!creator || creator->off)
      return 0; // its creator is counted elsewhere, and so is the child
    __u32 relative = take_slot(worker);
    if (relative == OBSERVE_SLOTS)
      return 0; // the tracer finds no slot of it, and counts it by itself
    its.state = task_followed;
    its.slot = mine->worker * OBSERVE_SLOTS + relative;
    struct observe_slot *slot = bpf_map_lookup_elem(&slots, &its.slot);
    __u32 index = mine->worker * OBSERVE_SLOTS + (creator->process & (OBSERVE_SLOTS - 1));
    struct observe_slot *process = bpf_map_lookup_elem(&slots, &index);
    if (!slot || !process)
      return 0;
    slot->process = child->tgid == parent->tgid ? creator->process : relative;
    slot->off = 0;
    slot->in_call = 0;
    slot->made_calls = 0;
    slot->phase = process->phase;
    slot->executable = process->executable;
    slot->calls = 0;
    slot->spilled = 0;
  slot->hidden_flags = 0;
    slot->id = id_at(child, worker->level);
  }
  struct observe_task *new_one =
      bpf_task_storage_get(&tasks, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (new_one)
    *new_one = its;
  return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(observe_exec, struct task_struct *task, int old_id, struct linux_binprm *program) {
  struct observe_task *mine = bpf_task_storage_get(&tasks, task, 0, 0);
  if (!mine || mine->state != task_pending)
    return 0;
  struct observe_worker *worker = bpf_map_lookup_elem(&workers, &mine->worker);
  if (!worker || worker->run != mine->run)
    return 0;
  __u32 relative = take_slot(worker);
  if (relative == OBSERVE_SLOTS)
    return 0;
  __u32 index = mine->worker * OBSERVE_SLOTS + relative;
  struct observe_slot *slot = bpf_map_lookup_elem(&slots, &index);
  if (!slot)
    return 0;
  slot->process = relative;
  slot->off = 0;
  slot->in_call = 0;
  slot->previous = 59; // the execve that brought it here, which the tracer counts
  slot->made_calls = 1;
  slot->entry_phase = 0;
  slot->phase = 0;
  slot->executable = 0;
  slot->calls = 0;
  slot->spilled = 0;
  slot->hidden_flags = 0;
  slot->id = id_at(task, worker->level);
  mine->slot = index;
  mine->state = task_followed;
  return 0;
}
