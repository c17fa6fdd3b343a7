#include "model/file_upload.hpp"

#include "base/base64.hpp"
#include "base/json_read.hpp"

#include <utility>

namespace mortise::ui {
namespace {

constexpr std::size_t part_bytes = std::size_t{512} << 10;

} // namespace

void FileUpload::start(const std::filesystem::path& file, Done done)
{
    m_done = std::move(done);
    m_sent = 0;
    m_upload.clear();
    std::error_code failed;
    m_stream = std::ifstream{file, std::ios::binary};
    if (!m_stream || !std::filesystem::is_regular_file(file, failed))
        return m_done(Error{
            ErrorCode::io,
            "cannot read " + file.native(),
            "console.file",
            file.native(),
            "is it there, and yours to read?"
        });
    m_call = m_link.call(
        "upload.open",
        {{"name", file.filename().native()}},
        [this](const Result<boost::json::value>& answer) {
            if (!answer) return m_done(answer.error());
            m_upload = text_at(*answer, "upload");
            send_part();
        }
    );
}

void FileUpload::send_part()
{
    std::string part(part_bytes, '\0');
    m_stream.read(part.data(), static_cast<std::streamsize>(part.size()));
    part.resize(static_cast<std::size_t>(std::max<std::streamsize>(m_stream.gcount(), 0)));
    if (part.empty()) return m_done(m_upload);
    m_call = m_link.call(
        "upload.write",
        {{"upload", m_upload}, {"offset", m_sent}, {"base64", base64_of(part)}},
        [this, size = static_cast<std::int64_t>(part.size())](const Result<boost::json::value>& answer) {
            if (!answer) return m_done(answer.error());
            m_sent += size;
            send_part();
        }
    );
}

} // namespace mortise::ui
