#include "exchange/stream/decode.hpp"

#include "base/text.hpp"

#include <memory>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

namespace mortise::host {

std::string decode_text(std::string_view bytes, std::string_view encoding)
{
    const bool is_utf8
        = equal_ignoring_ascii_case(encoding, "UTF-8") || equal_ignoring_ascii_case(encoding, "US-ASCII");
    if ((encoding.empty() || is_utf8) && valid_utf8(bytes)) return std::string{bytes};
    const std::string name{encoding.empty() || is_utf8 ? "windows-1252" : encoding};
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter{
        ucnv_open(name.c_str(), &status), ucnv_close
    };
    if (U_FAILURE(status)) return decode_text(bytes, {});
    const icu::UnicodeString unicode{
        bytes.data(), static_cast<int32_t>(bytes.size()), converter.get(), status
    };
    std::string text;
    unicode.toUTF8String(text);
    return text;
}

} // namespace mortise::host
