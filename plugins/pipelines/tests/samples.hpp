#pragma once

/// \file
/// A book of pipelines in memory, drafts and events as a host hands them in.

#include "rules/pipeline_book.hpp"

#include <mortise/event.hpp>
#include <mortise/hook.hpp>
#include <mortise/value_block.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>

namespace mortise::plugins::pipelines {

class SampleBook final : public PipelineBook {
public:
    /// "Sales" (10) with Prospecting (11), Proposal (12), Parked (13), Won (14), Lost (15); "Old" (20), which
    /// is not active, with Begin (21).
    SampleBook()
    {
        pipelines = {
            {.id = {20}, .name = "Old", .currency = "EUR", .active = false, .position = 0},
            {.id = {10}, .name = "Sales", .currency = "USD", .active = true, .position = 10},
        };
        add(12, 10, "Proposal", 20, StageKind::open, 50);
        add(11, 10, "Prospecting", 10, StageKind::open, 10);
        add(13, 10, "Parked", 30, StageKind::hold, 20);
        add(14, 10, "Won", 40, StageKind::won, 100);
        add(15, 10, "Lost", 50, StageKind::lost, 0);
        add(21, 20, "Begin", 10, StageKind::open, 10);
    }

    std::optional<Stage> stage(Id id) const override
    {
        for (const Stage& each : stages)
            if (each.id == id) return each;
        return std::nullopt;
    }
    std::optional<Pipeline> pipeline(Id id) const override
    {
        for (const Pipeline& each : pipelines)
            if (each.id == id) return each;
        return std::nullopt;
    }
    std::vector<Stage> stages_in(Id pipeline) const override
    {
        std::vector<Stage> found;
        for (const Stage& each : stages)
            if (each.pipeline == pipeline) found.push_back(each);
        return found;
    }
    std::vector<Pipeline> active_pipelines() const override
    {
        std::vector<Pipeline> found;
        for (const Pipeline& each : pipelines)
            if (each.active) found.push_back(each);
        return found;
    }
    bool is_used(Id stage) const override { return used.contains(stage); }
    bool has_reason(std::string_view name, std::string_view outcome) const override
    {
        return reasons.contains(std::string{outcome} + ": " + std::string{name});
    }
    std::optional<Decimal> rate(std::string_view from, std::string_view to, Date) const override
    {
        const auto found = rates.find(std::string{from} + "/" + std::string{to});
        return found == rates.end() ? std::nullopt : std::optional{found->second};
    }

    std::vector<Pipeline> pipelines;
    std::vector<Stage> stages;
    std::set<Id> used;
    std::set<std::string> reasons; ///< "lost: price"
    std::map<std::string, Decimal> rates; ///< "EUR/USD"

private:
    void
    add(std::int64_t id,
        std::int64_t pipeline,
        std::string name,
        std::int64_t position,
        StageKind kind,
        std::int64_t percent)
    {
        stages.push_back({
            .id = {id},
            .pipeline = {pipeline},
            .name = std::move(name),
            .position = position,
            .kind = kind,
            .probability = Decimal{percent * 100, probability_scale},
        });
    }
};

/// 2026-03-04T12:00:00Z.
inline constexpr Instant noon{1'772'625'600'000'000};
inline constexpr Date today{20'516};

/// A change as a hook sees it, and what the hook made of it.
class SampleDraft {
public:
    /// A new record.
    explicit SampleDraft(const Map& values) : SampleDraft{MORTISE_OPERATION_CREATE, Map{}, values} { }
    /// A change of `before` that sets `values`.
    SampleDraft(const Map& before, const Map& values)
        : SampleDraft{MORTISE_OPERATION_UPDATE, before, merged(before, values)}
    {
    }
    static SampleDraft removal(Id id, const Map& record)
    {
        return {MORTISE_OPERATION_DELETE, record, record, id};
    }

    Draft& draft() noexcept { return m_draft; }
    ValueView operator[](std::string_view field) const noexcept { return m_draft[field]; }
    /// The key of the refusal; empty if it was let through.
    std::string refusal() const
    {
        return m_draft.is_refused() ? std::string{m_draft.verdict(0)["refuse"]["key"].text()} : std::string{};
    }
    std::string refused_field() const { return std::string{m_draft.verdict(0)["refuse"]["field"].text()}; }
    /// The record as it would be written.
    Map result() const
    {
        Map record = *m_after.view().value().as<Map>();
        const Value verdict = m_draft.verdict(0);
        if (const auto* set = verdict["set"].as<Map>())
            for (const auto& [field, value] : *set)
                record.set(field, value);
        return record;
    }

private:
    SampleDraft(std::uint32_t kind, const Map& before, const Map& after, Id id = {99})
        : m_before{kind == MORTISE_OPERATION_CREATE ? ValueBlock{} : require(encode(Value{before}))},
          m_after{require(encode(Value{after}))},
          m_related{
              require(encode(after["related_records"].is_null() ? Value{Map{}} : after["related_records"]))
          },
          m_raw{raw(kind, id)},
          m_draft{m_raw}
    {
    }

    static Map merged(Map before, const Map& values)
    {
        for (const auto& [field, value] : values)
            before.set(field, value);
        return before;
    }
    mortise_draft raw(std::uint32_t kind, Id id) const
    {
        mortise_draft made{};
        made.size = sizeof made;
        made.kind = kind;
        made.id = static_cast<std::uint64_t>(id.number);
        made.before = m_before.tree();
        made.after = m_after.tree();
        made.related = m_related.tree();
        made.time = noon.microseconds;
        return made;
    }

    ValueBlock m_before;
    ValueBlock m_after;
    ValueBlock m_related;
    mortise_draft m_raw;
    Draft m_draft;
};

inline Settings sample_settings(const Map& values = {})
{
    return Settings{require(encode(Value{values}))};
}

/// An event as it is delivered: its data is what JSON can hold.
class SampleEvent {
public:
    SampleEvent(std::string type, const Map& data)
        : m_type{std::move(type)},
          m_data{require(encode(Value{data}))}
    {
        m_raw.size = sizeof m_raw;
        m_raw.version = 1;
        m_raw.sequence = 7;
        m_raw.type = {m_type.data(), m_type.size()};
        m_raw.subject = 99;
        m_raw.time = noon.microseconds;
        m_raw.actor = {m_actor.data(), m_actor.size()};
        m_raw.data = m_data.tree();
    }
    SampleEvent(const SampleEvent&) = delete;
    SampleEvent& operator=(const SampleEvent&) = delete;

    Event event() const noexcept { return Event{m_raw}; }

private:
    std::string m_type;
    std::string m_actor{"user:anna"};
    ValueBlock m_data;
    mortise_event m_raw{};
};

} // namespace mortise::plugins::pipelines
