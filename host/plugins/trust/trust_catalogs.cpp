/// \file
/// The catalogs of `TrustBook`.

#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "plugins/trust/catalog_file.hpp"
#include "plugins/trust/trust_book.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {
namespace {

Error catalog_error(
    ErrorCode code, std::string_view name, std::string message, std::string where, std::string hint
)
{
    return {
        .code = code,
        .message = std::move(message),
        .key = "catalog." + std::string{name},
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

boost::json::object catalog_json(const TrustedCatalog& catalog)
{
    boost::json::object document = period_json({.key = catalog.key});
    document["folder"] = catalog.folder;
    document["number"] = catalog.number;
    return document;
}

} // namespace

std::vector<TrustedCatalog> TrustBook::catalogs() const
{
    const std::scoped_lock lock{m_mutex};
    std::vector<TrustedCatalog> all;
    all.reserve(m_catalogs.size());
    for (const auto& [name, catalog] : m_catalogs)
        all.push_back(catalog);
    return all;
}

Result<void> TrustBook::add_catalog(const TrustedCatalog& catalog)
{
    if (catalog.name.empty() || catalog.folder.empty())
        return catalog_error(
            ErrorCode::invalid, "bad", "a catalog has a name and a folder", catalog.name, {}
        );
    const std::scoped_lock lock{m_mutex};
    MORTISE_CHECK(m_store.save("catalog", catalog.name, catalog_json(catalog)));
    m_catalogs.insert_or_assign(catalog.name, catalog);
    return {};
}

Result<bool> TrustBook::remove_catalog(std::string_view name)
{
    const std::scoped_lock lock{m_mutex};
    MORTISE_CHECK(m_store.save("catalog", name, std::nullopt));
    return m_catalogs.erase(std::string{name}) > 0;
}

Result<CatalogStatement> TrustBook::read_catalog(const TrustedCatalog& catalog)
{
    MORTISE_TRY(const std::string envelope, read_catalog_index(catalog.folder));
    MORTISE_TRY(const SignedStatement read, read_statement(envelope));
    if (std::ranges::find(read.signers, catalog.key) == read.signers.end())
        return catalog_error(
            ErrorCode::denied,
            "wrong_key",
            "the index of " + catalog.name + " is not signed by the key " + key_fingerprint(catalog.key),
            catalog.folder,
            "ask who keeps the catalog; with a new key: mortise trust catalog add"
        );
    MORTISE_TRY(TrustStatement statement, parse_statement(read.text));
    auto* index = std::get_if<CatalogStatement>(&statement);
    if (!index)
        return catalog_error(
            ErrorCode::invalid, "unreadable", "this is no index of a catalog", catalog.folder, {}
        );
    const std::scoped_lock lock{m_mutex};
    if (index->until < time())
        return catalog_error(
            ErrorCode::refused,
            "expired",
            "the index of " + catalog.name + " was good until " + format_instant(index->until)
                + ": newer versions may be kept from you",
            catalog.folder,
            "fetch the catalog anew"
        );
    const auto known = m_catalogs.find(catalog.name);
    const std::int64_t newest = known == m_catalogs.end() ? 0 : known->second.number;
    if (index->number < newest)
        return catalog_error(
            ErrorCode::refused,
            "rollback",
            "the index of " + catalog.name + " has number " + std::to_string(index->number) + ", and number "
                + std::to_string(newest) + " was here already",
            catalog.folder,
            "fetch the catalog anew; if it was begun anew, run \"mortise trust forget catalog " + catalog.name
                + '"'
        );
    if (index->number > newest && known != m_catalogs.end()) {
        known->second.number = index->number;
        MORTISE_CHECK(m_store.save("catalog", catalog.name, catalog_json(known->second)));
    }
    return std::move(*index);
}

} // namespace mortise::host
