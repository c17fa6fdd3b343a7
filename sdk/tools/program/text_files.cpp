#include "program/text_files.hpp"

#include "program/output.hpp"

#include <fstream>
#include <iterator>

namespace mortise::tool {

namespace fs = std::filesystem;

Result<std::string> read_text(const fs::path& file, std::size_t most)
{
    std::error_code trouble;
    const auto size = fs::file_size(file, trouble);
    std::ifstream in{file, std::ios::binary};
    if (trouble || !in) return tool_error(ErrorCode::io, "io", "cannot read " + file.string(), file.string());
    if (size > most)
        return tool_error(
            ErrorCode::limit,
            "io",
            file.string() + " has " + std::to_string(size) + " bytes; at most " + std::to_string(most)
                + " are read",
            file.string()
        );
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

Result<void> write_text(const fs::path& file, std::string_view text)
{
    fs::path beside = file;
    beside += ".new";
    {
        std::ofstream out{beside, std::ios::binary | std::ios::trunc};
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        if (!out.flush())
            return tool_error(ErrorCode::io, "io", "cannot write " + beside.string(), file.string());
    }
    std::error_code trouble;
    fs::rename(beside, file, trouble);
    if (!trouble) return {};
    return tool_error(
        ErrorCode::io, "io", "cannot write " + file.string() + ": " + trouble.message(), file.string()
    );
}

} // namespace mortise::tool
