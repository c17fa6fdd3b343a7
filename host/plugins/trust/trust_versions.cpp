/// \file
/// What `TrustBook` remembers of versions: which have run, and which lists of files were installed.

#include "plugins/trust/trust_book.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {
namespace {

namespace json = boost::json;

constexpr std::size_t versions_kept = 64;

} // namespace

Result<void> TrustBook::note_version(std::string_view id, const Version& version)
{
    const std::scoped_lock lock{m_mutex};
    std::vector<Version>& known = m_versions[std::string{id}];
    if (std::ranges::find(known, version) != known.end()) return {};
    known.push_back(version);
    std::ranges::sort(known);
    if (known.size() > versions_kept) known.erase(known.begin());
    json::array list;
    for (const Version& each : known)
        list.emplace_back(each.text());
    return m_store.save("versions", id, json::object{{"versions", std::move(list)}});
}

Result<void> TrustBook::check_version(std::string_view id, const Version& version) const
{
    const std::scoped_lock lock{m_mutex};
    const auto found = m_versions.find(std::string{id});
    if (found == m_versions.end()) return {};
    const Version* newest = nullptr;
    for (const Version& known : found->second) // one that was revoked since does not stand in the way
        if (!revoked_because(id, known) && (newest == nullptr || *newest < known)) newest = &known;
    if (!newest || !(version < *newest)) return {};
    return Error{
        .code = ErrorCode::refused,
        .message = std::string{id} + ' ' + version.text() + " is older than " + newest->text()
            + ", which has run here",
        .key = "package.rollback",
        .where = version.text(),
        .hint = "if you mean it, install it with --older; \"mortise plugins rollback " + std::string{id}
            + "\" goes back to what is on disk",
    };
}

Result<void>
TrustBook::note_list(std::string_view id, const Version& version, const Digest& list, bool and_before)
{
    const std::string name = std::string{id} + ' ' + version.text();
    const std::string digest = hex(list);
    const std::scoped_lock lock{m_mutex};
    std::vector<std::string> digests{digest};
    if (const auto known = m_lists.find(name); and_before && known != m_lists.end())
        for (const std::string& before : known->second)
            if (before != digest) digests.push_back(before);
    MORTISE_CHECK(
        m_store.save("list", name, json::object{{"sha256", json::array(digests.begin(), digests.end())}})
    );
    m_lists.insert_or_assign(name, std::move(digests));
    return {};
}

bool TrustBook::was_installed(std::string_view id, const Version& version, const Digest& list) const
{
    const std::scoped_lock lock{m_mutex};
    const auto known = m_lists.find(std::string{id} + ' ' + version.text());
    return known != m_lists.end() && std::ranges::find(known->second, hex(list)) != known->second.end();
}

Result<void> TrustBook::forget_list(std::string_view id, const Version& version, const Digest& list)
{
    const std::string name = std::string{id} + ' ' + version.text();
    const std::scoped_lock lock{m_mutex};
    const auto known = m_lists.find(name);
    if (known == m_lists.end() || std::erase(known->second, hex(list)) == 0) return {};
    const std::vector<std::string> left = known->second;
    if (left.empty()) {
        m_lists.erase(known);
        return m_store.save("list", name, std::nullopt);
    }
    return m_store.save("list", name, json::object{{"sha256", json::array(left.begin(), left.end())}});
}

Result<void> TrustBook::check_list(
    std::string_view id, const Version& version, const std::optional<std::string>& list_text
) const
{
    const std::string name = std::string{id} + ' ' + version.text();
    const std::scoped_lock lock{m_mutex};
    const auto known = m_lists.find(name);
    if (known == m_lists.end()) return {};
    if (list_text && std::ranges::find(known->second, hex(sha256(*list_text))) != known->second.end())
        return {};
    return Error{
        .code = ErrorCode::refused,
        .message = "the list of files of " + name + " was changed after it was installed",
        .key = "package.changed",
        .where = std::string{id},
        .hint = "install the package that it came from once more",
    };
}

Result<void> TrustBook::forget_lists(std::string_view id)
{
    const std::scoped_lock lock{m_mutex};
    for (auto at = m_lists.begin(); at != m_lists.end();) {
        if (!at->first.starts_with(std::string{id} + ' ')) {
            ++at;
            continue;
        }
        MORTISE_CHECK(m_store.save("list", at->first, std::nullopt));
        at = m_lists.erase(at);
    }
    return {};
}

} // namespace mortise::host
