#include "definition/json_reader.hpp"
#include "run/number.hpp"
#include "run/pivot.hpp"

#include <algorithm>

namespace mortise::plugins::reporting {

namespace {

/// The figure of a base measure or a ratio, of the present period or the one before.
std::vector<Figure> derived_before(const Definition& report, const std::vector<Figure>& base)
{
    std::vector<Figure> figures;
    std::size_t next = 0;
    for (const Measure& measure : report.measures) {
        if (measure.kind == Measure::Kind::base) {
            figures.push_back(next < base.size() ? base[next] : Figure{});
            ++next;
            continue;
        }
        Figure figure;
        if (measure.kind == Measure::Kind::ratio) {
            const auto of = [&](const std::string& name) -> const Figure& {
                const auto found = std::ranges::find(report.measures, name, &Measure::name);
                return figures[static_cast<std::size_t>(found - report.measures.begin())];
            };
            const Figure& part = of(measure.first);
            const Figure& whole = of(measure.second);
            if (part.number && whole.number) {
                const int digits = measure.is_percent ? measure.digits + 2 : measure.digits;
                figure.number = quotient(*part.number, *whole.number, digits);
                if (figure.number && measure.is_percent)
                    figure.number->scale = static_cast<std::uint8_t>(measure.digits);
            }
        }
        figures.push_back(figure);
    }
    return figures;
}

std::size_t index_of(const Definition& report, const std::string& name)
{
    const auto found = std::ranges::find(report.measures, name, &Measure::name);
    return static_cast<std::size_t>(found - report.measures.begin());
}

/// The dimension that running and change go along: the one that is named, else the first of time, else the
/// last row.
int dimension_along(const Definition& report, const Cells& cells, const Measure& measure)
{
    for (std::size_t i = 0; i < cells.dimensions.size(); ++i)
        if (cells.dimensions[i].name == measure.along) return static_cast<int>(i);
    if (!measure.along.empty())
        fail_with(
            ErrorCode::invalid,
            "reporting.along",
            "\"" + measure.along + "\" is no dimension of this report",
            measure.at + "/along",
            "name one by its as, or \"period\" for the period that it is compared with"
        );
    for (std::size_t i = 0; i < cells.dimensions.size(); ++i)
        if (is_sequence(cells.dimensions[i].bucket)) return static_cast<int>(i);
    return static_cast<int>(report.rows.size()) - 1;
}

/// Goes through the keys of one dimension in their order, for each combination of the others.
template <class Visit>
void walk(Cells& cells, int dimension, Visit visit)
{
    if (dimension < 0) return;
    const auto at = static_cast<std::size_t>(dimension);
    std::map<Address, std::vector<CellData*>> lines;
    for (auto& [address, data] : cells.cells) {
        if (address[at] == total) continue;
        Address other = address;
        other[at] = total;
        lines[other].push_back(&data); // addresses come in the order of keys
    }
    for (auto& [other, line] : lines)
        visit(line);
}

std::optional<Decimal>
relative(const std::optional<Decimal>& change, const Decimal& from, const Measure& measure)
{
    if (!change) return std::nullopt;
    Decimal base = from;
    if (base.coefficient < 0) base.coefficient = -base.coefficient;
    auto found = quotient(*change, base, measure.is_percent ? measure.digits + 2 : measure.digits);
    if (found && measure.is_percent) found->scale = static_cast<std::uint8_t>(measure.digits);
    return found;
}

Figure change_of(const Figure& now, const Figure& before, const Measure& measure)
{
    Figure figure;
    if (!now.number || !before.number) return figure;
    figure.number = difference(*now.number, *before.number);
    if (measure.is_relative) figure.number = relative(figure.number, *before.number, measure);
    return figure;
}

void running(Cells& cells, int dimension, std::size_t of, std::size_t to)
{
    walk(cells, dimension, [&](std::vector<CellData*>& line) {
        Decimal sum;
        for (CellData* cell : line) {
            if (const auto& number = cell->figures[of].number)
                if (const auto more = difference(sum, Decimal{-number->coefficient, number->scale}))
                    sum = *more;
            cell->figures[to].number = sum;
        }
    });
}

void share(Cells& cells, const Measure& measure, std::size_t of, std::size_t to)
{
    for (auto& [address, cell] : cells.cells) {
        Address whole = address;
        const auto from = measure.within == "column"
            ? whole.begin()
            : whole.begin() + static_cast<std::ptrdiff_t>(cells.row_count);
        if (measure.within == "total") std::ranges::fill(whole, total);
        if (measure.within == "row") std::fill(from, whole.end(), total);
        if (measure.within == "column")
            std::fill(from, whole.begin() + static_cast<std::ptrdiff_t>(cells.row_count), total);
        const CellData* all = cells.find(whole);
        const auto& part = cell.figures[of].number;
        if (!all || !part || !all->figures[of].number) continue;
        auto found = quotient(
            *part, *all->figures[of].number, measure.is_percent ? measure.digits + 2 : measure.digits
        );
        if (found && measure.is_percent) found->scale = static_cast<std::uint8_t>(measure.digits);
        cell.figures[to].number = found;
    }
}

} // namespace

Figure base_figure(const PlannedMeasure& measure, const Part& part)
{
    Figure figure;
    const std::string& of = measure.about->of;
    const bool is_money = measure.field.kind == "money";
    const int scale = is_money ? digits_of(part.currency.text()) : measure.field.scale;
    const auto number
        = [&](std::int64_t value) { figure.number = Decimal{value, static_cast<std::uint8_t>(scale)}; };
    if (part.is_mixed && of != "count" && of != "distinct") {
        figure.is_mixed = true;
        return figure;
    }
    if (of == "count" || of == "distinct")
        number(measure.is_holistic ? part.holistic.value_or(0) : part.count);
    else if (of == "sum")
        number(part.sum);
    else if (of == "avg" && part.count > 0) {
        // Amounts stay amounts; of other numbers four digits more than they have.
        const int digits = is_money ? scale : std::min(scale + 4, 12);
        figure.number
            = quotient(Decimal{part.sum, static_cast<std::uint8_t>(scale)}, Decimal{part.count, 0}, digits);
    } else if (of == "percentile" && part.holistic) {
        number(*part.holistic);
    } else if (of == "median" && part.holistic) {
        const std::int64_t other = part.second.value_or(*part.holistic);
        if (other == *part.holistic) {
            number(other);
        } else {
            const int digits = is_money ? scale : std::min(scale + 1, 12);
            figure.number = quotient(
                Decimal{*part.holistic + other, static_cast<std::uint8_t>(scale)}, Decimal{2, 0}, digits
            );
        }
    } else if (of == "min" || of == "max") {
        const Value& extreme = of == "min" ? part.least : part.greatest;
        if (const auto* whole = extreme.as<std::int64_t>())
            number(*whole);
        else
            figure.text = extreme.text();
    }
    return figure;
}

void derive_figures(const Definition& report, Cells& cells)
{
    for (auto& [address, cell] : cells.cells) {
        cell.figures = derived_before(report, cell.figures);
        if (!cell.before.empty()) cell.before = derived_before(report, cell.before);
    }
    for (std::size_t m = 0; m < report.measures.size(); ++m) {
        const Measure& measure = report.measures[m];
        if (measure.kind == Measure::Kind::base || measure.kind == Measure::Kind::ratio) continue;
        const std::size_t of = index_of(report, measure.first);
        if (measure.kind == Measure::Kind::share) {
            share(cells, measure, of, m);
            continue;
        }
        if (measure.kind == Measure::Kind::running) {
            running(cells, dimension_along(report, cells, measure), of, m);
            continue;
        }
        const bool has_period = report.period && !report.period->compare.empty();
        if (measure.along == "period" || (measure.along.empty() && has_period)) {
            if (!has_period)
                fail_with(
                    ErrorCode::invalid,
                    "reporting.compare",
                    "there is no period to compare with",
                    measure.at,
                    R"(say "compare": "previous" in period)"
                );
            for (auto& [address, cell] : cells.cells)
                if (of < cell.before.size())
                    cell.figures[m] = change_of(cell.figures[of], cell.before[of], measure);
            continue;
        }
        walk(cells, dimension_along(report, cells, measure), [&](std::vector<CellData*>& line) {
            for (std::size_t i = 1; i < line.size(); ++i)
                line[i]->figures[m] = change_of(line[i]->figures[of], line[i - 1]->figures[of], measure);
        });
    }
}

} // namespace mortise::plugins::reporting
