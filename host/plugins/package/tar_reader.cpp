#include "plugins/package/tar_reader.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <utility>

namespace mortise::host {

namespace {

constexpr unsigned special_mode_bits = 07000; // set-user, set-group, sticky

} // namespace

TarReader::TarReader(ZstdSource& source) : m_source{source}, m_archive{archive_read_new()} { }

TarReader::~TarReader()
{
    if (m_archive != nullptr) archive_read_free(m_archive);
}

ssize_t TarReader::take(archive* tar, void* self, const void** piece)
{
    auto& reader = *static_cast<TarReader*>(self);
    auto got = reader.m_source.read();
    if (!got) {
        archive_set_error(tar, EIO, "the source failed");
        reader.m_error = std::move(got).error();
        return ARCHIVE_FATAL;
    }
    reader.m_piece = *got;
    *piece = got->data();
    return static_cast<ssize_t>(got->size());
}

Error TarReader::failure(std::string_view what)
{
    if (m_error) return *m_error;
    const char* text = m_archive != nullptr ? archive_error_string(m_archive) : "no memory";
    return package_error(
        ErrorCode::invalid,
        "corrupt",
        std::string{what} + ": " + (text != nullptr ? text : "the archive is broken"),
        {},
        "fetch it once more"
    );
}

Result<std::optional<TarEntry>> TarReader::next()
{
    if (m_archive == nullptr) return failure("cannot read the package");
    if (!std::exchange(m_is_open, true)) {
        archive_read_support_format_tar(m_archive);
        archive_read_set_option(m_archive, "tar", "hdrcharset", "BINARY");
        archive_read_set_callback_data(m_archive, this);
        archive_read_set_read_callback(m_archive, take);
        if (archive_read_open1(m_archive) != ARCHIVE_OK) return failure("cannot read the package");
    }
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(m_archive, &entry);
    if (status == ARCHIVE_EOF) {
        MORTISE_CHECK(check_end());
        return std::optional<TarEntry>{};
    }
    if (status != ARCHIVE_OK) return failure("an entry of the package cannot be read"); // a warning too
    m_position = 0;
    MORTISE_TRY(TarEntry found, check(entry));
    return std::optional{std::move(found)};
}

Result<TarEntry> TarReader::check(archive_entry* entry) const
{
    const char* name = archive_entry_pathname(entry);
    const std::string path = name != nullptr ? name : "";
    const std::string where = path.substr(0, max_package_path);
    if (archive_entry_hardlink(entry) != nullptr || archive_entry_filetype(entry) == AE_IFLNK)
        return package_error(
            ErrorCode::refused, "link", where + " is a link", where, "packages hold plain files only"
        );
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return package_error(
            ErrorCode::refused,
            "folder",
            where + " is a folder",
            where,
            "folders come from the paths of the files"
        );
    if (archive_entry_filetype(entry) != AE_IFREG)
        return package_error(
            ErrorCode::refused,
            "device",
            where + " is a device or pipe",
            where,
            "packages hold plain files only"
        );
    if ((archive_entry_mode(entry) & special_mode_bits) != 0)
        return package_error(
            ErrorCode::refused, "special_mode", where + " would run with the rights of others", where
        );
    if (archive_entry_sparse_count(entry) > 0)
        return package_error(ErrorCode::refused, "sparse", where + " has holes", where);
    if (!path.starts_with(package_reserved_prefix)) MORTISE_CHECK(check_package_path(path));
    if (archive_entry_size_is_set(entry) == 0 || archive_entry_size(entry) < 0)
        return package_error(ErrorCode::invalid, "corrupt", where + " does not say how long it is", where);
    return TarEntry{path, static_cast<std::uint64_t>(archive_entry_size(entry))};
}

Result<std::span<const std::byte>> TarReader::read()
{
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(m_archive, &data, &size, &offset);
    if (status == ARCHIVE_EOF) return std::span<const std::byte>{};
    if (status != ARCHIVE_OK) return failure("a file in the package cannot be read");
    if (static_cast<std::uint64_t>(offset) != m_position)
        return package_error(ErrorCode::refused, "sparse", "a file has holes", {});
    m_position += size;
    return std::span{static_cast<const std::byte*>(data), size};
}

/// Behind the last entry an archive is filled up with zeros to the end of its last block, and that is all.
Result<void> TarReader::check_end()
{
    const auto consumed = static_cast<std::uint64_t>(archive_filter_bytes(m_archive, 0));
    const std::uint64_t ahead = m_source.given() - std::min(m_source.given(), consumed);
    std::span<const std::byte> rest = m_piece.last(std::min<std::size_t>(ahead, m_piece.size()));
    while (true) {
        if (std::ranges::any_of(rest, [](std::byte byte) { return byte != std::byte{0}; }))
            return package_error(ErrorCode::refused, "trailing", "something stands behind the last file", {});
        MORTISE_TRY(rest, m_source.read());
        if (rest.empty()) return {};
    }
}

} // namespace mortise::host
