#pragma once

/// \file
/// `BlockIndex`: the profiles of all contacts and the keys of their blocks, in a file of its own, so that one
/// contact is compared without reading all. Filled by a scan and kept up by whoever follows the contacts;
/// lost, it is filled by the next scan.

#include "matching/model/batch.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;
class Database;

struct IndexedProfile {
    Id contact;
    std::string block; ///< of `matching::make_profile`
};

/// Thread-safety: any thread.
class BlockIndex {
public:
    BlockIndex();
    ~BlockIndex();

    /// Opens the file if it is there; else `fill` makes it, so that who never scans has none.
    Result<void> open(const std::filesystem::path& file);
    /// Whether a scan filled it: before that it knows nothing.
    bool is_filled() const;

    /// Replaces all that it holds.
    Result<void> fill(const matching::ProfileStore& profiles, const matching::Blocks& blocks);
    /// Gives false if the contact has this profile already.
    Result<bool> put(Id contact, std::string_view block);
    Result<void> remove(Id contact);
    /// The contacts that have a key in common with the profile, but for `self`.
    Result<std::vector<IndexedProfile>> candidates(const matching::Profile& profile, Id self);

private:
    Result<void> open_file();
    Result<std::optional<std::string>> block_of(Connection& connection, Id contact);
    Result<void> take_out(Connection& connection, Id contact, std::string_view block);

    mutable std::mutex m_mutex; // guards what follows
    std::filesystem::path m_file;
    std::unique_ptr<Database> m_database; // null: there is no file
    bool m_is_filled{false};
};

} // namespace mortise::host
