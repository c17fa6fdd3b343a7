#include "app/file_upload.hpp"

#include "base/base64.hpp"
#include "exchange/stream/byte_source.hpp"

#include <span>
#include <vector>

namespace mortise::host {
namespace {

constexpr std::size_t part_bytes = std::size_t{1} << 20;

} // namespace

Result<std::string> upload_file(Program& program, const std::string& path)
{
    MORTISE_TRY(const auto file, FileSource::open(path));
    MORTISE_TRY(const boost::json::value opened, program.call("upload.open", {{"name", path}}));
    const std::string handle = cell_text(at_path(opened.as_object(), "upload"));
    std::vector<char> buffer(part_bytes);
    std::uint64_t offset = 0;
    while (true) {
        MORTISE_TRY(const std::size_t count, file->read(buffer));
        if (count == 0) return handle;
        const auto bytes = std::as_bytes(std::span{buffer.data(), count});
        MORTISE_CHECK(
            program.call("upload.write", {{"upload", handle}, {"offset", offset}, {"base64", base64(bytes)}})
        );
        offset += count;
    }
}

} // namespace mortise::host
