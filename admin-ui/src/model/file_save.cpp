#include "model/file_save.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>
#include <unistd.h>

namespace mortise::ui {

Result<void> save_file(const std::filesystem::path& file, std::string_view bytes, bool replace)
{
    namespace fs = std::filesystem;
    std::error_code failed;
    if (!replace && fs::exists(file, failed))
        return Error{
            ErrorCode::exists,
            file.native() + " is there already",
            "console.file",
            file.native(),
            "press Replace it, or give another name"
        };
    const fs::path part{file.native() + ".part"};
    std::FILE* open = std::fopen(part.c_str(), "wb");
    bool written = open != nullptr;
    if (open) {
        written = std::fwrite(bytes.data(), 1, bytes.size(), open) == bytes.size();
        written = written && std::fflush(open) == 0 && ::fsync(::fileno(open)) == 0;
        const int number = errno;
        written = std::fclose(open) == 0 && written;
        errno = number;
    }
    const int number = errno;
    if (written) fs::rename(part, file, failed);
    if (written && !failed) return {};
    std::error_code ignored;
    fs::remove(part, ignored);
    return Error{
        ErrorCode::io,
        "cannot write " + file.native() + ": " + (failed ? failed.message() : std::strerror(number)),
        "console.file",
        file.native(),
        "is the folder there, may this user write into it, and is there room on the disk?"
    };
}

} // namespace mortise::ui
