#include "conditions/sql_condition.hpp"

#include "conditions/clause_writer.hpp"

#include <algorithm>

namespace mortise::plugins::segmentation {

Result<SqlCondition>
compile(const Condition& condition, const TypeBook& types, const SegmentFinder& segments, Reach reach)
{
    ClauseWriter writer{types, segments, reach};
    const ClauseScope contacts{.type = "contact", .alias = "t", .contacts = [](std::string ids) {
                                   return ids;
                               }};
    MORTISE_TRY(std::string predicate, writer.write(condition, contacts));
    return writer.finish(std::move(predicate));
}

Result<SqlFigure>
compile_found(const Condition& condition, const TypeBook& types, const SegmentFinder& segments)
{
    ClauseWriter writer{types, segments, Reach::few};
    const ClauseScope contacts{.type = "contact", .alias = "t", .contacts = [](std::string ids) {
                                   return ids;
                               }};
    return writer.found(condition, contacts);
}

Map used_parameters(const std::string& sql, const Map& parameters, const Map& more)
{
    Map used;
    const auto names = [&](const std::string& name) {
        const auto goes_on
            = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
        const std::string needle = ":" + name;
        for (std::size_t at = sql.find(needle); at != std::string::npos; at = sql.find(needle, at + 1)) {
            const std::size_t end = at + needle.size();
            if (end == sql.size() || !goes_on(sql[end])) return true;
        }
        return false;
    };
    for (const Map* given : {&parameters, &more})
        for (const Entry& entry : *given)
            if (names(entry.key)) used.set(entry.key, entry.value);
    return used;
}

} // namespace mortise::plugins::segmentation
