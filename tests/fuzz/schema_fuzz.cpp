/// \file
/// JSON Schemas of vendors and what is checked against them: settings, arguments, results. The first line of
/// an input is the schema, the rest is the value.

#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "fuzz_check.hpp"

#include <boost/json/value.hpp>

using namespace mortise::host;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::string_view text = text_of(data, size);
    const std::size_t line = text.find('\n');
    const auto json = parse_json(text.substr(0, line), "schema");
    if (!json) return 0;
    const auto schema = JsonSchema::compile(*json);
    if (!schema) {
        FUZZ_CHECK(!schema.error().message.empty());
        return 0;
    }
    if (line == std::string_view::npos) return 0;
    const auto value = parse_json(text.substr(line + 1), "value");
    if (!value) return 0;
    const auto judged = schema->validate(*value);
    FUZZ_CHECK(judged.has_value() == JsonSchema::compile(*json)->validate(*value).has_value());
    if (judged) return 0;
    FUZZ_CHECK(!judged.error().message.empty());
    FUZZ_CHECK(judged.error().where.empty() || judged.error().where.front() == '/');
    return 0;
}
