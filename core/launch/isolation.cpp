// SPDX-License-Identifier: Apache-2.0
#include "core/launch/isolation.hpp"

#include "core/base/fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::launch {

namespace {

struct NamedCapability {
  std::string_view name;
  int number;
};

/// What a uid 0 target may keep. Each acts on the run's own files and processes only, in namespaces
/// of its own; none mounts, traces, loads code or reaches devices.
constexpr std::array allowed_capabilities = {
    NamedCapability{"CAP_CHOWN", CAP_CHOWN},
    NamedCapability{"CAP_DAC_OVERRIDE", CAP_DAC_OVERRIDE},
    NamedCapability{"CAP_FOWNER", CAP_FOWNER},
    NamedCapability{"CAP_FSETID", CAP_FSETID},
    NamedCapability{"CAP_IPC_LOCK", CAP_IPC_LOCK},
    NamedCapability{"CAP_IPC_OWNER", CAP_IPC_OWNER},
    NamedCapability{"CAP_KILL", CAP_KILL},
    NamedCapability{"CAP_LEASE", CAP_LEASE},
    NamedCapability{"CAP_NET_BIND_SERVICE", CAP_NET_BIND_SERVICE},
    NamedCapability{"CAP_SETFCAP", CAP_SETFCAP},
    NamedCapability{"CAP_SETGID", CAP_SETGID},
    NamedCapability{"CAP_SETPCAP", CAP_SETPCAP},
    NamedCapability{"CAP_SETUID", CAP_SETUID},
    NamedCapability{"CAP_SYS_CHROOT", CAP_SYS_CHROOT},
};

Result<std::uint64_t> capability_bits(const std::vector<std::string>& names) {
  std::uint64_t bits = 0;
  for (const auto& name : names) {
    const auto* found = std::find_if(allowed_capabilities.begin(), allowed_capabilities.end(),
                                     [&](const auto& known) { return known.name == name; });
    if (found == allowed_capabilities.end()) {
      std::string allowed;
      for (const auto& known : allowed_capabilities) {
        allowed += allowed.empty() ? "" : ", ";
        allowed += known.name;
      }
      return Error{
          fmt::format("capability {} is never given to a target; allowed are {}", name, allowed)};
    }
    bits |= std::uint64_t{1} << found->number;
  }
  return bits;
}

const char* keep(IsolationStorage& storage, std::string text) {
  return storage.texts.emplace_back(std::move(text)).c_str();
}

/// Makes the mount point for `path` (below /tmp as the target sees it) in the run directory.
Result<> make_mount_point(const std::string& run_directory, const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path place = fs::path(run_directory) / fs::path(path).lexically_relative("/tmp");
  std::error_code problem;
  if (fs::is_directory(path, problem)) {
    fs::create_directories(place, problem);
  } else {
    fs::create_directories(place.parent_path(), problem);
    auto file = open_file(place, O_WRONLY | O_CREAT);
    if (!file) {
      return std::move(file).error();
    }
  }
  if (problem) {
    return Error{fmt::format("no mount point {}: {}", place.string(), problem.message()),
                 problem.value()};
  }
  return Done{};
}

bool below_tmp(const std::string& path) {
  const auto normal = std::filesystem::path(path).lexically_normal().string();
  return normal == path && path.starts_with("/tmp/");
}

Result<> prepare_binds(const Isolation& wanted, IsolationStorage& storage, ChildSetup& plan) {
  for (const auto& path : wanted.exposed) {
    if (!below_tmp(path)) {
      continue; // visible already: only /tmp is covered
    }
    if (auto made = make_mount_point(wanted.run_directory, path); !made) {
      return std::move(made).error().within("exposing " + path);
    }
    storage.binds.push_back({keep(storage, path), -1});
  }
  plan.binds = storage.binds.data();
  plan.bind_count = static_cast<unsigned>(storage.binds.size());
  return Done{};
}

Result<> prepare_file_systems(const RunSpec& spec, IsolationStorage& storage, ChildSetup& plan) {
  constexpr std::uint64_t default_bytes = 1 << 20;
  for (const auto& node : spec.isolation->file_systems) {
    if (node.path.empty() || node.path.front() == '/' ||
        node.path.find("..") != std::string::npos) {
      return Error{fmt::format("file system '{}': its place must be a relative path", node.path)};
    }
    const auto bytes =
        node.size_bytes == 0 ? default_bytes : std::min(node.size_bytes, spec.limits.disk_bytes);
    storage.file_systems.push_back(
        {keep(storage, "/tmp/run/" + node.path),
         keep(storage,
              fmt::format("size={},mode={:o},uid={},gid={}", bytes, node.mode.value_or(0755),
                          spec.isolation->uid, spec.isolation->gid)),
         node.read_only ? static_cast<unsigned long>(MS_RDONLY) : 0UL});
  }
  plan.file_systems = storage.file_systems.data();
  plan.file_system_count = static_cast<unsigned>(storage.file_systems.size());
  return Done{};
}

Result<> prepare_shm(const Isolation& wanted, IsolationStorage& storage, ChildSetup& plan) {
  const std::string path = wanted.run_directory + "/.shm";
  if (::mkdir(path.c_str(), 01777) == 0) {
    ::chmod(path.c_str(), 01777); // past our umask
  } else if (errno != EEXIST) {
    return Error::from_errno("making " + path, errno);
  }
  plan.shm_source = keep(storage, path);
  return Done{};
}

} // namespace

Result<> prepare_isolation(const RunSpec& spec, const Machine& machine, IsolationStorage& storage,
                           ChildSetup& plan) {
  const Isolation& wanted = *spec.isolation;
  if (!machine.sys_admin || machine.pid_namespace < 0) {
    return Error{"isolation needs CAP_SYS_ADMIN (root, or a sandbox with a user namespace of its "
                 "own) and /proc",
                 EPERM};
  }
  auto kept = capability_bits(wanted.capabilities);
  if (!kept) {
    return std::move(kept).error();
  }
  plan.isolate = true;
  plan.make_mounts_private = machine.shared_mounts;
  plan.mount_proc = true;
  plan.protect_proc = wanted.uid == 0;
  plan.tmp_source = wanted.run_directory.c_str();
  plan.var_tmp = machine.has_var_tmp;
  plan.hidden = wanted.hidden_directory.empty() ? nullptr : wanted.hidden_directory.c_str();
  plan.drop_privileges = true;
  plan.kept_capabilities = wanted.uid == 0 ? *kept : 0;
  plan.set_identity = machine.set_identity;
  plan.uid = wanted.uid;
  plan.gid = wanted.gid;
  plan.no_new_privileges = true;
  plan.new_session = true;
  plan.close_others = true;
  if (auto shm = prepare_shm(wanted, storage, plan); !shm) {
    return shm;
  }
  if (auto binds = prepare_binds(wanted, storage, plan); !binds) {
    return binds;
  }
  return prepare_file_systems(spec, storage, plan);
}

} // namespace harness::launch
