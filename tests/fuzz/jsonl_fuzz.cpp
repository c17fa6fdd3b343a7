/// \file
/// JSON Lines: each line is an object or says why it is none, and what is written of the objects reads back
/// the same.

#include "base/json.hpp"
#include "base/text.hpp"
#include "exchange/jsonl_reader.hpp"
#include "fuzz_check.hpp"

#include <vector>

using namespace mortise::host;

namespace {

std::vector<mortise::Map> read_objects(std::string_view text)
{
    MemorySource source{text};
    auto reader = JsonlReader::open(source);
    if (!reader) return {};
    std::vector<mortise::Map> objects;
    std::uint64_t number = 0;
    JsonLine line;
    for (;;) {
        const auto more = reader->next(line);
        if (!more || !*more) return objects;
        FUZZ_CHECK(line.number > number);
        number = line.number;
        FUZZ_CHECK(valid_utf8(line.raw) || line.finding);
        if (line.finding) {
            FUZZ_CHECK(!line.finding->error.message.empty() && !line.finding->error.where.empty());
            FUZZ_CHECK(line.object.empty());
        } else
            objects.push_back(line.object);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const auto objects = read_objects(text_of(data, size));
    std::string written;
    for (const mortise::Map& object : objects)
        written += json_text(mortise::Value{object}) + '\n';
    FUZZ_CHECK(read_objects(written) == objects);
    return 0;
}
