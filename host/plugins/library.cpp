#include "plugins/library.hpp"

#include "base/random.hpp"
#include "plugins/library_copy.hpp"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include <algorithm>
#include <cstdlib>
#include <link.h>
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

Result<ElfFacts> make_copy(
    const std::filesystem::path& file, const std::filesystem::path& copy, const std::optional<Digest>& wanted
)
{
    MORTISE_CHECK(copy_library(file, copy, wanted_extent(), wanted));
    return checked_facts(file, copy);
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

Library::Library(
    ElfFacts facts, std::filesystem::path copy, std::unique_ptr<Mapping> mapping, mortise_plugin_open opens
)
    : m_facts{std::move(facts)},
      m_copy{std::move(copy)},
      m_mapping{std::move(mapping)},
      m_entry{opens}
{
}

Library::~Library()
{
    unload();
    release_image();
}

void Library::release_image() noexcept
{
    if (m_image >= 0) ::close(std::exchange(m_image, -1));
}

Result<std::unique_ptr<Library>>
Library::prepare(const std::filesystem::path& file, const std::optional<Digest>& wanted)
{
    MORTISE_TRY(const ElfFacts there, read_elf(file)); // what is no library at all is not copied
    std::unique_ptr<Library> library{new Library{ElfFacts{}, {}, nullptr, nullptr}};
    MORTISE_TRY(library->m_image, library_image(file, wanted_extent(), wanted));
    MORTISE_TRY(library->m_facts, checked_facts(file, "/proc/self/fd/" + std::to_string(library->m_image)));
    return library;
}

Result<std::unique_ptr<Library>> Library::load(
    const std::filesystem::path& file,
    const std::filesystem::path& copies,
    const std::optional<Digest>& wanted
)
{
    MORTISE_TRY(const ElfFacts there, read_elf(file)); // what is no library at all is not copied
    std::error_code trouble;
    const std::filesystem::path copy = fresh_name(file, copies);
    auto checked = make_copy(file, copy, wanted);
    if (!checked) {
        std::filesystem::remove(copy, trouble);
        return std::move(checked).error();
    }
    std::unique_ptr<Library> library{new Library{*std::move(checked), copy, nullptr, nullptr}};
    auto mapping = std::make_unique<Mapping>();
    try {
        namespace dll = boost::dll;
        mapping->library.load(copy, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
        auto& symbol = mapping->library.get<std::remove_pointer_t<mortise_plugin_open>>(entry_name);
        library->m_mapping = std::move(mapping);
        library->m_entry = &symbol;
        return library;
    } catch (const std::exception& e) {
        return failed(
            ErrorCode::invalid,
            file,
            "cannot load " + file.filename().string() + ": " + e.what(),
            "what it needs must be installed; \"ldd\" shows what is missing"
        );
    }
}

std::unique_ptr<Library> Library::linked(mortise_plugin_open entry)
{
    return std::unique_ptr<Library>{new Library{ElfFacts{}, {}, nullptr, entry}};
}

Unloaded Library::unload() noexcept
{
    m_entry = nullptr;
    const bool was_mapped = m_mapping != nullptr;
    m_mapping.reset(); // closes
    std::error_code ignored;
    if (!m_copy.empty()) std::filesystem::remove(m_copy, ignored);
    if (!was_mapped || !is_mapped(m_copy)) return {true, {}};
    return {false, reason()};
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
