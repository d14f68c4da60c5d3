// The few kernel types that observe.bpf.c reads, with only the members that it reads. Every access is
// relocated to the running kernel when the program is loaded (CO-RE), so the build needs neither the
// kernel's headers nor its type information, and one build serves every kernel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

// From linux/bpf.h, which can't be included beside the types above.
enum bpf_map_type {
  BPF_MAP_TYPE_ARRAY = 2,
  BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_F_NO_PREALLOC = 1U << 0, BPF_F_MMAPABLE = 1U << 10 };
enum { BPF_LOCAL_STORAGE_GET_F_CREATE = 1U << 0 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pt_regs {
  unsigned long r10, r9, r8, dx, si, di;
};

struct upid {
  int nr;
};

struct pid {
  unsigned int level;
  struct upid numbers[1];
};

struct thread_info {
  __u32 status;
};

struct task_struct {
  struct thread_info thread_info;
  int tgid;
  struct pid *thread_pid;
};

struct linux_binprm;

#pragma clang attribute pop
