#pragma once

/// \file
/// The files of records that one running plugin has open, by number.

#include "blobs/blob_store.hpp"
#include "records/files/file_keeper.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace mortise::host {

/// Thread-safety: any thread.
class OpenFiles {
public:
    /// Contents that are written, or a file that is read.
    struct Entry {
        std::optional<BlobWriter> writer;
        std::optional<RecordFile> reader;
        std::mutex use;
    };
    /// An entry that nobody else uses meanwhile.
    struct Use {
        std::shared_ptr<Entry> entry;
        std::unique_lock<std::mutex> lock;
        Entry* operator->() const noexcept { return entry.get(); }
    };

    /// Gives its number. Error: `limit` (`blobs.open`) at `most_open`.
    Result<std::uint64_t> add(std::shared_ptr<Entry> entry, std::uint64_t most_open);
    /// Errors: not_found (`blobs.closed`), busy.
    Result<Use> use(std::uint64_t number, bool for_writing);
    /// Whoever uses it ends with it. Error: not_found.
    Result<void> close(std::uint64_t number);
    /// Closes all.
    void clear() noexcept;

private:
    std::mutex m_mutex;
    std::map<std::uint64_t, std::shared_ptr<Entry>> m_entries;
    std::uint64_t m_next{1};
};

} // namespace mortise::host
