#include "rules/reader_book.hpp"

#include "money/rates.hpp"

#include <algorithm>

namespace mortise::plugins::pipelines {

namespace {

/// More stages than a pipeline has, and more pipelines than a business has.
constexpr std::uint64_t most_records = 4096;

} // namespace

std::optional<Stage> ReaderBook::stage(Id id) const
{
    if (const ValueView known = related("stage", id); known.exists()) return stage_of(known);
    const auto record = read("stage", id);
    return record ? std::optional{stage_of(record->fields())} : std::nullopt;
}

std::optional<Pipeline> ReaderBook::pipeline(Id id) const
{
    if (const ValueView known = related("pipeline", id); known.exists()) return pipeline_of(known);
    const auto record = read("pipeline", id);
    return record ? std::optional{pipeline_of(record->fields())} : std::nullopt;
}

std::vector<Stage> ReaderBook::stages_in(Id pipeline) const
{
    std::vector<Stage> stages;
    for (const Record& record : require(m_reader->find("stage", "pipeline", pipeline, most_records)))
        stages.push_back(stage_of(record.fields()));
    return stages;
}

std::vector<Pipeline> ReaderBook::active_pipelines() const
{
    std::vector<Pipeline> pipelines;
    for (const Record& record : require(m_reader->find("pipeline", "active", true, most_records)))
        pipelines.push_back(pipeline_of(record.fields()));
    return pipelines;
}

bool ReaderBook::is_used(Id stage) const
{
    return !require(m_reader->find("opportunity", "stage", stage, 1, {"id"})).empty();
}

bool ReaderBook::has_reason(std::string_view name, std::string_view outcome) const
{
    const auto found = require(m_reader->find("close_reason", "name", name, 8, {"outcome", "active"}));
    return std::ranges::any_of(found, [&](const Record& reason) {
        return reason["outcome"].text() == outcome && reason["active"].boolean(true);
    });
}

std::optional<Decimal> ReaderBook::rate(std::string_view from, std::string_view to, Date day) const
{
    return find_rate(from, to, day, [this](const std::string& month) {
        return rates_of(require(m_reader->find("currency_rate", "month", month, 64)));
    });
}

ValueView ReaderBook::related(Key field, Id id) const noexcept
{
    if (m_draft == nullptr) return {};
    const ValueView record = m_draft->related(field);
    return record["id"].id() == id && id ? record : ValueView{};
}

std::optional<Record> ReaderBook::read(std::string_view type, Id id) const
{
    if (!id) return std::nullopt;
    auto record = m_reader->get(type, id);
    if (record) return *std::move(record);
    if (record.error().code == ErrorCode::not_found) return std::nullopt;
    throw Failure{std::move(record).error()};
}

} // namespace mortise::plugins::pipelines
