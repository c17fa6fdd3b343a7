#include "plugins/package/zstd_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <zstd.h>

namespace mortise::host {

namespace {

constexpr std::size_t piece = std::size_t{64} << 10;
/// Frames that need a larger window are refused: a window is memory that the reader must hold.
constexpr int most_window_log = 23; // 8 MiB

Error truncated()
{
    return package_error(
        ErrorCode::invalid, "truncated", "the package ends too early", {}, "fetch it once more"
    );
}

} // namespace

void ZstdSource::Freeing::operator()(ZSTD_DCtx_s* context) const noexcept
{
    ZSTD_freeDCtx(context);
}

ZstdSource::ZstdSource(int descriptor, std::uint64_t most_in)
    : m_descriptor{descriptor},
      m_most_in{most_in},
      m_context{ZSTD_createDCtx()},
      m_in(piece),
      m_out(piece)
{
    if (m_context) ZSTD_DCtx_setParameter(m_context.get(), ZSTD_d_windowLogMax, most_window_log);
}

/// False at the end of the file.
Result<bool> ZstdSource::fill()
{
    ssize_t got = 0;
    do
        got = ::read(m_descriptor, m_in.data(), m_in.size());
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return package_error(
            ErrorCode::io, "io", std::string{"cannot read the package: "} + std::strerror(errno), {}
        );
    m_in_size = static_cast<std::size_t>(got);
    m_in_used = 0;
    m_taken += m_in_size;
    if (m_taken > m_most_in)
        return package_error(
            ErrorCode::limit,
            "too_large",
            "the package has more than " + std::to_string(m_most_in) + " bytes",
            {}
        );
    return got > 0;
}

/// Behind the frame stands its digest, and nothing else.
Result<void> ZstdSource::check_end()
{
    m_is_over = true;
    const Digest digest = m_digest.finish();
    std::string wanted{package_seal_head};
    wanted.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    std::string rest;
    for (bool more = true; more && rest.size() <= wanted.size();) {
        rest.append(reinterpret_cast<const char*>(&m_in[m_in_used]), m_in_size - m_in_used);
        MORTISE_TRY(more, fill());
    }
    if (rest.size() < wanted.size()) return truncated();
    if (rest.size() > wanted.size())
        return package_error(
            ErrorCode::refused, "trailing", "something stands behind the end of the package", {}
        );
    if (rest == wanted) return {};
    return package_error(
        ErrorCode::invalid,
        "corrupt",
        "the package is damaged: its digest is another",
        {},
        "fetch it once more"
    );
}

Result<std::span<const std::byte>> ZstdSource::read()
{
    if (m_is_over) return std::span<const std::byte>{};
    if (!m_context) return package_error(ErrorCode::limit, "io", "no memory to unpack with", {});
    while (true) {
        if (m_in_used == m_in_size) {
            MORTISE_TRY(const bool more, fill());
            if (!more && m_taken == 0)
                return package_error(ErrorCode::invalid, "not_a_package", "the file is empty", {});
            if (!more) return truncated();
        }
        ZSTD_inBuffer in{m_in.data(), m_in_size, m_in_used};
        ZSTD_outBuffer out{m_out.data(), m_out.size(), 0};
        const std::size_t left = ZSTD_decompressStream(m_context.get(), &out, &in);
        m_digest.add(std::span{m_in}.subspan(m_in_used, in.pos - m_in_used));
        m_in_used = in.pos;
        if (ZSTD_isError(left) != 0) {
            const bool is_first = m_given == 0 && m_taken == m_in_size && out.pos == 0;
            const bool is_other = m_in_size < 4 || std::memcmp(m_in.data(), "\x28\xB5\x2F\xFD", 4) != 0;
            if (is_first && is_other)
                return package_error(
                    ErrorCode::invalid,
                    "not_a_package",
                    "the file is no package: it does not begin as zstd data does",
                    {},
                    "packages are made by \"mortise-sdk pack\""
                );
            return package_error(
                ErrorCode::invalid,
                "corrupt",
                std::string{"the package cannot be unpacked: "} + ZSTD_getErrorName(left),
                {},
                "fetch it once more"
            );
        }
        m_given += out.pos;
        if (m_given > m_most_out)
            return package_error(
                ErrorCode::limit,
                "too_large",
                "the package unpacks to more than it lists: more than " + std::to_string(m_most_out)
                    + " bytes",
                {}
            );
        if (left == 0) MORTISE_CHECK(check_end());
        if (out.pos > 0 || m_is_over) return std::span<const std::byte>{m_out.data(), out.pos};
    }
}

} // namespace mortise::host
