#include "records/declaration_fit.hpp"

#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

/// Counts the records of one type that do not fit one field.
class FieldFit {
public:
    /// `present`: as it was; `stored`: as it is in the database; null where there is none.
    FieldFit(
        Connection& reader,
        const RecordType& type,
        const Field* present,
        const Field* stored,
        const Field& declared
    )
        : m_reader{reader},
          m_type{type},
          m_present{present},
          m_stored{stored},
          m_declared{declared}
    {
    }

    /// How many there are without a value, where one is asked for from now on.
    Result<std::int64_t> without_value() const
    {
        if (!m_declared.required || !m_declared.default_json.empty()) return 0;
        if (!m_stored) return count("1");
        if (m_present && m_present->required && !m_present->archived) return 0;
        return count(quoted_name(columns_of(*m_stored).front()) + " IS NULL");
    }

    /// How many there are with an option that is taken away.
    Result<std::int64_t> with_option(std::string_view option) const
    {
        const std::string column = quoted_name(m_stored->column);
        return count(
            m_present->kind == FieldKind::multi_enumeration
                ? "EXISTS (SELECT 1 FROM json_each(" + column + ") WHERE value = ?1)"
                : column + " = ?1",
            option
        );
    }

    std::vector<std::string> options_taken() const
    {
        std::vector<std::string> taken;
        if (m_present && m_stored && m_present->kind == m_declared.kind)
            for (const std::string& option : m_present->options)
                if (std::ranges::find(m_declared.options, option) == m_declared.options.end())
                    taken.push_back(option);
        return taken;
    }

private:
    Result<std::int64_t> count(const std::string& condition, std::string_view option = {}) const
    {
        MORTISE_TRY(
            Statement select,
            m_reader.prepare(
                "SELECT count(*) FROM " + quoted_name(m_type.table) + " WHERE deleted_at IS NULL AND "
                + condition
            )
        );
        if (!option.empty()) select.bind(1, option);
        MORTISE_CHECK(select.step());
        return select.integer(0);
    }

    Connection& m_reader;
    const RecordType& m_type;
    const Field* m_present;
    const Field* m_stored;
    const Field& m_declared;
};

/// The owner's field of that name; null if there is none, or if it is of another, which makes room for it or
/// is refused elsewhere.
const Field* field_of(const RecordType& type, std::string_view name, std::string_view owner)
{
    const auto slot = type.slot(name);
    const Field* field = slot ? &type.fields[*slot] : nullptr;
    return field && field->owner == owner ? field : nullptr;
}

} // namespace

Result<std::vector<Misfit>> find_misfits(
    Connection& reader,
    const Schema& before,
    const Schema& now,
    std::string_view owner,
    std::span<const TypeDeclaration> declarations
)
{
    std::vector<Misfit> misfits;
    for (std::size_t i = 0; i < declarations.size(); ++i) {
        const TypePointer former = before.find(declarations[i].name);
        const TypePointer type = now.find(declarations[i].name);
        if (!former || former->name != declarations[i].name || !type) continue;
        for (std::size_t j = 0; j < declarations[i].fields.size(); ++j) {
            const Field& declared = declarations[i].fields[j];
            const FieldFit fit{
                reader,
                *type,
                field_of(*former, declared.name, owner),
                field_of(*type, declared.name, owner),
                declared
            };
            MORTISE_TRY(const std::int64_t empty, fit.without_value());
            if (empty > 0) misfits.push_back({.type = i, .field = j, .option = {}, .records = empty});
            for (const std::string& option : fit.options_taken()) {
                MORTISE_TRY(const std::int64_t records, fit.with_option(option));
                if (records > 0)
                    misfits.push_back({.type = i, .field = j, .option = option, .records = records});
            }
        }
    }
    return misfits;
}

std::vector<TypeDeclaration> declared_by(const Schema& schema, std::string_view owner)
{
    std::vector<TypeDeclaration> declarations;
    for (const auto& type : schema.types()) {
        if (type->archived) continue;
        TypeDeclaration declared{
            .name = type->name,
            .plural = type->plural,
            .label = type->label,
            .title_field = type->title_field,
            .shared = type->shared,
            .extends = type->owner != owner,
            .fields = {},
        };
        for (const Field& field : type->fields)
            if (field.owner == owner && !field.archived) declared.fields.push_back(field);
        if (!declared.extends) declared.constraints = type->constraints;
        if (!declared.extends || !declared.fields.empty()) declarations.push_back(std::move(declared));
    }
    return declarations;
}

} // namespace mortise::host
