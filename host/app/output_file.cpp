#include "app/output_file.hpp"

#include <system_error>
#include <unistd.h>
#include <utility>

namespace mortise::host {

OutputFile::OutputFile(
    std::filesystem::path path, std::filesystem::path written, std::unique_ptr<FileSink> sink
)
    : m_path{std::move(path)},
      m_written{std::move(written)},
      m_sink{std::move(sink)}
{
}

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::filesystem::path& path)
{
    std::error_code failed;
    std::filesystem::path target = path;
    if (std::filesystem::is_symlink(path, failed)) {
        const auto real = std::filesystem::weakly_canonical(path, failed);
        if (!failed) target = real;
    }
    const auto status = std::filesystem::status(target, failed);
    if (std::filesystem::is_directory(status))
        return Error{
            ErrorCode::invalid,
            path.native() + " is a folder",
            "cli.usage.file",
            path.native(),
            "name a file in it"
        };
    const bool direct = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
    std::filesystem::path written = target;
    if (!direct) written += ".part-" + std::to_string(::getpid());
    MORTISE_TRY(auto sink, FileSink::create(written));
    return std::unique_ptr<OutputFile>{new OutputFile{std::move(target), std::move(written), std::move(sink)}
    };
}

OutputFile::~OutputFile()
{
    std::error_code ignored;
    if (!m_kept && m_written != m_path) std::filesystem::remove(m_written, ignored);
}

Result<void> OutputFile::keep()
{
    std::error_code failed;
    if (m_written != m_path) std::filesystem::rename(m_written, m_path, failed);
    if (failed)
        return Error{
            ErrorCode::io,
            "cannot write " + m_path.native() + ": " + failed.message(),
            "cli.output",
            m_path.native(),
            {}
        };
    m_kept = true;
    return {};
}

} // namespace mortise::host
