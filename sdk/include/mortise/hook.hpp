#pragma once

/// \file
/// What a hook works with: `Draft`, a change before it is written, and `Reader`. A hook is a pure function of
/// settings, reader and draft; it may amend the draft or refuse it, and nothing else.

#include <mortise/abi/records.h>
#include <mortise/context.hpp>
#include <mortise/failure.hpp>
#include <mortise/host.hpp>
#include <mortise/settings.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {

/// What a change does to its record.
enum class Operation : std::uint32_t {
    create = MORTISE_OPERATION_CREATE,
    update = MORTISE_OPERATION_UPDATE,
    remove = MORTISE_OPERATION_DELETE,
    restore = MORTISE_OPERATION_RESTORE,
};

/// A change that is about to be written. Lives for the call of the hook.
class Draft {
public:
    explicit Draft(const mortise_draft& draft, Context context = {}) noexcept
        : m_draft{&draft},
          m_context{context}
    {
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    Operation operation() const noexcept { return static_cast<Operation>(m_draft->kind); }
    std::string_view type() const noexcept { return {m_draft->type.data, m_draft->type.size}; }
    Id id() const noexcept { return Id{static_cast<std::int64_t>(m_draft->id)}; }
    /// Who makes the change, and how: `context().channel() == "import"`.
    const Context& context() const noexcept { return m_context; }
    /// When the change happens; a hook has no other clock.
    Instant time() const noexcept { return {m_draft->time}; }

    /// A field as it would become, with what this hook has set; null if it is not set.
    ValueView operator[](Key field) const noexcept
    {
        for (auto amended = m_amended.rbegin(); amended != m_amended.rend(); ++amended)
            if (amended->field == field.name) return amended->value.view();
        return ValueView{m_draft->after}[field];
    }
    template <RuntimeText Text>
    ValueView operator[](const Text& field) const noexcept
    {
        return (*this)[Key{std::string_view{field}}];
    }
    /// The record as it is; does not exist when it is being created.
    ValueView before() const noexcept { return ValueView{m_draft->before}; }
    /// Whether the change would give the field another value than it has.
    bool changes(Key field) const noexcept { return !is_same(before()[field], (*this)[field]); }
    /// The record that a field refers to, as it is; only fields that the manifest's `reads` names.
    ValueView related(Key field) const noexcept { return ValueView{m_draft->related}[field]; }

    /// Gives a field another value.
    void set(std::string_view field, const Value& value)
    {
        m_amended.push_back({std::string{field}, require(encode(value))});
    }
    /// Says no, naming the field and the stable key of the reason. The first refusal of a draft counts.
    void refuse(std::string_view field, std::string_view key, std::string_view message = {})
    {
        if (!m_refused) m_refused = Map{{"field", field}, {"key", key}, {"message", message}};
    }
    bool is_refused() const noexcept { return m_refused.has_value(); }
    /// Whether the hook lets it pass as it is.
    bool is_untouched() const noexcept { return !m_refused && m_amended.empty(); }

    /// What the hook decided about the draft number `index`, as it is told to the host.
    Value verdict(std::size_t index) const
    {
        const auto number = static_cast<std::int64_t>(index);
        if (m_refused) return Map{{"index", number}, {"refuse", *m_refused}};
        Map changes;
        for (const Amendment& amended : m_amended)
            changes.set(amended.field, amended.value.view().value());
        return Map{{"index", number}, {"set", std::move(changes)}};
    }

private:
    struct Amendment {
        std::string field;
        ValueBlock value;
    };

    const mortise_draft* m_draft;
    Context m_context;
    std::vector<Amendment> m_amended; // all of them, so that views handed out stay valid
    std::optional<Map> m_refused;
};

/// What a hook may read beside its draft. Each `get` or `find` is a call: name what you need in the
/// manifest's `reads` instead and take it from `Draft::related`, which the host reads for the whole batch at
/// once.
class Reader {
public:
    explicit Reader(const Host& host) noexcept : m_host{&host} { }

    Result<Record> get(std::string_view type, Id id, const List& fields = {}) const
    {
        return m_host->get(type, id, fields);
    }
    /// The records whose `field` (unique, indexed or a reference) has this value: by id, at most `limit`.
    Result<std::vector<Record>> find(
        std::string_view type,
        std::string_view field,
        const Value& value,
        std::uint64_t limit = 64,
        const List& fields = {}
    ) const
    {
        return m_host->find(type, field, value, limit, fields);
    }

private:
    const Host* m_host;
};

/// The type of a hook: a captureless lambda converts to it.
using HookFunction = void (*)(const Settings&, Reader&, Draft&);

} // namespace mortise
