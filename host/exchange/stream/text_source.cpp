#include "exchange/stream/text_source.hpp"

#include "base/text.hpp"
#include "exchange/stream/encoding_guess.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

namespace mortise::host {
namespace {

constexpr std::size_t window = std::size_t{64} * 1024;

using OpenConverter = std::unique_ptr<UConverter, decltype(&ucnv_close)>;

OpenConverter open_converter(const std::string& name)
{
    UErrorCode status = U_ZERO_ERROR;
    OpenConverter converter{ucnv_open(name.c_str(), &status), ucnv_close};
    if (U_FAILURE(status)) converter.reset();
    return converter;
}

/// ICU calls this for bytes that are no character; `context` is the counter.
void count_replacement(
    const void* context,
    UConverterToUnicodeArgs* arguments,
    const char* units,
    int32_t length,
    UConverterCallbackReason reason,
    UErrorCode* status
)
{
    if (reason > UCNV_IRREGULAR) return;
    ++*static_cast<std::uint64_t*>(const_cast<void*>(context));
    UCNV_TO_U_CALLBACK_SUBSTITUTE(nullptr, arguments, units, length, reason, status);
}

std::size_t count_ascii(std::string_view bytes) noexcept
{
    std::size_t at = 0;
    std::uint64_t word = 0;
    while (at + sizeof word <= bytes.size()) {
        std::memcpy(&word, bytes.data() + at, sizeof word);
        if ((word & 0x8080808080808080U) != 0) break;
        at += sizeof word;
    }
    while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80)
        ++at;
    return at;
}

} // namespace

struct TextSource::Converter {
    OpenConverter from;
    OpenConverter to;
    std::array<UChar, 4096> pivot{};
    UChar* pivot_source{pivot.data()};
    UChar* pivot_target{pivot.data()};
    std::uint64_t replaced{0};
    bool flushed{false};
};

TextSource::TextSource(ByteSource& source) : m_source{&source}, m_raw(window) { }
TextSource::TextSource(TextSource&&) noexcept = default;
TextSource& TextSource::operator=(TextSource&&) noexcept = default;
TextSource::~TextSource() = default;

Result<TextSource> TextSource::open(ByteSource& source, const std::optional<std::string>& encoding)
{
    TextSource text{source};
    MORTISE_CHECK(text.begin(encoding));
    return text;
}

Result<void> TextSource::begin(const std::optional<std::string>& encoding)
{
    MORTISE_CHECK(fill(window));
    const std::string_view start{m_raw.data(), m_end};
    const auto mark = find_byte_order_mark(start);
    const bool any_utf = !encoding || equal_ignoring_ascii_case(encoding->substr(0, 3), "UTF");
    if (mark && any_utf) {
        m_begin = mark->size;
        return use({std::string{mark->encoding}, true, true});
    }
    if (encoding) return use({*encoding, false, true});
    if (const auto wide = find_utf16(start)) return use({std::string{*wide}, false, true});
    return {};
}

Result<void> TextSource::use(TextEncoding encoding)
{
    m_decided = true;
    m_encoding = std::move(encoding);
    if (equal_ignoring_ascii_case(m_encoding.name, "UTF-8")
        || equal_ignoring_ascii_case(m_encoding.name, "UTF8")) {
        m_encoding.name = "UTF-8";
        return {};
    }
    auto converter
        = std::make_unique<Converter>(Converter{open_converter(m_encoding.name), open_converter("UTF-8")});
    if (!converter->from || !converter->to)
        return Error{
            ErrorCode::invalid,
            "no encoding is called \"" + m_encoding.name + "\"",
            "text.encoding",
            {},
            "use one such as UTF-8, UTF-16LE or windows-1252",
        };
    UErrorCode status = U_ZERO_ERROR;
    ucnv_setToUCallBack(
        converter->from.get(), count_replacement, &converter->replaced, nullptr, nullptr, &status
    );
    m_converter = std::move(converter);
    return {};
}

Result<void> TextSource::fill(std::size_t wanted)
{
    if (m_begin != 0) {
        std::memmove(m_raw.data(), m_raw.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    while (!m_at_end && m_end < wanted) {
        MORTISE_TRY(const std::size_t count, m_source->read(std::span{m_raw}.subspan(m_end)));
        m_at_end = count == 0;
        m_end += count;
        m_taken += count;
    }
    return {};
}

std::size_t TextSource::pass(std::span<char> out, std::size_t count)
{
    count = std::min(count, out.size());
    std::memcpy(out.data(), m_raw.data() + m_begin, count);
    m_begin += count;
    return count;
}

Result<void> TextSource::decide()
{
    MORTISE_CHECK(fill(window));
    const TextEncoding guess = guess_encoding({m_raw.data(), m_end});
    auto used = use(guess);
    return used || guess.certain ? std::move(used) : use({"windows-1252", false, false});
}

Result<std::size_t> TextSource::read(std::span<char> out)
{
    if (m_converter) return convert(out);
    if (m_begin == m_end) {
        if (m_at_end) return std::size_t{0};
        if (m_decided) {
            MORTISE_TRY(const std::size_t count, m_source->read(out));
            m_taken += count;
            m_at_end = count == 0;
            return count;
        }
        MORTISE_CHECK(fill(1));
    }
    if (m_decided) return pass(out, m_end - m_begin);
    const std::size_t ascii = count_ascii({m_raw.data() + m_begin, m_end - m_begin});
    if (ascii != 0 || m_begin == m_end) return pass(out, ascii);
    MORTISE_CHECK(decide());
    return read(out);
}

Result<std::size_t> TextSource::convert(std::span<char> out)
{
    Converter& use = *m_converter;
    while (!use.flushed) {
        if (m_begin == m_end) MORTISE_CHECK(fill(1));
        char* target = out.data();
        const char* source = m_raw.data() + m_begin;
        UErrorCode status = U_ZERO_ERROR;
        ucnv_convertEx(
            use.to.get(),
            use.from.get(),
            &target,
            out.data() + out.size(),
            &source,
            m_raw.data() + m_end,
            use.pivot.data(),
            &use.pivot_source,
            &use.pivot_target,
            use.pivot.data() + use.pivot.size(),
            UBool{0},
            static_cast<UBool>(m_at_end),
            &status
        );
        m_begin = static_cast<std::size_t>(source - m_raw.data());
        if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR)
            return Error{
                ErrorCode::io,
                "cannot decode " + m_encoding.name + ": " + u_errorName(status),
                "text.encoding",
                {},
                {}
            };
        use.flushed = m_at_end && m_begin == m_end && status != U_BUFFER_OVERFLOW_ERROR;
        if (target != out.data()) return static_cast<std::size_t>(target - out.data());
    }
    return std::size_t{0};
}

std::uint64_t TextSource::replaced() const noexcept
{
    return m_converter ? m_converter->replaced : 0;
}

} // namespace mortise::host
