#pragma once

/// \file
/// `FileDigests`: the SHA-256 of files that are asked for again and again, read anew only when a file is not
/// the one that it was.

#include "base/hash.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <sys/types.h>

namespace mortise::host {

/// For telling, not for trusting: code is judged by the very bytes that are loaded. Thread-safety: any
/// thread.
class FileDigests {
public:
    /// Nothing if the file is not there, or cannot be read.
    std::optional<Digest> of(const std::filesystem::path& file);

private:
    /// What the system says of a file; writing to it or putting another in its place changes one of these.
    struct Stamp {
        dev_t device{0};
        ino_t number{0};
        off_t size{0};
        std::int64_t changed{0}; ///< nanoseconds
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    struct Seen {
        Stamp stamp;
        Digest digest;
    };

    static std::optional<Stamp> stamp_of(const std::filesystem::path& file);

    std::mutex m_mutex; // guards what follows
    std::map<std::filesystem::path, Seen> m_seen;
};

} // namespace mortise::host
