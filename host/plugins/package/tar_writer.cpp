#include "plugins/package/tar_writer.hpp"

#include "plugins/package/package_list.hpp"
#include "plugins/package/zstd_source.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <zstd.h>

namespace mortise::host {

namespace {

constexpr int level = 12;
constexpr int window_log = 23; // what readers take
constexpr int tar_block = 10240;

struct EntryFreeing {
    void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};

} // namespace

TarWriter::TarWriter(int descriptor)
    : m_descriptor{descriptor},
      m_archive{archive_write_new()},
      m_context{ZSTD_createCCtx()},
      m_out(ZSTD_CStreamOutSize())
{
    if (m_archive == nullptr || m_context == nullptr) return;
    ZSTD_CCtx_setParameter(m_context, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(m_context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(m_context, ZSTD_c_checksumFlag, 1);
    archive_write_set_format_pax_restricted(m_archive);
    archive_write_set_bytes_per_block(m_archive, tar_block);
    archive_write_open(m_archive, this, nullptr, take, nullptr);
}

TarWriter::~TarWriter()
{
    if (m_archive != nullptr) {
        archive_write_fail(m_archive); // nothing is written any more; after `finish` this does nothing
        archive_write_free(m_archive);
    }
    ZSTD_freeCCtx(m_context);
}

ssize_t TarWriter::take(archive*, void* self, const void* bytes, std::size_t size)
{
    auto& writer = *static_cast<TarWriter*>(self);
    const bool done = writer.pack({static_cast<const std::byte*>(bytes), size}, false);
    return done ? static_cast<ssize_t>(size) : -1;
}

bool TarWriter::write_out(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t done = ::write(m_descriptor, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) {
            m_trouble = std::strerror(errno);
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return true;
}

bool TarWriter::pack(std::span<const std::byte> bytes, bool is_last)
{
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    const ZSTD_EndDirective mode = is_last ? ZSTD_e_end : ZSTD_e_continue;
    while (true) {
        ZSTD_outBuffer out{m_out.data(), m_out.size(), 0};
        const std::size_t left = ZSTD_compressStream2(m_context, &out, &in, mode);
        if (ZSTD_isError(left) != 0) {
            m_trouble = ZSTD_getErrorName(left);
            return false;
        }
        const std::span written = std::span{m_out}.first(out.pos);
        m_digest.add(written);
        if (!write_out(written)) return false;
        if (is_last ? left == 0 : in.pos == in.size) return true;
    }
}

Error TarWriter::failure(std::string_view what) const
{
    std::string reason = m_trouble;
    if (reason.empty() && m_archive != nullptr && archive_error_string(m_archive) != nullptr)
        reason = archive_error_string(m_archive);
    return package_error(ErrorCode::io, "io", "cannot write the package: " + reason, std::string{what});
}

Result<void> TarWriter::begin(const std::string& path, std::uint64_t size)
{
    if (m_archive == nullptr || m_context == nullptr) return failure(path);
    const std::unique_ptr<archive_entry, EntryFreeing> entry{archive_entry_new()};
    if (!entry) return failure(path);
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), 0, 0);
    if (archive_write_header(m_archive, entry.get()) != ARCHIVE_OK) return failure(path);
    return {};
}

Result<void> TarWriter::write(std::span<const std::byte> bytes)
{
    const la_ssize_t done = archive_write_data(m_archive, bytes.data(), bytes.size());
    if (done != static_cast<la_ssize_t>(bytes.size())) return failure({});
    return {};
}

Result<void> TarWriter::add(const std::string& path, std::string_view text)
{
    MORTISE_CHECK(begin(path, text.size()));
    return write(std::as_bytes(std::span{text.data(), text.size()}));
}

Result<void> TarWriter::finish()
{
    if (archive_write_close(m_archive) != ARCHIVE_OK) return failure({});
    if (!pack({}, true)) return failure({});
    const Digest digest = m_digest.finish();
    if (!write_out(std::as_bytes(std::span{package_seal_head})) || !write_out(digest)) return failure({});
    return {};
}

} // namespace mortise::host
