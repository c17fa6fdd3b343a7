#include "definition/parse_measure.hpp"

#include "definition/json_reader.hpp"
#include "definition/parse_condition.hpp"
#include "run/number.hpp"

namespace mortise::plugins::reporting {

namespace {

Result<Bins> parse_bins(const Value& json, const std::string& at)
{
    MORTISE_TRY(const Map* map, object_at(json, at, R"({"width": 1000} or {"edges": [0, 100, 1000]})"));
    MORTISE_CHECK(only(*map, at, {"width", "edges"}));
    Bins bins;
    if (map->contains("width") == map->contains("edges"))
        return wrong(at, "must say either width or edges", R"({"width": 1000} or {"edges": [0, 100, 1000]})");
    if (map->contains("width")) {
        MORTISE_TRY(const Decimal width, decimal_at((*map)["width"], at + "/width"));
        if (width.coefficient <= 0) return wrong(at + "/width", "must be above 0", "such as 1000");
        bins.width = (*map)["width"];
        return bins;
    }
    MORTISE_TRY(const List* edges, list_at((*map)["edges"], at + "/edges", 50));
    if (edges->empty()) return wrong(at + "/edges", "must have at least one number", "[0, 100, 1000]");
    for (std::size_t i = 0; i < edges->size(); ++i)
        MORTISE_CHECK(decimal_at((*edges)[i], at + "/edges/" + std::to_string(i)));
    bins.edges = *edges;
    return bins;
}

Result<std::string> name_at(const Map& map, const std::string& at, const std::string& otherwise)
{
    const Value& given = map["as"];
    const std::string name = given.is_null() ? otherwise : std::string{given.text()};
    if (is_name(name)) return name;
    return wrong(at + "/as", "must be a name", "small letters, digits and _, such as won_deals");
}

Result<void> parse_base(const Map& map, const std::string& at, Measure& out)
{
    MORTISE_CHECK(only(map, at, {"as", "label", "of", "field", "each", "where", "percentile"}));
    MORTISE_TRY(
        out.of,
        choice_at(
            map["of"], at + "/of", {"count", "distinct", "sum", "avg", "median", "percentile", "min", "max"}
        )
    );
    if (map.contains("field")) {
        MORTISE_TRY(out.path, path_at(map["field"], at + "/field"));
    }
    if (out.path.empty() != (out.of == "count"))
        return wrong(
            at + "/field",
            out.of == "count" ? "count counts rows" : "is missing",
            out.of == "count" ? "take distinct for different values of a field"
                              : "say which field is measured"
        );
    if (map.contains("each")) {
        out.each = map["each"].text();
        if (out.of != "count" || !is_name(out.each))
            return wrong(
                at + "/each", "goes with count and names a join", R"({"of": "count", "each": "lines"})"
            );
    }
    MORTISE_TRY(out.percentile, whole_at(map["percentile"], at + "/percentile", 1, 99, 50));
    if (map.contains("percentile") && out.of != "percentile")
        return wrong(at + "/percentile", "goes with percentile", R"({"of": "percentile", "percentile": 90})");
    if (!map["where"].is_null()) {
        MORTISE_TRY(out.where, parse_condition(map["where"], at + "/where"));
    }
    return {};
}

Result<void> parse_ratio(const Map& map, const std::string& at, Measure& out)
{
    MORTISE_CHECK(only(map, at, {"as", "label", "ratio", "digits", "percent"}));
    const List* two = map["ratio"].as<List>();
    if (!two || two->size() != 2)
        return wrong(at + "/ratio", "must name two measures", R"(["won", "closed"])");
    out.kind = Measure::Kind::ratio;
    out.first = (*two)[0].text();
    out.second = (*two)[1].text();
    return {};
}

} // namespace

Result<Decimal> decimal_at(const Value& value, const std::string& at)
{
    if (const auto number = decimal_of(value)) return *number;
    return wrong(at, "must be a number", "such as 12.5, or \"12.50\"");
}

Result<Dimension> parse_dimension(const Value& json, const std::string& at)
{
    Dimension out;
    out.at = at;
    if (!json.text().empty()) {
        MORTISE_TRY(out.path, path_at(json, at));
        out.name = out.path.back() == "name" && out.path.size() > 1 ? out.path[out.path.size() - 2]
                                                                    : out.path.back();
        return out;
    }
    MORTISE_TRY(const Map* map, object_at(json, at, R"({"field": "close_date", "bucket": "quarter"})"));
    MORTISE_CHECK(
        only(*map, at, {"field", "as", "label", "bucket", "bins", "limit", "by", "order", "sort_by", "fill"})
    );
    MORTISE_TRY(out.path, path_at((*map)["field"], at + "/field"));
    const bool is_name_of = out.path.back() == "name" && out.path.size() > 1;
    MORTISE_TRY(out.name, name_at(*map, at, is_name_of ? out.path[out.path.size() - 2] : out.path.back()));
    out.label = (*map)["label"].text();
    if (map->contains("bucket")) {
        MORTISE_TRY(
            out.bucket,
            choice_at(
                (*map)["bucket"],
                at + "/bucket",
                {"hour",
                 "day",
                 "week",
                 "month",
                 "quarter",
                 "year",
                 "fiscal_quarter",
                 "fiscal_year",
                 "weekday",
                 "hour_of_day",
                 "day_of_month",
                 "month_of_year",
                 "quarter_of_year"}
            )
        );
    }
    if (map->contains("bins")) {
        MORTISE_TRY(out.bins, parse_bins((*map)["bins"], at + "/bins"));
        if (!out.bucket.empty())
            return wrong(at, "has both bucket and bins", "days take bucket, numbers bins");
    }
    MORTISE_TRY(out.limit, whole_at((*map)["limit"], at + "/limit", 1, 1000, 0));
    out.limit_by = (*map)["by"].text();
    out.sort_by = (*map)["sort_by"].text();
    MORTISE_TRY(
        const std::string order,
        choice_at((*map)["order"], at + "/order", {"ascending", "descending"}, "ascending")
    );
    out.is_descending = order == "descending";
    MORTISE_TRY(out.is_filled, flag_at((*map)["fill"], at + "/fill"));
    return out;
}

Result<Measure> parse_measure(const Value& json, const std::string& at)
{
    MORTISE_TRY(const Map* map, object_at(json, at, R"({"as": "deals", "of": "count"})"));
    Measure out;
    out.at = at;
    out.label = (*map)["label"].text();
    MORTISE_TRY(out.name, name_at(*map, at, std::string{(*map)["of"].text()}));
    if (map->contains("of")) {
        MORTISE_CHECK(parse_base(*map, at, out));
        return out;
    }
    if (map->contains("ratio")) {
        MORTISE_CHECK(parse_ratio(*map, at, out));
    } else if (map->contains("running")) {
        MORTISE_CHECK(only(*map, at, {"as", "label", "running", "along"}));
        out.kind = Measure::Kind::running;
        out.first = (*map)["running"].text();
    } else if (map->contains("share")) {
        MORTISE_CHECK(only(*map, at, {"as", "label", "share", "within", "digits", "percent"}));
        out.kind = Measure::Kind::share;
        out.first = (*map)["share"].text();
        MORTISE_TRY(
            out.within, choice_at((*map)["within"], at + "/within", {"total", "row", "column"}, "total")
        );
    } else if (map->contains("change")) {
        MORTISE_CHECK(only(*map, at, {"as", "label", "change", "along", "relative", "digits", "percent"}));
        out.kind = Measure::Kind::change;
        out.first = (*map)["change"].text();
        MORTISE_TRY(out.is_relative, flag_at((*map)["relative"], at + "/relative"));
    } else {
        return wrong(at, "this says no measure", "begin it with of, ratio, running, share or change");
    }
    out.along = (*map)["along"].text();
    MORTISE_TRY(out.is_percent, flag_at((*map)["percent"], at + "/percent"));
    MORTISE_TRY(
        const std::int64_t digits, whole_at((*map)["digits"], at + "/digits", 0, 9, out.is_percent ? 2 : 4)
    );
    out.digits = static_cast<int>(digits);
    return out;
}

} // namespace mortise::plugins::reporting
