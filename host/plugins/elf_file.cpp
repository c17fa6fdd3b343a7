#include "plugins/elf_file.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <optional>
#include <span>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::host {

namespace {

#if defined(__x86_64__)
constexpr std::uint16_t this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t this_machine = EM_AARCH64;
#else
constexpr std::uint16_t this_machine = EM_NONE;
#endif

Error broken(const std::filesystem::path& file, std::string what, std::string hint = {})
{
    return {
        .code = ErrorCode::invalid,
        .message = file.filename().string() + " is no plugin library: " + std::move(what),
        .key = "plugins.library",
        .where = file.string(),
        .hint = std::move(hint),
    };
}

/// A file's bytes, mapped for reading.
class MappedFile {
public:
    MappedFile() = default;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile()
    {
        if (!m_bytes.empty()) ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
    }

    bool open(const std::filesystem::path& file)
    {
        const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) return false;
        struct stat facts{};
        void* start = MAP_FAILED;
        if (::fstat(descriptor, &facts) == 0 && facts.st_size > 0)
            start = ::mmap(
                nullptr, static_cast<std::size_t>(facts.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0
            );
        ::close(descriptor);
        if (start == MAP_FAILED) return false;
        m_bytes = {static_cast<const std::byte*>(start), static_cast<std::size_t>(facts.st_size)};
        return true;
    }

    std::span<const std::byte> bytes() const noexcept { return m_bytes; }

private:
    std::span<const std::byte> m_bytes;
};

/// Reads structs from anywhere in a file whose numbers nobody vouches for.
class ElfReader {
public:
    explicit ElfReader(std::span<const std::byte> bytes) : m_bytes{bytes} { }

    template <class T>
    std::optional<T> at(std::uint64_t offset) const
    {
        if (offset > m_bytes.size() || m_bytes.size() - offset < sizeof(T)) return std::nullopt;
        T result;
        std::memcpy(&result, m_bytes.data() + offset, sizeof result);
        return result;
    }

    std::uint64_t size() const noexcept { return m_bytes.size(); }

    std::string text(std::uint64_t offset) const
    {
        if (offset >= m_bytes.size()) return {};
        const auto* start = reinterpret_cast<const char*>(m_bytes.data() + offset);
        return {start, ::strnlen(start, m_bytes.size() - offset)};
    }

private:
    std::span<const std::byte> m_bytes;
};

/// False if their names are longer together than the file: then they lie over each other many times, and
/// would take more memory than anybody has.
bool read_symbols(const ElfReader& file, const Elf64_Shdr& table, const Elf64_Shdr& names, ElfFacts& facts)
{
    std::uint64_t name_bytes = 0;
    for (std::uint64_t offset = 0; offset + sizeof(Elf64_Sym) <= table.sh_size; offset += sizeof(Elf64_Sym)) {
        const auto symbol = file.at<Elf64_Sym>(table.sh_offset + offset);
        if (!symbol) break;
        const unsigned binding = ELF64_ST_BIND(symbol->st_info);
        const unsigned visibility = ELF64_ST_VISIBILITY(symbol->st_other);
        const bool is_offered = visibility == STV_DEFAULT || visibility == STV_PROTECTED;
        if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS || binding == STB_LOCAL
            || !is_offered)
            continue;
        facts.exports.push_back(file.text(names.sh_offset + symbol->st_name));
        name_bytes += facts.exports.back().size();
        if (name_bytes > file.size()) return false;
        if (binding == STB_GNU_UNIQUE) facts.unique.push_back(facts.exports.back());
    }
    return true;
}

bool read_dynamic(const ElfReader& file, const Elf64_Shdr& table, const Elf64_Shdr& names, ElfFacts& facts)
{
    std::uint64_t name_bytes = 0;
    for (std::uint64_t offset = 0; offset + sizeof(Elf64_Dyn) <= table.sh_size; offset += sizeof(Elf64_Dyn)) {
        const auto entry = file.at<Elf64_Dyn>(table.sh_offset + offset);
        if (!entry || entry->d_tag == DT_NULL) break;
        if (entry->d_tag == DT_NEEDED) {
            facts.needed.push_back(file.text(names.sh_offset + entry->d_un.d_val));
            name_bytes += facts.needed.back().size();
            if (name_bytes > file.size()) return false;
        }
        if (entry->d_tag == DT_TEXTREL) facts.text_relocations = true;
        if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0) facts.text_relocations = true;
        if (entry->d_tag == DT_FLAGS_1 && (entry->d_un.d_val & DF_1_NODELETE) != 0) facts.no_delete = true;
    }
    return true;
}

} // namespace

Result<ElfFacts> read_elf(const std::filesystem::path& file)
{
    MappedFile mapped;
    if (!mapped.open(file))
        return Error{
            .code = ErrorCode::io,
            .message = "cannot read " + file.string() + ": " + std::strerror(errno),
            .key = "plugins.library",
            .where = file.string(),
        };
    const ElfReader elf{mapped.bytes()};
    const auto header = elf.at<Elf64_Ehdr>(0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return broken(file, "it is not in the ELF format");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB
        || header->e_machine != this_machine)
        return broken(
            file, "it is built for another machine", "build it for this one, or install its package for it"
        );
    if (header->e_type != ET_DYN) return broken(file, "it is no shared library", "link it with -shared");

    ElfFacts facts;
    bool has_symbols = false;
    bool has_dynamic = false;
    const auto section = [&](std::uint64_t index) {
        return elf.at<Elf64_Shdr>(header->e_shoff + index * sizeof(Elf64_Shdr));
    };
    for (std::uint16_t index = 0; index < header->e_shnum; ++index) {
        const auto table = section(index);
        if (!table || (table->sh_type != SHT_DYNSYM && table->sh_type != SHT_DYNAMIC)) continue;
        const auto names = section(table->sh_link);
        if (!names) return broken(file, "its section headers are broken");
        bool& has_it = table->sh_type == SHT_DYNAMIC ? has_dynamic : has_symbols;
        if (has_it) return broken(file, "it has a table twice of which there is one");
        has_it = true;
        const bool is_sound = table->sh_type == SHT_DYNAMIC ? read_dynamic(elf, *table, *names, facts)
                                                            : read_symbols(elf, *table, *names, facts);
        if (!is_sound) return broken(file, "its names are longer together than the file");
    }
    if (!has_symbols) return broken(file, "it exports nothing that can be read");
    std::ranges::sort(facts.exports);
    return facts;
}

} // namespace mortise::host
