#include "run/pivot.hpp"

#include "definition/json_reader.hpp"
#include "run/number.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace mortise::plugins::reporting {

namespace {

constexpr std::size_t most_cells = 200'000;
constexpr std::int64_t most_filled = 5'000;

Key key_of(const Row& row, std::size_t dimension)
{
    const std::string number = std::to_string(dimension);
    if (number_of(row["o" + number]) != 0) return {.state = Key::State::other, .value = {}};
    Value value = plain_of(row["k" + number]);
    if (value.is_null()) return {.state = Key::State::null, .value = {}};
    return {.state = Key::State::value, .value = std::move(value)};
}

Part part_of(const Row& row, const PlannedMeasure& measure, std::size_t index)
{
    Part part;
    const std::string number = std::to_string(index);
    if (!measure.currency.empty()) {
        part.currency = plain_of(row["a" + number]);
        part.is_mixed = part.currency != plain_of(row["z" + number]);
        part.left_out = number_of(row["x" + number]);
    }
    if (measure.is_holistic) return part;
    part.count = number_of(row["c" + number]);
    const std::string& of = measure.about->of;
    if (of == "sum" || of == "avg") part.sum = number_of(row["s" + number]);
    if (of == "min") part.least = plain_of(row["l" + number]);
    if (of == "max") part.greatest = plain_of(row["h" + number]);
    return part;
}

/// Values by themselves (options of an enum in their own order), then those without one, then the others.
bool is_before(const Key& a, const Key& b, const FieldInfo& field)
{
    if (a.state != b.state) return a.state < b.state;
    const auto* left = a.value.as<std::int64_t>();
    const auto* right = b.value.as<std::int64_t>();
    if (left && right) return *left < *right;
    const auto place = [&](const Key& key) {
        return std::ranges::find(field.options, key.value.text()) - field.options.begin();
    };
    if (!field.options.empty() && place(a) != place(b)) return place(a) < place(b);
    return a.value.text() < b.value.text();
}

/// A report about one dimension alone, to find out how a measure orders its keys.
Definition ranking_of(const Definition& report, const Dimension& dimension)
{
    Definition ranking = report;
    ranking.kind = ReportKind::pivot;
    ranking.columns.clear();
    ranking.rows = {dimension};
    Dimension& only = ranking.rows.front();
    only.limit = 0;
    only.limit_by.clear();
    only.sort_by.clear();
    only.is_filled = false;
    std::erase_if(ranking.measures, [](const Measure& one) {
        return one.kind != Measure::Kind::base && one.kind != Measure::Kind::ratio;
    });
    if (ranking.period) ranking.period->compare.clear();
    return ranking;
}

} // namespace

Plan PivotRun::plan(const std::optional<Days>& days) const
{
    return require(make_plan(m_report, m_types, m_setting, days));
}

void PivotRun::choose_keys(const Plan& plan)
{
    m_shown.assign(plan.dimensions.size(), std::nullopt);
    m_ranks.assign(plan.dimensions.size(), {});
    for (std::size_t i = 0; i < plan.dimensions.size(); ++i) {
        const Dimension& about = *plan.dimensions[i].about;
        if (about.limit == 0 && about.sort_by.empty()) continue;
        const Definition ranking = ranking_of(m_report, about);
        PivotRun run{m_asker, ranking, m_types, m_setting};
        const Cells cells = run.run();
        const auto by_measure = [&](const std::string& name, bool is_descending) {
            const auto found = std::ranges::find(cells.measures, name, &MeasureInfo::name);
            const std::size_t measure = found == cells.measures.end()
                ? 0
                : static_cast<std::size_t>(found - cells.measures.begin());
            std::vector<std::pair<double, Key>> ranked;
            for (const auto& [address, data] : cells.cells) {
                if (address[0] == total) continue;
                const Key& key = cells.dimensions[0].keys[static_cast<std::size_t>(address[0])].key;
                if (key.state != Key::State::value) continue;
                const Figure& figure = data.figures[measure];
                ranked.emplace_back(figure.number ? real_of(*figure.number) : -1e300, key);
            }
            // Equal figures keep the order of their keys, so that the choice is always the same.
            std::ranges::stable_sort(ranked, [&](const auto& a, const auto& b) {
                if (a.first != b.first) return is_descending ? a.first > b.first : a.first < b.first;
                return is_before(a.second, b.second, plan.dimensions[i].field);
            });
            std::vector<Key> keys;
            for (auto& [figure, key] : ranked)
                keys.push_back(std::move(key));
            return keys;
        };
        if (!about.sort_by.empty()) m_ranks[i] = by_measure(about.sort_by, about.is_descending);
        if (about.limit == 0) continue;
        const std::string by = !about.limit_by.empty() ? about.limit_by : m_report.measures.front().name;
        std::vector<Key> best = by_measure(by, true);
        if (best.size() > static_cast<std::size_t>(about.limit))
            best.resize(static_cast<std::size_t>(about.limit));
        std::string json;
        for (const Key& key : best) {
            json += json.empty() ? "[" : ",";
            json += json_text_of(key.value);
        }
        m_shown[i] = json.empty() ? "[]" : json + "]";
    }
}

void PivotRun::add_levels(const Plan& plan, Cells& cells, const Address& leaf, const CellData& data) const
{
    const std::size_t rows = plan.row_count;
    const std::size_t columns = leaf.size() - rows;
    for (std::size_t i = 0; i <= rows; ++i)
        for (std::size_t j = 0; j <= columns; ++j) {
            Address address(leaf.size(), total);
            std::copy_n(leaf.begin(), i, address.begin());
            std::copy_n(
                leaf.begin() + static_cast<std::ptrdiff_t>(rows),
                j,
                address.begin() + static_cast<std::ptrdiff_t>(rows)
            );
            CellData& cell = cells.cells[address];
            cell.rows += data.rows;
            cell.parts.resize(plan.measures.size());
            for (std::size_t m = 0; m < plan.measures.size(); ++m)
                add_part(cell.parts[m], data.parts[m], *plan.measures[m].about);
        }
}

void PivotRun::add_holistic(const Plan& plan, Cells& cells) const
{
    const std::size_t columns = plan.dimensions.size() - plan.row_count;
    for (std::size_t m = 0; m < plan.measures.size(); ++m) {
        if (!plan.measures[m].is_holistic) continue;
        for (std::size_t i = 0; i <= plan.row_count; ++i)
            for (std::size_t j = 0; j <= columns; ++j) {
                std::vector<std::size_t> chosen(i + j);
                std::iota(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(i), 0);
                std::iota(chosen.begin() + static_cast<std::ptrdiff_t>(i), chosen.end(), plan.row_count);
                for (const Row row : m_asker.ask(holistic_statement(plan, m, chosen, m_shown))) {
                    Address address(plan.dimensions.size(), total);
                    for (const std::size_t dimension : chosen)
                        address[dimension] = cells.place_of(dimension, key_of(row, dimension));
                    const auto found = cells.cells.find(address);
                    if (found == cells.cells.end()) continue; // written since the first statement ran
                    if (!row["m"].is_null()) found->second.parts[m].holistic = number_of(row["m"]);
                    if (!row["g"].is_null()) found->second.parts[m].second = number_of(row["g"]);
                }
            }
    }
}

Cells PivotRun::evaluate(const Plan& plan) const
{
    Cells cells;
    cells.row_count = plan.row_count;
    for (const PlannedDimension& one : plan.dimensions)
        cells.dimensions.push_back(
            {.name = one.about->name,
             .label = one.about->label.empty() ? one.field.label : one.about->label,
             .bucket = one.about->bucket,
             .keys = {},
             .places = {}}
        );
    CellData nothing;
    nothing.parts.resize(plan.measures.size());
    add_levels(plan, cells, Address(plan.dimensions.size(), total), nothing);
    std::vector<std::size_t> all(plan.dimensions.size());
    std::iota(all.begin(), all.end(), 0);
    const Rows rows = m_asker.ask(group_statement(plan, all, m_shown));
    if (rows.size() * (plan.row_count + 1) > most_cells)
        fail_with(
            ErrorCode::limit,
            "reporting.too_many_cells",
            "the report has " + std::to_string(rows.size()) + " groups",
            "rows",
            "give dimensions a limit, a coarser bucket or bins"
        );
    for (const Row row : rows) {
        Address leaf(plan.dimensions.size(), total);
        for (std::size_t i = 0; i < leaf.size(); ++i)
            leaf[i] = cells.place_of(i, key_of(row, i));
        CellData data;
        data.rows = number_of(row["n"]);
        for (std::size_t m = 0; m < plan.measures.size(); ++m)
            data.parts.push_back(part_of(row, plan.measures[m], m));
        add_levels(plan, cells, leaf, data);
    }
    add_holistic(plan, cells);
    return cells;
}

/// Adds the periods in which nothing happened.
void PivotRun::fill(const Plan& plan, Cells& cells) const
{
    for (std::size_t i = 0; i < plan.dimensions.size(); ++i) {
        const Dimension& about = *plan.dimensions[i].about;
        if (!about.is_filled) continue;
        std::optional<Date> first;
        std::optional<Date> last;
        for (const KeyInfo& one : cells.dimensions[i].keys) {
            const auto day = parse_day(one.key.value.text());
            if (!day) continue;
            if (!first || *day < *first) first = day;
            if (!last || *last < *day) last = day;
        }
        if (m_report.period && m_report.period->path == about.path) {
            const Days days = days_of(m_report.period->period, m_setting.today, m_setting.calendar);
            if (days.from) first = bucket_start(*days.from, about.bucket, m_setting.calendar);
            if (days.to) last = bucket_start(Date{days.to->days - 1}, about.bucket, m_setting.calendar);
        }
        if (!first || !last) continue;
        std::set<Address> alike; // what stands beside a period
        for (const auto& [address, data] : cells.cells) {
            if (address[i] == total) continue;
            Address other = address;
            other[i] = total;
            alike.insert(std::move(other));
        }
        if (alike.empty()) alike.insert(Address(plan.dimensions.size(), total));
        std::int64_t count = 0;
        for (Date day = *first; day <= *last && count < most_filled;
             day = bucket_add(day, about.bucket, 1), ++count) {
            const int place = cells.place_of(i, {.state = Key::State::value, .value = day_text(day)});
            for (Address address : alike) {
                address[i] = place;
                cells.cells[address].parts.resize(plan.measures.size());
            }
        }
    }
}

/// Puts keys in the order in which they are shown.
void PivotRun::order(const Plan& plan, Cells& cells) const
{
    std::vector<std::vector<int>> places(plan.dimensions.size());
    for (std::size_t i = 0; i < plan.dimensions.size(); ++i) {
        std::vector<KeyInfo>& keys = cells.dimensions[i].keys;
        std::vector<std::size_t> sorted(keys.size());
        std::iota(sorted.begin(), sorted.end(), 0);
        const std::vector<Key>& rank = m_ranks[i];
        const Dimension& about = *plan.dimensions[i].about;
        std::unordered_map<std::string, std::size_t> ranked;
        for (const Key& key : rank)
            ranked.emplace(text_of(key), ranked.size());
        std::vector<std::size_t> ranks;
        for (const KeyInfo& one : keys) {
            const auto found = ranked.find(text_of(one.key));
            ranks.push_back(found == ranked.end() ? ranked.size() : found->second);
        }
        std::ranges::stable_sort(sorted, [&](std::size_t a, std::size_t b) {
            const Key& left = keys[a].key;
            const Key& right = keys[b].key;
            if (left.state != right.state) return left.state < right.state;
            if (!rank.empty() && ranks[a] != ranks[b]) return ranks[a] < ranks[b];
            const bool reverse = about.is_descending && rank.empty();
            return reverse ? is_before(right, left, plan.dimensions[i].field)
                           : is_before(left, right, plan.dimensions[i].field);
        });
        places[i].resize(keys.size());
        std::vector<KeyInfo> moved;
        for (std::size_t to = 0; to < sorted.size(); ++to) {
            places[i][sorted[to]] = static_cast<int>(to);
            moved.push_back(keys[sorted[to]]);
        }
        keys = std::move(moved);
        cells.dimensions[i].places.clear();
        for (std::size_t at = 0; at < keys.size(); ++at)
            cells.dimensions[i].places.emplace(text_of(keys[at].key), static_cast<int>(at));
    }
    std::map<Address, CellData> ordered;
    for (auto& [address, data] : cells.cells) {
        Address there = address;
        for (std::size_t i = 0; i < there.size(); ++i)
            if (there[i] != total) there[i] = places[i][static_cast<std::size_t>(there[i])];
        ordered.emplace(std::move(there), std::move(data));
    }
    cells.cells = std::move(ordered);
}

/// Amounts of several currencies are never added up silently.
void PivotRun::check_currencies(const Plan& plan, const Cells& cells) const
{
    if (m_report.currency.kind != CurrencyChoice::Kind::none) return;
    const CellData& all = cells.cells.begin()->second; // totals sort before all others
    for (std::size_t m = 0; m < plan.measures.size(); ++m) {
        if (!all.parts[m].is_mixed) continue;
        const Rows rows = m_asker.ask(currency_statement(plan, m));
        std::string list;
        for (const Row row : rows)
            list.append(list.empty() ? "" : ", ").append(row["currency"].text());
        fail_with(
            ErrorCode::invalid,
            "reporting.currencies",
            "\"" + plan.measures[m].about->name + "\" would add up amounts in " + list,
            "/currency",
            R"(choose: "each" for a group of each, {"only": "EUR"}, or {"convert": "EUR", "rates": {"USD": "0.92"}, "on": "2026-01-01"})"
        );
    }
}

/// Puts beside each figure what it was in the period before.
void PivotRun::compare(Cells& cells) const
{
    if (!m_report.period || m_report.period->compare.empty()) return;
    for (const auto* dimensions : {&m_report.rows, &m_report.columns})
        for (const Dimension& one : *dimensions)
            if (one.path == m_report.period->path && is_sequence(one.bucket))
                fail_with(
                    ErrorCode::invalid,
                    "reporting.compare",
                    "the days of the period before are other groups",
                    "/period/compare",
                    "take a measure with change and along, which compares each " + one.bucket
                        + " with the one before"
                );
    const Days days = days_before(
        m_report.period->period,
        m_setting.today,
        m_setting.calendar,
        m_report.period->compare == "previous_year"
    );
    const Plan earlier = plan(days);
    const Cells before = evaluate(earlier);
    for (const auto& [address, data] : before.cells) {
        Address there = address;
        for (std::size_t i = 0; i < there.size(); ++i)
            if (there[i] != total)
                there[i]
                    = cells.place_of(i, before.dimensions[i].keys[static_cast<std::size_t>(there[i])].key);
        CellData& cell = cells.cells[there];
        cell.parts.resize(earlier.measures.size());
        for (std::size_t m = 0; m < earlier.measures.size(); ++m)
            cell.before.push_back(base_figure(earlier.measures[m], data.parts[m]));
    }
    for (auto& [address, cell] : cells.cells)
        if (cell.before.empty())
            for (const PlannedMeasure& measure : earlier.measures)
                cell.before.push_back(base_figure(measure, Part{}));
}

Cells PivotRun::run()
{
    const Plan now = plan(std::nullopt);
    choose_keys(now);
    Cells cells = evaluate(now);
    check_currencies(now, cells);
    compare(cells);
    fill(now, cells);
    for (auto& [address, cell] : cells.cells) {
        cell.parts.resize(now.measures.size());
        for (std::size_t m = 0; m < now.measures.size(); ++m)
            cell.figures.push_back(base_figure(now.measures[m], cell.parts[m]));
    }
    order(now, cells);
    const CellData& all = cells.cells.begin()->second;
    std::size_t base = 0;
    for (const Measure& measure : m_report.measures) {
        MeasureInfo info{
            .name = measure.name,
            .label = measure.label.empty() ? measure.name : measure.label,
            .kind = "decimal",
            .currency = {},
            .left_out = 0
        };
        if (measure.kind == Measure::Kind::base) {
            const Part& part = all.parts[base];
            info.kind = now.measures[base].field.kind;
            info.left_out = part.left_out;
            if (info.kind == "money" && !part.is_mixed) info.currency = part.currency.text();
            if (info.kind == "money" && info.currency.empty()) info.currency = m_report.currency.code;
            ++base;
        } else if (measure.is_percent) {
            info.kind = "percent";
        } else if (measure.kind == Measure::Kind::running
                   || (measure.kind == Measure::Kind::change && !measure.is_relative)) {
            const auto of = std::ranges::find(cells.measures, measure.first, &MeasureInfo::name);
            info.kind = of->kind;
            info.currency = of->currency;
        }
        cells.measures.push_back(std::move(info));
    }
    derive_figures(m_report, cells);
    label_keys(m_asker, m_types, now, m_setting, cells);
    return cells;
}

Statement PivotRun::statement()
{
    const Plan now = plan(std::nullopt);
    choose_keys(now);
    std::vector<std::size_t> all(now.dimensions.size());
    std::iota(all.begin(), all.end(), 0);
    return group_statement(now, all, m_shown);
}

Statement
PivotRun::drill(const std::vector<std::optional<Key>>& keys, const std::string& measure, Plan& plan_out)
{
    plan_out = plan(std::nullopt);
    choose_keys(plan_out);
    if (keys.size() != plan_out.dimensions.size())
        fail_with(
            ErrorCode::invalid,
            "reporting.cell",
            "the report has " + std::to_string(plan_out.dimensions.size()) + " dimensions, the cell "
                + std::to_string(keys.size()),
            "row",
            "give row and column as the report showed them"
        );
    const auto found = std::ranges::find_if(plan_out.measures, [&](const PlannedMeasure& one) {
        return one.about->name == measure;
    });
    if (!measure.empty() && found == plan_out.measures.end())
        fail_with(
            ErrorCode::invalid,
            "reporting.cell",
            "\"" + measure + "\" does not measure records",
            "measure",
            "name a measure that has of, or none for all records of the cell"
        );
    return cell_statement(plan_out, keys, m_shown, found == plan_out.measures.end() ? nullptr : &*found);
}

} // namespace mortise::plugins::reporting
