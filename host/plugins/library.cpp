#include "plugins/library.hpp"

#include "base/random.hpp"
#include "plugins/library_copy.hpp"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <link.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace mortise::host {

namespace {

constexpr auto entry_name = "mortise_plugin_open_v1";

Error failed(ErrorCode code, const std::filesystem::path& file, std::string what, std::string hint = {})
{
    return {
        .code = code,
        .message = std::move(what),
        .key = "plugins.library",
        .where = file.string(),
        .hint = std::move(hint),
    };
}

std::filesystem::path fresh_name(const std::filesystem::path& file, const std::filesystem::path& folder)
{
    constexpr auto digits = "0123456789abcdef";
    std::string tag;
    for (std::uint64_t bits = random_u64(); tag.size() < 12; bits >>= 4U)
        tag += digits[bits & 15U];
    return folder / (file.stem().string() + '.' + tag + ".so");
}

/// A debugger that is to see a plugin's source needs all of its copy.
CopyExtent wanted_extent()
{
    const char* whole = std::getenv("MORTISE_WHOLE_PLUGINS"); // NOLINT(concurrency-mt-unsafe): nobody sets it
    return whole && *whole != '\0' ? CopyExtent::whole : CopyExtent::loaded;
}

Result<ElfFacts> checked_facts(const std::filesystem::path& file, const std::filesystem::path& copy)
{
    MORTISE_TRY(ElfFacts facts, read_elf(copy));
    if (!std::ranges::binary_search(facts.exports, entry_name))
        return failed(
            ErrorCode::invalid,
            file,
            file.filename().string() + " does not export " + entry_name,
            "end one of its source files with MORTISE_PLUGIN(YourClass), and build it with "
            "mortise_add_plugin()"
        );
    return facts;
}

/// What the loader, and a debugger of this process, opens the memory by. Not /proc/self: a debugger would
/// open a file of its own by that, and may wait for ever to read it.
std::filesystem::path path_in_memory(int descriptor)
{
    std::error_code none; // without /proc the loader says so
    const auto process = std::filesystem::read_symlink("/proc/self", none);
    return std::filesystem::path{"/proc"} / (none ? "self" : process) / "fd" / std::to_string(descriptor);
}

/// What a library needs that lies beside its file, where the loader does not look.
std::string needed_beside(const std::filesystem::path& file, const ElfFacts& facts)
{
    std::error_code ignored;
    for (const std::string& needed : facts.needed)
        if (std::filesystem::exists(file.parent_path() / needed, ignored)) return needed;
    return {};
}

/// A quick look, so that what is no library at all is not copied.
bool may_be_library(const std::filesystem::path& file)
{
    std::array<char, 4> start{};
    return std::ifstream{file, std::ios::binary}.read(start.data(), start.size())
        && std::string_view{start.data(), start.size()}
        == "\x7f"
           "ELF";
}

/// The loader's own list is the truth: a name in it is mapped.
bool is_mapped(const std::filesystem::path& file)
{
    struct Search {
        const std::string& name;
        bool found;
    } search{file.native(), false};
    const auto look = [](dl_phdr_info* info, std::size_t, void* context) {
        auto& wanted = *static_cast<Search*>(context);
        wanted.found = wanted.found || (info->dlpi_name != nullptr && wanted.name == info->dlpi_name);
        return wanted.found ? 1 : 0;
    };
    ::dl_iterate_phdr(look, &search);
    return search.found;
}

} // namespace

struct Library::Mapping {
    boost::dll::shared_library library;
};

Library::Library() = default;

Library::~Library()
{
    unload();
    release_image();
}

void Library::release_image() noexcept
{
    if (m_image >= 0) ::close(std::exchange(m_image, -1));
}

Result<void> Library::copy_to_memory(const std::filesystem::path& file, const std::optional<Digest>& wanted)
{
    if (!may_be_library(file)) MORTISE_CHECK(read_elf(file)); // which says why
    MORTISE_TRY(m_image, library_image(file, wanted_extent(), wanted));
    m_copy = path_in_memory(m_image);
    while (is_mapped(m_copy)
    ) { // somebody closed the descriptor of another one: it must not be taken for that
        const int other = ::fcntl(m_image, F_DUPFD_CLOEXEC, m_image + 1);
        if (other < 0) return failed(ErrorCode::io, file, "no descriptor is left for " + file.string());
        m_image = other; // the number before stays taken
        m_copy = path_in_memory(m_image);
    }
    auto facts = checked_facts(file, m_copy);
    if (!facts) {
        MORTISE_CHECK(read_elf(file)); // says the same of the file by its name
        return std::move(facts).error();
    }
    m_facts = *std::move(facts);
    return {};
}

Result<void> Library::copy_to_file(
    const std::filesystem::path& file,
    const std::filesystem::path& folder,
    const std::optional<Digest>& wanted
)
{
    MORTISE_CHECK(read_elf(file)); // what is no library at all is not copied
    m_copy = fresh_name(file, folder);
    m_is_file = true;
    MORTISE_CHECK(copy_library(file, m_copy, wanted_extent(), wanted));
    MORTISE_TRY(m_facts, checked_facts(file, m_copy));
    return {};
}

Result<void> Library::map(const std::filesystem::path& file)
{
    auto mapping = std::make_unique<Mapping>();
    try {
        namespace dll = boost::dll;
        mapping->library.load(m_copy, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
        m_entry = &mapping->library.get<std::remove_pointer_t<mortise_plugin_open>>(entry_name);
        m_mapping = std::move(mapping);
        return {};
    } catch (const std::exception& e) {
        std::string why = e.what();
        if (const auto at = why.find(m_copy.native()); m_image >= 0 && at != std::string::npos)
            why.replace(at, m_copy.native().size(), file.filename().string());
        const std::string beside = needed_beside(file, m_facts);
        return failed(
            ErrorCode::invalid,
            file,
            "cannot load " + file.filename().string() + ": " + why,
            beside.empty() ? "what it needs must be installed; \"ldd\" shows what is missing"
                           : "nothing is loaded from a plugin's folder but the plugin: link " + beside
                    + " statically, or install it"
        );
    }
}

Result<std::unique_ptr<Library>>
Library::prepare(const std::filesystem::path& file, const std::optional<Digest>& wanted)
{
    std::unique_ptr<Library> library{new Library};
    MORTISE_CHECK(library->copy_to_memory(file, wanted));
    return library;
}

Result<std::unique_ptr<Library>> Library::load(
    const std::filesystem::path& file,
    const std::filesystem::path& copies,
    const std::optional<Digest>& wanted,
    CopyForm form
)
{
    std::unique_ptr<Library> library{new Library};
    const bool in_memory = form == CopyForm::memory && wanted_extent() == CopyExtent::loaded;
    MORTISE_CHECK(
        in_memory ? library->copy_to_memory(file, wanted) : library->copy_to_file(file, copies, wanted)
    );
    MORTISE_CHECK(library->map(file));
    return library;
}

std::unique_ptr<Library> Library::linked(mortise_plugin_open entry)
{
    std::unique_ptr<Library> library{new Library};
    library->m_entry = entry;
    return library;
}

Unloaded Library::unload() noexcept
{
    m_entry = nullptr;
    const bool was_mapped = m_mapping != nullptr;
    m_mapping.reset(); // closes
    std::error_code ignored;
    if (m_is_file) std::filesystem::remove(m_copy, ignored);
    if (!was_mapped) return {true, {}};
    const std::filesystem::path copy = std::exchange(m_copy, {});
    if (is_mapped(copy)) {
        m_image = -1; // left open: else another library would be given its name, and taken for it
        return {false, reason()};
    }
    release_image();
    return {true, {}};
}

std::string Library::reason() const
{
    if (m_facts.no_delete) return "it was linked with -z nodelete";
    if (!m_facts.unique.empty())
        return "it exports " + m_facts.unique.front()
            + ", of which there can be one per process; build it with -fno-gnu-unique or with a version "
              "script, as "
              "mortise_add_plugin() does";
    return "a thread that still lives has a thread_local variable of it, or another library holds on to it";
}

} // namespace mortise::host
