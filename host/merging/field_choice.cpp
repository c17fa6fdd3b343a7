#include "merging/field_choice.hpp"

#include "base/text.hpp"
#include "base/words.hpp"
#include "records/field_codec.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {

namespace {

constexpr std::array<std::string_view, 6> name_fields{
    "name", "given_name", "additional_name", "family_name", "name_prefix", "name_suffix"
};

/// For each field the number of the commit since which the contact has its present value.
Result<std::vector<std::int64_t>> since_when(Connection& reader, const RecordType& type, const Row& present)
{
    std::vector<std::int64_t> since(type.fields.size());
    std::optional<Row> earlier;
    const auto look_at = [&](const Row& row) {
        for (std::size_t slot = 0; slot < since.size(); ++slot)
            if (!earlier || earlier->values[slot] != row.values[slot]) since[slot] = row.since;
        earlier = row;
    };
    MORTISE_TRY(Statement * history, reader.cached(type.sql.select_history));
    history->bind(1, present.id.number);
    for (;;) {
        MORTISE_TRY(const bool more, history->step());
        if (!more) break;
        look_at(read_row(*history, type));
    }
    history->reset();
    look_at(present);
    return since;
}

class Chooser {
public:
    Chooser(const RecordType& type, std::span<const Row> rows, const FieldTakes& takes)
        : m_type{type},
          m_rows{rows},
          m_takes{takes}
    {
    }

    Result<std::vector<FieldChoice>> run(Connection& reader)
    {
        MORTISE_CHECK(check_takes());
        for (const Row& row : m_rows) {
            MORTISE_TRY(auto since, since_when(reader, m_type, row));
            m_since.push_back(std::move(since));
        }
        std::vector<FieldChoice> choices;
        for (std::size_t slot = 0; slot < m_type.fields.size(); ++slot) {
            FieldChoice choice = candidates_of(slot);
            const FieldTake* take = take_of(m_type.fields[slot].name);
            if (choice.candidates.empty() && !take) continue;
            take ? take_over(*take, choice) : choose(choice);
            choices.push_back(std::move(choice));
        }
        return choices;
    }

private:
    Result<void> check_takes() const
    {
        for (const auto& [name, take] : m_takes) {
            if (name != "owner") {
                MORTISE_TRY(const std::size_t slot, m_type.require_slot(name));
                if (!take.from) MORTISE_CHECK(coerce(m_type.fields[slot], take.value));
            }
            if (take.from ? !row_of(take.from) : name == "owner")
                return Error{
                    .code = ErrorCode::invalid,
                    .message = take.from
                        ? "contact " + std::to_string(take.from.number) + " is none of those that are merged"
                        : "the owner is that of one of the contacts",
                    .key = "merge.take",
                    .where = "take/" + name,
                    .hint = "name one of the contacts that are merged, or give a value",
                };
        }
        const std::size_t kind = *m_type.slot("kind");
        const bool differ = std::ranges::any_of(m_rows, [&](const Row& row) {
            return row.values[kind] != m_rows.front().values[kind];
        });
        if (!differ || m_takes.contains("kind")) return {};
        return Error{
            .code = ErrorCode::invalid,
            .message
            = "the contacts are of different kinds: a person, an organisation and a household are not "
              "the same",
            .key = "merge.kinds",
            .where = "kind",
            .hint = "if they are, say what they are by taking \"kind\" from one of them",
        };
    }

    const Row* row_of(Id contact) const
    {
        const auto found = std::ranges::find(m_rows, contact, &Row::id);
        return found == m_rows.end() ? nullptr : &*found;
    }

    /// Who takes a name takes all of it.
    const FieldTake* take_of(std::string_view field) const
    {
        if (const auto found = m_takes.find(field); found != m_takes.end()) return &found->second;
        if (!is_part_of_name(field)) return nullptr;
        const auto whole = m_takes.find("name");
        return whole != m_takes.end() && whole->second.from ? &whole->second : nullptr;
    }

    FieldChoice candidates_of(std::size_t slot) const
    {
        FieldChoice choice;
        choice.slot = slot;
        const bool is_reference = m_type.fields[slot].reference_type == m_type.name;
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            const Value& value = m_rows[i].values[slot];
            const Id* referred = value.as<Id>();
            if (value.is_null() || (is_reference && referred && row_of(*referred))) continue; // to itself
            choice.candidates.push_back({m_rows[i].id, value, m_since[i][slot]});
        }
        choice.is_conflict = std::ranges::any_of(choice.candidates, [&](const FieldCandidate& each) {
            return each.value != choice.candidates.front().value;
        });
        return choice;
    }

    void take_over(const FieldTake& take, FieldChoice& choice) const
    {
        const Field& field = m_type.fields[choice.slot];
        choice.from = take.from;
        choice.chosen = take.from ? row_of(take.from)->values[choice.slot] : *coerce(field, take.value);
        const Id* referred = choice.chosen.as<Id>();
        if (referred && field.reference_type == m_type.name && row_of(*referred)) choice.chosen = Value{};
    }

    void choose(FieldChoice& choice) const
    {
        const Field& field = m_type.fields[choice.slot];
        if (is_part_of_name(field.name)) return choose_name(choice);
        if (choice.is_conflict
            && (field.kind == FieldKind::list || field.kind == FieldKind::multi_enumeration))
            return unite(choice);
        if (choice.is_conflict && field.kind == FieldKind::rich_text) return append(choice);
        const auto latest = std::ranges::max_element(choice.candidates, {}, &FieldCandidate::since);
        choice.chosen = latest->value;
        choice.from = latest->contact;
    }

    void choose_name(FieldChoice& choice) const
    {
        const std::size_t name = *m_type.slot("name");
        const std::vector<std::string> wanted = words_of(m_rows.front().values[name].text());
        for (const FieldCandidate& each : choice.candidates) {
            const Row& row = *row_of(each.contact);
            if (&row != m_rows.data() && words_of(row.values[name].text()) != wanted) continue;
            choice.chosen = each.value;
            choice.from = each.contact;
            return;
        }
    }

    static void unite(FieldChoice& choice)
    {
        List all;
        for (const FieldCandidate& each : choice.candidates)
            for (const Value& item : each.value.get_or(List{}))
                if (std::ranges::find(all, item) == all.end()) all.push_back(item);
        choice.chosen = std::move(all);
    }

    static void append(FieldChoice& choice)
    {
        std::string text;
        for (const FieldCandidate& each : choice.candidates) {
            if (text.find(each.value.text()) != std::string::npos) continue;
            text.append(text.empty() ? "" : "\n\n").append(each.value.text());
        }
        choice.chosen = std::move(text);
    }

    const RecordType& m_type;
    std::span<const Row> m_rows;
    const FieldTakes& m_takes;
    std::vector<std::vector<std::int64_t>> m_since; // by row, by slot
};

} // namespace

bool is_part_of_name(std::string_view field) noexcept
{
    return std::ranges::find(name_fields, field) != name_fields.end();
}

Result<std::vector<FieldChoice>> choose_fields(
    Connection& reader, const RecordType& contacts, std::span<const Row> rows, const FieldTakes& takes
)
{
    return Chooser{contacts, rows, takes}.run(reader);
}

} // namespace mortise::host
