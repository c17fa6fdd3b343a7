#include "base/base64.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "control/upload.hpp"
#include "exchange/stream/byte_source.hpp"
#include "records/files/file_keeper.hpp"
#include "records/files/file_references.hpp"

#include <span>
#include <vector>

namespace mortise::host {
namespace {

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;
constexpr std::size_t part_bytes = std::size_t{192} << 10; // whole groups of base64

Answer put(Host& host, Call& call, const Arguments& arguments)
{
    // Said before anything is kept.
    MORTISE_TRY(Map named, file_named(arguments.text("name"), arguments.text("media_type")));
    MORTISE_TRY(const auto upload, find_upload(call.session(), arguments.text("upload")));
    MORTISE_TRY(const int descriptor, upload->rewind());
    const auto bytes = FileSource::borrow(descriptor, upload->name());
    MORTISE_TRY(BlobWriter writer, host.files().blobs().begin(most_bytes));
    std::vector<char> buffer(part_bytes);
    for (;;) {
        MORTISE_TRY(const std::size_t count, bytes->read(buffer));
        if (count == 0) break;
        MORTISE_CHECK(writer.write({buffer.data(), count}));
    }
    MORTISE_TRY(const BlobFile kept, writer.finish(file_claimant(call.principal())));
    call.session().release(arguments.text("upload"));
    return json_of(Value{file_value(std::move(named), kept)});
}

Answer read(Host& host, Call& call, const Arguments& arguments)
{
    MORTISE_TRY(
        const RecordFile file,
        host.files().open(
            call.principal(), arguments.text("type"), arguments.id("id"), arguments.text("field")
        )
    );
    std::vector<char> buffer(part_bytes);
    for (std::uint64_t done = 0; done < file.size;) {
        if (call.stop().stop_requested())
            return Error{ErrorCode::cancelled, "stopped", "files.cancelled", {}, {}};
        MORTISE_TRY(const std::size_t count, file.contents.read_at(done, buffer));
        if (count == 0) break;
        MORTISE_CHECK(call.send_chunk(
            boost::json::object{{"base64", base64(std::as_bytes(std::span{buffer.data(), count}))}}
        ));
        done += count;
    }
    return boost::json::value(boost::json::object{
        {"digest", file.digest}, {"name", file.name}, {"size", file.size}, {"type", file.type}
    });
}

} // namespace

void add_file_methods(Api& api, Host& host)
{
    api.add({
        .name = "files.put",
        .help = "Keeps a file that was sent, for a field of the kind file; a record must refer to it within a day",
        .params = {
            {"upload", ParamKind::text, "the file, from upload.open", true},
            {"name", ParamKind::text, "what people call it, without a folder", true},
            {"media_type", ParamKind::text, "such as application/pdf; without it application/octet-stream"},
        },
        .result = "{digest, name, size, type}: the value for the field",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) { return put(host, call, arguments); },
    });
    api.add({
        .name = "files.read",
        .help = "Gives the file of a record that the user may read",
        .params = {
            {"type", ParamKind::text, "record type", true},
            {"id", ParamKind::id, "the record", true},
            {"field", ParamKind::text, "its field of the kind file", true},
        },
        .result = "{digest, name, size, type}; before it chunks {base64: the next part}",
        .chunks = true,
        .handler = [&host](Call& call, const Arguments& arguments) { return read(host, call, arguments); },
    });
}

} // namespace mortise::host
