#include "plugins/guard.hpp"
#include "plugins/host_functions.hpp"
#include "plugins/instance.hpp"
#include "plugins/open_files.hpp"
#include "records/files/file_keeper.hpp"
#include "records/files/file_references.hpp"

#include <string>

namespace mortise::host {

namespace {

constexpr std::uint64_t most_read = 262'144;

Error no_files()
{
    return {
        .code = ErrorCode::unsupported,
        .message = "this host keeps no files",
        .key = "blobs.none",
    };
}

Error wrong(std::string message, std::string where)
{
    return {
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "blobs.argument",
        .where = std::move(where),
    };
}

} // namespace

Result<void> HostBlobs::begin(Caller& caller, std::uint64_t& file)
{
    FileKeeper* files = m_tools.services.files;
    if (!files) return no_files();
    const Instance& instance = caller.instance();
    MORTISE_TRY(BlobWriter writer, files->blobs().begin(instance.quota(Quota::file_bytes)));
    auto entry = std::make_shared<OpenFiles::Entry>();
    entry->writer.emplace(std::move(writer));
    MORTISE_TRY(file, instance.files().add(std::move(entry), instance.quota(Quota::files_open)));
    return {};
}

Result<void> HostBlobs::write(Caller& caller, std::uint64_t file, ValueView data)
{
    std::string_view bytes;
    if (data.kind() == Kind::text)
        bytes = data.text();
    else if (data.kind() == Kind::bytes)
        bytes = {reinterpret_cast<const char*>(data.bytes().data()), data.bytes().size()};
    else
        return wrong("a file holds bytes or a text", "data");
    MORTISE_TRY(const auto use, caller.instance().files().use(file, true));
    return use->writer->write(bytes);
}

Result<void> HostBlobs::finish(
    Caller& caller, std::uint64_t file, std::string_view name, std::string_view type, border::Sink reference
)
{
    OpenFiles& files = caller.instance().files();
    Map value;
    {
        MORTISE_TRY(const auto use, files.use(file, true));
        // Said before it is kept, so that a name that is no name leaves the file open.
        MORTISE_TRY(Map named, file_named(name, type));
        MORTISE_TRY(const BlobFile kept, use->writer->finish("plugin:" + caller.instance().id()));
        value = file_value(std::move(named), kept);
    }
    MORTISE_CHECK(files.close(file));
    MORTISE_TRY(const ValueBlock block, encode(Value{std::move(value)}));
    return reference.write(block);
}

Result<void> HostBlobs::open(
    Caller& caller,
    std::string_view type,
    std::uint64_t record,
    std::string_view field,
    std::uint64_t& file,
    std::uint64_t& size
)
{
    FileKeeper* files = m_tools.services.files;
    if (!files) return no_files();
    const Instance& instance = caller.instance();
    MORTISE_TRY(
        RecordFile opened,
        files->open(caller.context().principal, type, Id{static_cast<std::int64_t>(record)}, field)
    );
    size = opened.size;
    auto entry = std::make_shared<OpenFiles::Entry>();
    entry->reader.emplace(std::move(opened));
    MORTISE_TRY(file, instance.files().add(std::move(entry), instance.quota(Quota::files_open)));
    return {};
}

Result<void> HostBlobs::read(
    Caller& caller, std::uint64_t file, std::uint64_t offset, std::uint64_t most, border::Sink data
)
{
    if (most < 1 || most > most_read)
        return wrong("1 to 262,144 bytes can be read at once, not " + std::to_string(most), "most");
    Bytes bytes(most);
    {
        MORTISE_TRY(const auto use, caller.instance().files().use(file, false));
        const std::uint64_t size = use->reader->size;
        const std::uint64_t left = offset < size ? size - offset : 0;
        bytes.resize(static_cast<std::size_t>(std::min(most, left)));
        if (!bytes.empty()) {
            MORTISE_TRY(
                const std::size_t count,
                use->reader->contents.read_at(offset, {reinterpret_cast<char*>(bytes.data()), bytes.size()})
            );
            bytes.resize(count);
        }
    }
    MORTISE_TRY(const ValueBlock block, encode(Value{std::move(bytes)}));
    return data.write(block);
}

Result<void> HostBlobs::close(Caller& caller, std::uint64_t file)
{
    return caller.instance().files().close(file);
}

} // namespace mortise::host
