#include "bench.hpp"
#include "plugins/elf_file.hpp"

#include <algorithm>

namespace mortise::check {

namespace {

constexpr std::string_view building = "docs/guides/packaging.md#the-library";

/// Throws unless there is a library to look at.
void need_library(const Target& target)
{
    std::error_code trouble;
    if (target.library.empty())
        throw Stop{
            Finding::not_tried("plugin.json names no library for " + std::string{host::this_platform()})
        };
    if (!std::filesystem::exists(target.library, trouble))
        throw Stop{Finding::not_tried(
            target.library.filename().string() + " is not in " + target.folder.string() + " (build it first)"
        )};
}

host::ElfFacts facts_of(const Target& target)
{
    need_library(target);
    auto facts = host::read_elf(target.library);
    if (!facts) throw std::runtime_error{"cannot read its library: " + facts.error().message};
    return *std::move(facts);
}

ElfImage image_of(const Target& target)
{
    need_library(target);
    auto image = read_image(target.library);
    if (!image) throw std::runtime_error{"cannot read its library: " + image.error().message};
    return *std::move(image);
}

Finding library_there(const Target& target)
{
    const std::string platform{host::this_platform()};
    if (target.library.empty()) return Finding::failed("plugin.json names no library for " + platform);
    auto facts = host::read_elf(target.library);
    if (!facts) return Finding::failed(target.library.filename().string() + ": " + facts.error().message);
    return Finding::passed(target.library.filename().string() + " for " + platform);
}

Finding one_export(const Target& target)
{
    const auto facts = facts_of(target);
    constexpr std::string_view entry = "mortise_plugin_open_v1";
    if (!std::ranges::binary_search(facts.exports, entry))
        return Finding::failed("it does not export mortise_plugin_open_v1");
    if (facts.exports.size() == 1) return Finding::passed();
    std::string others;
    for (const std::string& name : facts.exports)
        if (name != entry && others.size() < 200) others += (others.empty() ? "" : ", ") + name;
    return Finding::failed("it exports " + std::to_string(facts.exports.size() - 1) + " more: " + others);
}

Finding no_unique(const Target& target)
{
    const auto facts = facts_of(target);
    if (facts.unique.empty()) return Finding::passed();
    return Finding::failed(
        facts.unique.front()
        + " is there once per process, so the library is never unmapped and shares it "
          "with other plugins"
    );
}

Finding no_text_relocations(const Target& target)
{
    if (!facts_of(target).text_relocations) return Finding::passed();
    return Finding::failed("its code is written to while it is loaded: compile it with -fPIC");
}

Finding can_be_unloaded(const Target& target)
{
    if (!facts_of(target).no_delete) return Finding::passed();
    return Finding::failed("it was linked with -z nodelete");
}

Finding no_search_path(const Target& target)
{
    const std::string path = image_of(target).search_path;
    if (path.empty()) return Finding::passed();
    if (path.starts_with("$ORIGIN"))
        return Finding::warned(
            "it looks for libraries beside itself (" + path
            + "), where the host loads none from: link them statically"
        );
    return Finding::failed(
        "it looks for libraries in " + path + ", which is a folder of the machine that built it"
    );
}

Finding stack_not_executable(const Target& target)
{
    if (!image_of(target).executable_stack) return Finding::passed();
    return Finding::failed("it makes the host's stack executable: some assembler source lacks .note.GNU-stack"
    );
}

/// Libraries that the host uses itself, and which a plugin must not share with it.
constexpr std::string_view of_the_host[]{
    "libsqlite3", "libboost_", "libicu", "libprotobuf", "libphonenumber", "libimgui"
};

Finding no_libraries_of_the_host(const Target& target)
{
    for (const std::string& needed : facts_of(target).needed)
        for (const std::string_view library : of_the_host)
            if (needed.starts_with(library))
                return Finding::failed(
                    "it needs " + needed + ", which is also the host's: link it in statically, or do without"
                );
    return Finding::passed();
}

constexpr std::string_view of_the_system[]{
    "libc.so",
    "libm.so",
    "libdl.so",
    "librt.so",
    "libpthread.so",
    "ld-linux",
    "libgcc_s.so",
    "libstdc++.so",
    "libc++.so",
    "libc++abi.so",
    "libunwind.so",
};

Finding needs_only_the_system(const Target& target)
{
    std::string others;
    for (const std::string& needed : facts_of(target).needed)
        if (std::ranges::none_of(of_the_system, [&](std::string_view name) {
                return needed.starts_with(name);
            }))
            others += (others.empty() ? "" : ", ") + needed;
    if (others.empty()) return Finding::passed();
    return Finding::warned("it needs " + others + ", which must be on every machine that runs it");
}

Finding readable_by_all(const Target& target)
{
    using std::filesystem::perms;
    need_library(target);
    std::error_code trouble;
    for (const auto& file : {target.folder / "plugin.json", target.library}) {
        const auto allowed = std::filesystem::status(file, trouble).permissions();
        if ((allowed & perms::others_write) != perms::none)
            return Finding::failed(
                file.filename().string() + " may be written to by everybody on this machine"
            );
        if ((allowed & perms::others_read) == perms::none)
            return Finding::warned(
                file.filename().string() + " may not be read by the user that runs the host"
            );
    }
    return Finding::passed();
}

constexpr Check checks[]{
    {"file.library_there",
     "plugin.json names a library for this platform, and it is one",
     "docs/reference/manifest.md",
     library_there},
    {"file.one_export", "the library exports mortise_plugin_open_v1 and nothing else", building, one_export},
    {"file.no_unique", "no symbol is unique in the process", building, no_unique},
    {"file.no_text_relocations", "the code is the same wherever it is loaded", building, no_text_relocations},
    {"file.can_be_unloaded", "the library does not ask to stay for ever", building, can_be_unloaded},
    {"file.no_search_path",
     "the library names no folder of the machine that built it",
     building,
     no_search_path},
    {"file.stack_not_executable", "the library leaves the stack as it is", building, stack_not_executable},
    {"file.no_libraries_of_the_host",
     "the plugin shares no library with the host but the language's own",
     "docs/reference/interfaces/README.md",
     no_libraries_of_the_host},
    {"file.needs_only_the_system",
     "the library needs nothing that a bare system lacks",
     "docs/reference/checks.md",
     needs_only_the_system},
    {"file.permissions",
     "only its owner can write to the plugin's files, and everybody can read them",
     "docs/reference/checks.md",
     readable_by_all},
};

} // namespace

std::span<const Check> file_checks()
{
    return checks;
}

} // namespace mortise::check
