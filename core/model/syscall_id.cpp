// SPDX-License-Identifier: Apache-2.0
#include "core/model/syscall_id.hpp"

#include <algorithm>
#include <iterator>

namespace harness {

SyscallSet::SyscallSet(std::initializer_list<SyscallId> ids)
    : SyscallSet(std::vector<SyscallId>(ids)) {}

SyscallSet::SyscallSet(std::vector<SyscallId> ids) : ids_(std::move(ids)) {
  std::sort(ids_.begin(), ids_.end());
  ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
}

bool SyscallSet::insert(SyscallId id) {
  const auto place = std::lower_bound(ids_.begin(), ids_.end(), id);
  if (place != ids_.end() && *place == id) {
    return false;
  }
  ids_.insert(place, id);
  return true;
}

bool SyscallSet::erase(SyscallId id) {
  const auto place = std::lower_bound(ids_.begin(), ids_.end(), id);
  if (place == ids_.end() || *place != id) {
    return false;
  }
  ids_.erase(place);
  return true;
}

bool SyscallSet::contains(SyscallId id) const {
  return std::binary_search(ids_.begin(), ids_.end(), id);
}

bool SyscallSet::includes(const SyscallSet& other) const {
  return std::includes(ids_.begin(), ids_.end(), other.ids_.begin(), other.ids_.end());
}

SyscallSet operator|(const SyscallSet& a, const SyscallSet& b) {
  SyscallSet out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out.ids_));
  return out;
}

SyscallSet operator&(const SyscallSet& a, const SyscallSet& b) {
  SyscallSet out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out.ids_));
  return out;
}

SyscallSet operator-(const SyscallSet& a, const SyscallSet& b) {
  SyscallSet out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out.ids_));
  return out;
}

} // namespace harness
