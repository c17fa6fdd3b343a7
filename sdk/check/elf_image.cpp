#include "elf_image.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <regex>
#include <span>
#include <vector>

namespace mortise::check {

namespace {

/// Copies a struct out of the file, or nothing if it does not lie in it.
template <class T>
bool take(std::span<const char> bytes, std::size_t at, T& out)
{
    if (at > bytes.size() || bytes.size() - at < sizeof(T)) return false;
    std::memcpy(&out, bytes.data() + at, sizeof(T));
    return true;
}

std::string text_at(std::span<const char> bytes, std::size_t at)
{
    if (at >= bytes.size()) return {};
    const auto rest = bytes.subspan(at);
    return {rest.data(), ::strnlen(rest.data(), rest.size())};
}

class Reader {
public:
    explicit Reader(std::span<const char> bytes) : m_bytes{bytes} { }

    bool read(ElfImage& image)
    {
        Elf64_Ehdr head{};
        if (!take(m_bytes, 0, head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0
            || head.e_ident[EI_CLASS] != ELFCLASS64)
            return false;
        for (std::size_t i = 0; i < head.e_phnum; ++i) {
            Elf64_Phdr segment{};
            if (!take(m_bytes, head.e_phoff + i * sizeof segment, segment)) return false;
            if (segment.p_type == PT_LOAD) m_loads.push_back(segment);
            if (segment.p_type == PT_DYNAMIC) m_dynamic = segment;
            if (segment.p_type == PT_GNU_STACK) image.executable_stack = (segment.p_flags & PF_X) != 0;
        }
        read_dynamic(image);
        return true;
    }

private:
    std::size_t offset_of(Elf64_Addr address) const
    {
        for (const Elf64_Phdr& load : m_loads)
            if (address >= load.p_vaddr && address - load.p_vaddr < load.p_filesz)
                return load.p_offset + (address - load.p_vaddr);
        return m_bytes.size();
    }

    void read_dynamic(ElfImage& image) const
    {
        std::size_t strings = m_bytes.size();
        std::vector<Elf64_Xword> paths;
        for (std::size_t at = 0; at + sizeof(Elf64_Dyn) <= m_dynamic.p_filesz; at += sizeof(Elf64_Dyn)) {
            Elf64_Dyn entry{};
            if (!take(m_bytes, m_dynamic.p_offset + at, entry) || entry.d_tag == DT_NULL) break;
            if (entry.d_tag == DT_STRTAB) strings = offset_of(entry.d_un.d_ptr);
            if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH) paths.push_back(entry.d_un.d_val);
        }
        for (const Elf64_Xword path : paths)
            image.search_path += (image.search_path.empty() ? "" : ":") + text_at(m_bytes, strings + path);
    }

    std::span<const char> m_bytes;
    std::vector<Elf64_Phdr> m_loads;
    Elf64_Phdr m_dynamic{};
};

} // namespace

Result<ElfImage> read_image(const std::filesystem::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    if (!stream)
        return Error{.code = ErrorCode::io, .message = "cannot read " + file.string(), .key = "check.io"};
    const std::vector<char> bytes{std::istreambuf_iterator<char>{stream}, {}};
    ElfImage image;
    if (!Reader{bytes}.read(image))
        return Error{
            .code = ErrorCode::invalid,
            .message = file.filename().string() + " is no library for a 64-bit machine",
            .key = "check.elf",
        };
    static const std::regex id{R"(mortise\.[a-z_]+/[1-9][0-9]*)"};
    constexpr std::string_view mark = "mortise.";
    for (auto at = std::search(bytes.begin(), bytes.end(), mark.begin(), mark.end()); at != bytes.end();
         at = std::search(at + 1, bytes.end(), mark.begin(), mark.end())) {
        const std::string text = text_at(bytes, static_cast<std::size_t>(at - bytes.begin()));
        if (std::regex_match(text, id)) image.interfaces.insert(text);
    }
    return image;
}

} // namespace mortise::check
