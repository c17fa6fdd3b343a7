/// \file
/// Mapping files: read, or refused with a place.

#include "exchange/import/mapping.hpp"
#include "fuzz_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const auto mapping = mortise::host::parse_mapping(text_of(data, size));
    if (!mapping) {
        FUZZ_CHECK(!mapping.error().message.empty());
        return 0;
    }
    for (const auto& column : mapping->columns)
        FUZZ_CHECK(!column.field.empty());
    return 0;
}
