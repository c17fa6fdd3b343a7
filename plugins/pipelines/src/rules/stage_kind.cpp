#include "rules/stage_kind.hpp"

namespace mortise::plugins::pipelines {

std::optional<StageKind> parse_stage_kind(std::string_view name) noexcept
{
    for (const StageKind kind : {StageKind::open, StageKind::hold, StageKind::won, StageKind::lost})
        if (name == name_of(kind)) return kind;
    return std::nullopt;
}

std::string_view name_of(StageKind kind) noexcept
{
    switch (kind) {
    case StageKind::open:
        return "open";
    case StageKind::hold:
        return "hold";
    case StageKind::won:
        return "won";
    case StageKind::lost:
        return "lost";
    }
    return {};
}

std::string_view status_of(StageKind kind) noexcept
{
    return kind == StageKind::hold ? "open" : name_of(kind);
}

bool is_closed_status(std::string_view status) noexcept
{
    return status == "won" || status == "lost";
}

std::string_view forecast_category_of(StageKind kind) noexcept
{
    switch (kind) {
    case StageKind::open:
        return "pipeline";
    case StageKind::won:
        return "closed";
    case StageKind::hold:
    case StageKind::lost:
        return "omitted";
    }
    return {};
}

std::optional<Decimal> fixed_probability(StageKind kind) noexcept
{
    if (kind == StageKind::won) return certain;
    if (kind == StageKind::lost) return impossible;
    return std::nullopt;
}

bool may_have_probability(StageKind kind, const Decimal& probability) noexcept
{
    std::int64_t hundred = 100;
    for (std::uint8_t digit = 0; digit < probability.scale && digit < 16; ++digit)
        hundred *= 10;
    if (kind == StageKind::won) return probability.coefficient == hundred;
    if (kind == StageKind::lost) return probability.coefficient == 0;
    return probability.coefficient > 0 && probability.coefficient < hundred;
}

} // namespace mortise::plugins::pipelines
