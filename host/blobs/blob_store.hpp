#pragma once

/// \file
/// The contents of files that records refer to, each kept once under the SHA-256 of what is in it. Who may
/// read or refer to one is none of this room's business: records carry the rights.

#include "base/disk_file.hpp"
#include "base/sha256.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// Whether the text is a digest as blobs have it: 64 hexadecimal digits in small letters.
bool is_blob_digest(std::string_view text) noexcept;

struct BlobFile {
    std::string digest;
    std::uint64_t size{0}; ///< bytes
    Instant touched{}; ///< when it was last written, or handed in again
};

class BlobStore;

/// Contents that come in pieces. What is not finished is gone with it. Movable; one thread at a time.
class BlobWriter {
public:
    BlobWriter(BlobWriter&& other) noexcept;
    BlobWriter& operator=(BlobWriter&&) = delete;
    BlobWriter(const BlobWriter&) = delete;
    BlobWriter& operator=(const BlobWriter&) = delete;
    ~BlobWriter();

    std::uint64_t size() const noexcept { return m_size; }
    /// Appends. Errors: `limit` (`blobs.too_large`, or no room on the disk), `io`.
    Result<void> write(std::string_view bytes);
    /// Makes it durable under its digest, and its claim the claimant's. Nothing may be written any more.
    Result<BlobFile> finish(std::string_view claimant);

private:
    friend class BlobStore;
    BlobWriter(BlobStore& store, DiskFile file, std::filesystem::path path, std::uint64_t most);

    BlobStore* m_store;
    DiskFile m_file;
    std::filesystem::path m_path;
    Sha256 m_digest;
    std::uint64_t m_size{0};
    std::uint64_t m_most;
};

/// A folder of contents: `ab/abcd...`, by the first two digits of the digest. Thread-safety: any thread. It
/// outlives its writers.
class BlobStore {
public:
    /// While one lives, nothing is collected.
    using Hold = std::shared_ptr<void>;

    /// `unfinished`: where contents lie until they are complete, on the same file system; what a former
    /// process left there is taken away. Both are made where they are not there.
    static Result<std::unique_ptr<BlobStore>>
    open(std::filesystem::path folder, std::filesystem::path unfinished);
    BlobStore(const BlobStore&) = delete;
    BlobStore& operator=(const BlobStore&) = delete;
    ~BlobStore();

    /// Begins contents of at most so many bytes.
    Result<BlobWriter> begin(std::uint64_t most);
    /// Errors: not_found (`blobs.missing`), io.
    Result<DiskFile> read(std::string_view digest) const;
    /// Nothing if there are no such contents.
    std::optional<std::uint64_t> size_of(std::string_view digest) const;
    /// All, by digest.
    Result<std::vector<BlobFile>> list() const;

    /// Whether that claimant handed these contents in, since the start of the process and within half a day.
    bool is_claimed(std::string_view claimant, std::string_view digest) const;

    Hold hold();
    /// Takes contents away at once, whoever claimed them. No error if there are none.
    Result<void> remove(std::string_view digest);
    /// Takes contents away that nobody handed in since `before`; false if somebody did, if there are none, or
    /// while somebody holds them all.
    Result<bool> collect(std::string_view digest, Instant before);

private:
    friend class BlobWriter;
    BlobStore(std::filesystem::path folder, std::filesystem::path unfinished);
    std::filesystem::path path_of(std::string_view digest) const;
    Result<BlobFile>
    keep(const std::filesystem::path& unfinished, std::string digest, std::string_view claimant);

    const std::filesystem::path m_folder;
    const std::filesystem::path m_unfinished;
    mutable std::mutex m_mutex; // of names in the folder, claims and holds
    std::map<std::pair<std::string, std::string>, Instant, std::less<>> m_claims; // (claimant, digest)
    std::weak_ptr<void> m_hold;
};

} // namespace mortise::host
