#pragma once

/// \file
/// What a plan says to people.

#include "plugins/manifest.hpp"

#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// "contacts.read" as "see contacts".
std::string permission_words(std::string_view permission);

/// "a, b and c"; what is above `most` is counted.
std::string list_words(const std::vector<std::string>& items, std::size_t most = 8);

/// "1 report", "3 reports".
std::string count_words(std::uint64_t count, std::string_view one, std::string_view several);

/// "12.3 MB".
std::string size_words(std::uint64_t bytes);

/// A setting's value as its JSON.
std::string value_words(const Value& value);

/// What a plugin costs: numbers, and the same in words.
struct BundleCost {
    std::uint64_t bytes{0}; ///< on disk
    std::uint64_t types{0}; ///< each has a table and one of its history
    std::uint64_t fields{0}; ///< on types of others
    std::uint64_t hooks{0};
    std::uint64_t hook_ms{0}; ///< that they may take together, for one batch, at most
    std::uint64_t subscriptions{0};
    std::uint64_t schedules{0};
    std::uint64_t commands{0};
    std::uint64_t processes{0}; ///< of their own

    void add(const Manifest& manifest);
    std::vector<std::string> words() const;
};

} // namespace mortise::host
