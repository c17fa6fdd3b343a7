#include "records/search/search_document.hpp"

#include "base/words.hpp"
#include "records/row.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::size_t most_bytes = 32 << 10; // of a field; what follows is not found
constexpr const char* format = "1"; // grows when documents are made in another way

void add_words(std::string& text, std::string_view value)
{
    value = value.substr(0, most_bytes);
    for (const auto& words : {words_of(value), joined_words_of(value)})
        for (const std::string& word : words)
            text.append(text.empty() ? "" : " ").append(word);
}

/// The parts of an address that are words; whole addresses are found through their own index, and would
/// swell the list of words here.
void add_email(std::string& text, std::string_view address)
{
    for (const std::string& word : words_of(address))
        if (word.size() > 1 && std::ranges::none_of(word, [](char c) { return c >= '0' && c <= '9'; }))
            text.append(text.empty() ? "" : " ").append(word);
}

void add_value(std::string& text, FieldKind kind, const Value& value)
{
    if (kind == FieldKind::phone) return; // found through its index
    if (kind == FieldKind::email) return add_email(text, value.text());
    if (value.kind() == Kind::text)
        add_words(text, value.text());
    else if (const auto* list = value.as<List>())
        for (const Value& item : *list)
            add_value(text, FieldKind::text, item);
    else if (const auto* map = value.as<Map>())
        for (const auto& [key, item] : *map)
            add_value(text, FieldKind::text, item);
    else if (const auto* number = value.as<std::int64_t>())
        add_words(text, std::to_string(*number));
}

Result<void> add_points(Connection& reader, const Schema& schema, Id contact, std::string& body)
{
    const TypePointer points = schema.find("contact_point");
    if (!points) return {};
    MORTISE_TRY(
        Statement * select,
        reader.cached(
            "SELECT value FROM " + quoted_name(points->table)
            + " WHERE contact = ? AND kind = 'email' AND +deleted_at IS NULL LIMIT 50"
        )
    );
    select->bind(1, contact.number);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        add_email(body, select->text(0));
    }
    select->reset();
    return {};
}

} // namespace

bool is_searchable(const RecordType& type)
{
    return std::ranges::any_of(type.fields, [](const Field& field) {
        return field.searchable && !field.hidden;
    });
}

std::string searched_text(const RecordType& type, const Row& row)
{
    std::string text;
    for (std::size_t slot = 0; slot < type.fields.size(); ++slot)
        if (type.fields[slot].searchable && !type.fields[slot].hidden && !row.values[slot].is_null())
            add_value(text, type.fields[slot].kind, row.values[slot]);
    return text;
}

std::string search_signature(const RecordType& type)
{
    std::string signature = format + ("|" + type.title_field);
    for (const Field& field : type.fields)
        if (field.searchable) signature += "|" + std::to_string(field.id);
    return is_searchable(type) ? signature : std::string{};
}

Result<std::optional<SearchDocument>>
make_document(Connection& reader, const Schema& schema, const RecordType& type, Id id)
{
    MORTISE_TRY(Statement * select, reader.cached(type.sql.select_by_id));
    select->bind(1, id.number);
    MORTISE_TRY(const bool found, select->step());
    std::optional<Row> row;
    if (found) row = read_row(*select, type);
    select->reset();
    if (!row || row->is_deleted()) return std::optional<SearchDocument>{};
    SearchDocument document;
    for (std::size_t slot = 0; slot < type.fields.size(); ++slot) {
        const Field& field = type.fields[slot];
        if (field.searchable && !row->values[slot].is_null())
            add_value(
                field.name == type.title_field ? document.title : document.body, field.kind, row->values[slot]
            );
    }
    if (type.name == "contact") MORTISE_CHECK(add_points(reader, schema, id, document.body));
    document.scope = type_token(type);
    if (row->owner) document.scope += " " + owner_token(row->owner);
    return std::optional{std::move(document)};
}

std::string type_token(const RecordType& type)
{
    return "t" + std::to_string(type.id);
}

std::string owner_token(Id owner)
{
    return "o" + std::to_string(owner.number);
}

} // namespace mortise::host
