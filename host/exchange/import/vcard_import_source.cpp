#include "exchange/import/vcard_import_source.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "exchange/export/exporter.hpp"
#include "exchange/import/exported_id.hpp"
#include "exchange/vcard/vcard_values.hpp"

#include <utility>

namespace mortise::host {

Result<std::unique_ptr<VCardImportSource>> VCardImportSource::open(ByteSource& bytes, const RecordType& type)
{
    MORTISE_TRY(VCardReader reader, VCardReader::open(bytes));
    return std::unique_ptr<VCardImportSource>{new VCardImportSource{std::move(reader), type}};
}

void VCardImportSource::convert(const VCardContact& card, ImportRow& row)
{
    CardValues made = values_of_card(m_type, card);
    row.values = std::move(made.values);
    for (Map& point : made.points)
        row.children.push_back({"contact_point", "contact", std::move(point)});
    const bool is_own = take_own_properties(m_type, card, row.values);
    if (row.values.contains(exported_from)) {
        row.source = row.values[exported_from].text();
        const auto id = parse_exported_id(row.values["id"]);
        if (id)
            row.source_id = *id;
        else
            row.problems.push_back(id.error());
    }
    row.values.erase(exported_from);
    row.values.erase("id");
    const std::string organisation = json_text(row.values["organisation"]);
    row.values.erase("organisation");
    if (is_own && organisation != "null" && !row.source.empty()) {
        const std::string id{
            organisation.starts_with('"') ? organisation.substr(1, organisation.size() - 2) : organisation
        };
        row.lookups.push_back({"organisation", m_rules.keep({"contact", "", false, {}, row.source}), id});
    } else if (!is_own && !trim(made.organisation).empty())
        row.lookups.push_back({"organisation", &m_by_name, std::string{trim(made.organisation)}});
}

Result<bool> VCardImportSource::next(ImportRow& row)
{
    VCardEntry entry;
    MORTISE_TRY(const bool more, m_reader.next(entry));
    if (!more) return false;
    row = {};
    row.number = entry.number;
    row.line = entry.line;
    row.raw = entry.raw;
    for (const Finding& finding : entry.findings)
        if (finding.severity == Severity::refused) row.problems.push_back(finding.error);
    if (entry.usable()) convert(contact_of(entry.card), row);
    return true;
}

} // namespace mortise::host
