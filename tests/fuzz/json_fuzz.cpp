/// \file
/// JSON: both trees are made of the same documents, and what is written of a value reads back as it.

#include "base/json.hpp"
#include "fuzz_check.hpp"

#include <boost/json/value.hpp>

using namespace mortise::host;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::string_view text = text_of(data, size);
    const auto tree = parse_json(text, "fuzz");
    const auto value = parse_value(text, "fuzz");
    FUZZ_CHECK(tree.has_value() == value.has_value());
    if (!tree) {
        FUZZ_CHECK(tree.error() == value.error());
        FUZZ_CHECK(!tree.error().where.empty());
        return 0;
    }
    FUZZ_CHECK(value_of(*tree) == *value);
    const std::string written = json_text(*value);
    FUZZ_CHECK(written == to_json(json_of(*value)));
    const auto again = parse_value(written, "fuzz");
    FUZZ_CHECK(again && *again == *value);
    const auto pretty = parse_json(to_pretty_json(*tree), "fuzz");
    FUZZ_CHECK(pretty && *pretty == *tree);
    return 0;
}
