#include "compatibility.hpp"

#include "testkit/src/generated/contract.hpp"

#include <mortise/abi/version.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace mortise::check {

namespace {

struct Release {
    int major{0};
    int minor{0};
    friend auto operator<=>(const Release&, const Release&) = default;
};

Result<Release> parse(const std::string& text)
{
    Release release;
    const std::size_t dot = text.find('.');
    const char* end = text.data() + text.size();
    const auto read = [](const char* from, const char* to, int& number) {
        const auto [at, failed] = std::from_chars(from, to, number);
        return failed == std::errc{} && at == to && number >= 0;
    };
    if (dot == std::string::npos || !read(text.data(), text.data() + dot, release.major)
        || !read(text.data() + dot + 1, end, release.minor))
        return Error{
            .code = ErrorCode::invalid,
            .message = '"' + text + "\" is no release such as 0.1",
            .key = "check.release",
            .where = text,
        };
    return release;
}

std::string text_of(Release release)
{
    return std::to_string(release.major) + '.' + std::to_string(release.minor);
}

/// The release in which an interface first appeared; nothing if this program does not know it.
std::optional<Release> since(const std::string& id)
{
    for (const testkit::DescribedInterface& interface : testkit::described_interfaces)
        if (interface.id == id) return Release{interface.since / 1000, interface.since % 1000};
    return std::nullopt;
}

} // namespace

Result<Compatibility> against(const Target& target, const std::string& release)
{
    MORTISE_TRY(const Release asked, parse(release));
    constexpr Release newest{MORTISE_VERSION_MAJOR, MORTISE_VERSION_MINOR};
    if (asked > newest)
        return Error{
            .code = ErrorCode::not_found,
            .message = "this mortise-sdk is of release " + text_of(newest) + " and does not know " + release,
            .key = "check.release",
            .where = release,
            .hint = "take the mortise-sdk of that release, or of a later one",
        };
    Compatibility found{.release = release, .runs = true, .reasons = {}};
    const host::Manifest& manifest = target.manifest();
    const auto stop = [&found](std::string why) {
        found.runs = false;
        found.reasons.push_back(std::move(why));
    };
    const Release needed{manifest.sdk_major, manifest.sdk_minor};
    if (asked.major != needed.major || asked < needed) stop("plugin.json says sdk.min " + text_of(needed));
    for (const std::string& id : manifest.requires_interfaces) {
        const auto first = since(id);
        if (!first)
            stop("it requires " + id + ", which no release up to " + text_of(newest) + " has");
        else if (*first > asked)
            stop("it requires " + id + ", which came with " + text_of(*first));
    }
    for (const std::string& id : manifest.experimental) {
        const auto first = since(id);
        const bool is_required
            = std::ranges::find(manifest.requires_interfaces, id) != manifest.requires_interfaces.end();
        if (!is_required && (!first || *first > asked)) found.reasons.push_back("it does without " + id);
    }
    return found;
}

} // namespace mortise::check
