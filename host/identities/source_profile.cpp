#include "identities/source_profile.hpp"

#include "base/time_text.hpp"
#include "records/field_codec.hpp"

namespace mortise::host {

namespace {

Map map_of(const Said& said)
{
    return {{"value", said.value}, {"at", format_instant(said.at)}, {"message", said.message}};
}

std::optional<Said> said_of(const Field& field, const Value& kept)
{
    const auto at = parse_instant(kept["at"].text());
    auto value = coerce(field, kept["value"]);
    if (!at || !value) return std::nullopt;
    return Said{*std::move(value), *at, std::string{kept["message"].text()}};
}

} // namespace

bool holds_several(const Field& field) noexcept
{
    return field.kind == FieldKind::list || field.kind == FieldKind::multi_enumeration;
}

SourceProfile SourceProfile::read(const RecordType& profiles, const Row& row, const RecordType& contacts)
{
    SourceProfile profile{
        std::string{value_of(profiles, row, "source").text()},
        value_of(profiles, row, "identity").get_or(Id{})
    };
    profile.m_record = row.id;
    profile.m_version = row.version;
    const Value content = value_of(profiles, row, "content");
    const Map* fields = content.as<Map>();
    if (!fields) return profile;
    for (const auto& [name, kept] : *fields) {
        const auto slot = contacts.slot(name);
        if (!slot || contacts.fields[*slot].archived) continue;
        const Field& field = contacts.fields[*slot];
        auto latest = said_of(field, kept);
        if (!latest) continue;
        SourceClaim claim{
            .source = profile.m_source, .identity = profile.m_identity, .latest = *std::move(latest)
        };
        if (const Value& last = kept["kept"]; !last.is_null()) claim.kept = said_of(field, last);
        if (holds_several(field)) claim.all = kept["all"].get_or(List{});
        profile.m_claims.emplace(name, std::move(claim));
    }
    return profile;
}

void SourceProfile::take(const Field& field, Said said)
{
    List items;
    if (holds_several(field)) items = said.value.get_or(List{});
    const auto [at, is_new] = m_claims.try_emplace(field.name);
    SourceClaim& claim = at->second;
    if (is_new) {
        claim.source = m_source;
        claim.identity = m_identity;
        claim.latest = std::move(said);
    } else if (is_later(m_source, said, m_source, claim.latest)) {
        if (!said.value.is_null())
            claim.kept.reset();
        else if (!claim.latest.value.is_null())
            claim.kept = std::move(claim.latest);
        claim.latest = std::move(said);
    } else if (!said.value.is_null() && claim.latest.value.is_null()) {
        if (!claim.kept || is_later(m_source, said, m_source, *claim.kept)) claim.kept = std::move(said);
    }
    claim.all = united(claim.all, items);
}

Map SourceProfile::content() const
{
    Map content;
    for (const auto& [name, claim] : m_claims) {
        Map kept = map_of(claim.latest);
        if (claim.kept) kept.set("kept", map_of(*claim.kept));
        if (!claim.all.empty()) kept.set("all", claim.all);
        content.append(name, std::move(kept));
    }
    return content;
}

} // namespace mortise::host
