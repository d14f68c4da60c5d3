// LruCache: keeps the values that were used last, at most a given number of them. What is kept for
// the files of a target must be bounded: a target can make a new file in every run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <utility>

namespace harness::tracer {

template <typename Key, typename Value> class LruCache {
public:
  explicit LruCache(std::size_t max_entries) : max_entries_(max_entries) {}

  /// The value of `key`, which thereby is the one used last; null if there is none. The pointer is
  /// valid until the next `put`.
  Value* find(const Key& key) {
    const auto place = places_.find(key);
    if (place == places_.end()) {
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, place->second);
    return &place->second->second;
  }

  /// Adds or replaces; removes the value that was used longest ago if there are too many.
  Value& put(const Key& key, Value value) {
    if (Value* known = find(key)) {
      *known = std::move(value);
      return *known;
    }
    if (entries_.size() >= max_entries_) {
      places_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(key, std::move(value));
    places_[key] = entries_.begin();
    return entries_.front().second;
  }

  std::size_t size() const { return entries_.size(); }

private:
  std::size_t max_entries_;
  std::list<std::pair<Key, Value>> entries_; // used last first
  std::map<Key, typename std::list<std::pair<Key, Value>>::iterator> places_;
};

} // namespace harness::tracer
