#pragma once

/// \file
/// The pipeline book of the database.

#include "rules/pipeline_book.hpp"

#include <mortise/hook.hpp>

namespace mortise::plugins::pipelines {

/// Looks up through a reader. What a hook's draft names was read with it and costs no call. Thread-safety:
/// that of the reader. Members throw Failure if the host cannot answer.
class ReaderBook final : public PipelineBook {
public:
    explicit ReaderBook(const Reader& reader, const Draft* draft = nullptr) noexcept
        : m_reader{&reader},
          m_draft{draft}
    {
    }

    std::optional<Stage> stage(Id id) const override;
    std::optional<Pipeline> pipeline(Id id) const override;
    std::vector<Stage> stages_in(Id pipeline) const override;
    std::vector<Pipeline> active_pipelines() const override;
    bool is_used(Id stage) const override;
    bool has_reason(std::string_view name, std::string_view outcome) const override;
    std::optional<Decimal> rate(std::string_view from, std::string_view to, Date day) const override;

private:
    /// The record that came with the draft, or one that does not exist.
    ValueView related(Key field, Id id) const noexcept;
    std::optional<Record> read(std::string_view type, Id id) const;

    const Reader* m_reader;
    const Draft* m_draft;
};

} // namespace mortise::plugins::pipelines
