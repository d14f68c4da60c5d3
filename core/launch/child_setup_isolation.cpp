// SPDX-License-Identifier: Apache-2.0
#include "core/launch/child_setup_isolation.hpp"

#include "core/launch/raw_syscall.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace harness::launch {

namespace {

constexpr long bind_flag = 0x1000;      // MS_BIND; sys/mount.h and linux/mount.h exclude each other
constexpr long recursive_flag = 0x4000; // MS_REC
constexpr long private_flag = 1L << 18; // MS_PRIVATE
constexpr long no_suid = 2;             // MS_NOSUID
constexpr long no_device = 4;           // MS_NODEV
constexpr long no_exec = 8;             // MS_NOEXEC
constexpr long last_capability = 63;

HARNESS_RAW_CODE long address_of(const void* p) {
  return reinterpret_cast<long>(p);
}

HARNESS_RAW_CODE bool keep_error(ChildSetup& plan, long answer) {
  if (answer < 0) {
    plan.failed_code = static_cast<int>(-answer);
    return false;
  }
  return true;
}

HARNESS_RAW_CODE long open_tree(const char* path) {
  return raw_syscall(SYS_open_tree, AT_FDCWD, address_of(path),
                     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

HARNESS_RAW_CODE bool place_tree(ChildSetup& plan, long tree, const char* path) {
  const long moved = raw_syscall(SYS_move_mount, tree, address_of(""), AT_FDCWD, address_of(path),
                                 MOVE_MOUNT_F_EMPTY_PATH);
  raw_syscall(SYS_close, tree);
  return keep_error(plan, moved);
}

HARNESS_RAW_CODE long set_read_only(int tree, const char* path) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  return raw_syscall(SYS_mount_setattr, tree, address_of(path), AT_EMPTY_PATH | AT_RECURSIVE,
                     address_of(&attributes), sizeof attributes);
}

/// Trees below /tmp are cloned before the run directory covers /tmp.
HARNESS_RAW_CODE bool clone_exposed(ChildSetup& plan) {
  for (unsigned i = 0; i < plan.bind_count; ++i) {
    const long tree = raw_syscall(SYS_open_tree, AT_FDCWD, address_of(plan.binds[i].path),
                                  OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (!keep_error(plan, tree) || !keep_error(plan, set_read_only(static_cast<int>(tree), ""))) {
      return false;
    }
    plan.binds[i].tree = static_cast<int>(tree);
  }
  return true;
}

HARNESS_RAW_CODE bool place_exposed(ChildSetup& plan) {
  for (unsigned i = 0; i < plan.bind_count; ++i) {
    if (!place_tree(plan, plan.binds[i].tree, plan.binds[i].path)) {
      return false;
    }
  }
  return true;
}

HARNESS_RAW_CODE bool place_file_systems(ChildSetup& plan) {
  for (unsigned i = 0; i < plan.file_system_count; ++i) {
    const ChildSetupFileSystem& fs = plan.file_systems[i];
    const long done =
        raw_syscall(SYS_mount, address_of("tmpfs"), address_of(fs.path), address_of("tmpfs"),
                    static_cast<long>(fs.flags) | no_suid | no_device, address_of(fs.options));
    if (!keep_error(plan, done)) {
      return false;
    }
  }
  return true;
}

/// A uid 0 target without capabilities may still write where root owns the file.
HARNESS_RAW_CODE bool protect_proc(ChildSetup& plan) {
  static constexpr const char* places[] = {
      "/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus",
      "/proc/fs",  "/proc/acpi",          "/proc/scsi"};
  for (const char* place : places) {
    const long tree = open_tree(place);
    if (tree == -ENOENT) {
      continue;
    }
    if (!keep_error(plan, tree) || !keep_error(plan, set_read_only(static_cast<int>(tree), ""))) {
      return false;
    }
    if (!place_tree(plan, tree, place)) {
      return false;
    }
  }
  return true;
}

/// Covers the worker's directory with one of the run's own, read-only. To unmount it would say the
/// same and wait for an RCU grace period. A target can't lift the cover: not without CAP_SYS_ADMIN
/// here, and in a user namespace of its own the kernel locks every mount it inherits.
HARNESS_RAW_CODE bool cover_hidden(ChildSetup& plan) {
  if (plan.hidden == nullptr) {
    return true;
  }
  const long cover = open_tree(plan.shm_source);
  return keep_error(plan, cover) && keep_error(plan, set_read_only(static_cast<int>(cover), "")) &&
         place_tree(plan, cover, plan.hidden);
}

/// Everything read-only but the run's own directories. Their trees are cloned before the root turns
/// read-only, which a clone would inherit.
HARNESS_RAW_CODE ChildSetupStep place_directories(ChildSetup& plan) {
  const long tmp = open_tree(plan.tmp_source);
  if (!keep_error(plan, tmp)) {
    return ChildSetupStep::bind_tmp;
  }
  const long shm = open_tree(plan.shm_source);
  if (!keep_error(plan, shm)) {
    return ChildSetupStep::bind_shm;
  }
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  if (!keep_error(plan, raw_syscall(SYS_mount_setattr, AT_FDCWD, address_of("/"), AT_RECURSIVE,
                                    address_of(&attributes), sizeof attributes))) {
    return ChildSetupStep::read_only_root;
  }
  if (!cover_hidden(plan)) { // it may lie below /tmp
    return ChildSetupStep::hide;
  }
  if (!place_tree(plan, tmp, "/tmp") ||
      (plan.var_tmp && !keep_error(plan, raw_syscall(SYS_mount, address_of("/tmp"),
                                                     address_of("/var/tmp"), 0, bind_flag)))) {
    return ChildSetupStep::bind_tmp;
  }
  return place_tree(plan, shm, "/dev/shm") ? ChildSetupStep::none : ChildSetupStep::bind_shm;
}

HARNESS_RAW_CODE bool drop_bounding_set(ChildSetup& plan) {
  for (long capability = 0; capability <= last_capability; ++capability) {
    if (((plan.kept_capabilities >> capability) & 1) == 0) {
      const long dropped = raw_syscall(SYS_prctl, PR_CAPBSET_DROP, capability);
      if (dropped == -EINVAL) {
        return true; // beyond the last one this kernel knows
      }
      if (!keep_error(plan, dropped)) {
        return false;
      }
    }
  }
  return true;
}

HARNESS_RAW_CODE bool keep_capabilities(ChildSetup& plan) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  for (int half = 0; half < 2; ++half) {
    const auto bits = static_cast<std::uint32_t>(plan.kept_capabilities >> (32 * half));
    data[half] = {bits, bits, 0};
  }
  return keep_error(plan, raw_syscall(SYS_capset, address_of(&header), address_of(data)));
}

/// The session keyring is inherited with the credentials, and with it the right to read the keys of
/// whoever started us. A kernel without keys, or a container that forbids keyctl, has none to
/// share.
HARNESS_RAW_CODE bool join_keyring(ChildSetup& plan) {
  const long joined = raw_syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0);
  return joined == -ENOSYS || joined == -EPERM || keep_error(plan, joined);
}

HARNESS_RAW_CODE bool set_user(ChildSetup& plan) {
  // From here to the exec the kernel marks the memory, which is the launcher's as well, as not
  // dumpable: nobody else of the target's identity can reach into it. It stays so.
  return keep_error(plan, raw_syscall(SYS_setgroups, 0, 0)) &&
         keep_error(plan, raw_syscall(SYS_setresgid, plan.gid, plan.gid, plan.gid)) &&
         keep_error(plan, raw_syscall(SYS_setresuid, plan.uid, plan.uid, plan.uid));
}

} // namespace

HARNESS_RAW_CODE ChildSetupStep enter_isolation(ChildSetup& plan) {
  if (plan.make_mounts_private && !keep_error(plan, raw_syscall(SYS_mount, 0, address_of("/"), 0,
                                                                recursive_flag | private_flag))) {
    return ChildSetupStep::private_mounts;
  }
  if (!clone_exposed(plan)) {
    return ChildSetupStep::expose;
  }
  if (const ChildSetupStep failed = place_directories(plan); failed != ChildSetupStep::none) {
    return failed;
  }
  if (plan.mount_proc &&
      !keep_error(plan, raw_syscall(SYS_mount, address_of("proc"), address_of("/proc"),
                                    address_of("proc"), no_suid | no_device | no_exec))) {
    return ChildSetupStep::mount_proc;
  }
  if (plan.protect_proc && !protect_proc(plan)) {
    return ChildSetupStep::read_only_proc;
  }
  if (!place_exposed(plan)) {
    return ChildSetupStep::mount_exposed;
  }
  if (!place_file_systems(plan)) {
    return ChildSetupStep::file_system;
  }
  return ChildSetupStep::none;
}

HARNESS_RAW_CODE ChildSetupStep change_identity(ChildSetup& plan) {
  if (plan.drop_privileges && !drop_bounding_set(plan)) {
    return ChildSetupStep::capabilities;
  }
  if (plan.set_identity && !set_user(plan)) {
    return ChildSetupStep::identity;
  }
  if (plan.isolate && !join_keyring(plan)) {
    return ChildSetupStep::keyring;
  }
  if (plan.drop_privileges && !keep_capabilities(plan)) {
    return ChildSetupStep::capabilities;
  }
  if (plan.no_new_privileges &&
      !keep_error(plan, raw_syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))) {
    return ChildSetupStep::no_new_privileges;
  }
  return ChildSetupStep::none;
}

} // namespace harness::launch
