#include "plugins/open_files.hpp"

#include <string>

namespace mortise::host {

namespace {

Error closed(std::uint64_t number, std::string_view purpose)
{
    return {
        .code = ErrorCode::not_found,
        .message = "no file " + std::to_string(number) + " is open" + std::string{purpose},
        .key = "blobs.closed",
        .where = "file",
    };
}

} // namespace

Result<std::uint64_t> OpenFiles::add(std::shared_ptr<Entry> entry, std::uint64_t most_open)
{
    const std::scoped_lock lock{m_mutex};
    if (m_entries.size() >= most_open)
        return Error{
            .code = ErrorCode::limit,
            .message = std::to_string(most_open) + " files are open already",
            .key = "blobs.open",
            .where = "files_open",
            .hint = "close what is not used any more, or let an admin raise quota.files_open",
        };
    m_entries.emplace(m_next, std::move(entry));
    return m_next++;
}

Result<OpenFiles::Use> OpenFiles::use(std::uint64_t number, bool for_writing)
{
    std::shared_ptr<Entry> entry;
    {
        const std::scoped_lock lock{m_mutex};
        const auto found = m_entries.find(number);
        if (found == m_entries.end()) return closed(number, {});
        entry = found->second;
    }
    std::unique_lock lock{entry->use, std::try_to_lock};
    if (!lock)
        return Error{
            .code = ErrorCode::busy,
            .message = "another thread uses file " + std::to_string(number),
            .key = "blobs.busy",
            .where = "file",
        };
    if (entry->writer.has_value() != for_writing)
        return closed(number, for_writing ? " for writing" : " for reading");
    return Use{std::move(entry), std::move(lock)};
}

Result<void> OpenFiles::close(std::uint64_t number)
{
    const std::scoped_lock lock{m_mutex};
    if (m_entries.erase(number) == 0) return closed(number, {});
    return {};
}

void OpenFiles::clear() noexcept
{
    const std::scoped_lock lock{m_mutex};
    m_entries.clear();
}

} // namespace mortise::host
