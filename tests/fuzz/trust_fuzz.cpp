/// \file
/// Signed statements about keys, revocations and catalogs: their envelopes, and what they say.

#include "fuzz_check.hpp"
#include "plugins/trust/statements.hpp"

using namespace mortise::host;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::string_view text = text_of(data, size);
    const auto envelope = read_statement(text);
    if (!envelope) FUZZ_CHECK(!envelope.error().message.empty());

    const auto statement = parse_statement(text);
    if (!statement) {
        FUZZ_CHECK(statement.error().key.starts_with("trust."));
        return 0;
    }
    const std::string written = statement_text(*statement);
    const auto again = parse_statement(written);
    FUZZ_CHECK(again.has_value());
    FUZZ_CHECK(statement_text(*again) == written);
    return 0;
}
