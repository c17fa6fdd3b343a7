#pragma once

/// \file
/// A report as it was read from JSON. `parse_definition` makes it, schemas/report.schema.json is its form,
/// the README tells what it means.

#include "definition/condition.hpp"

#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mortise::plugins::reporting {

enum class ReportKind : std::uint8_t {
    list,
    pivot,
    trend,
    leaderboard,
    scorecard,
    funnel,
    cohort,
    retention
};

/// A key in the data of events, with the kind that is expected there.
struct DataField {
    std::string name; ///< keys from the outside in, with dots
    std::string kind; ///< text, int, decimal, money, date, datetime, bool, reference
    int scale{0};
    std::string reference;
};

/// Records of a type, or events of a type.
struct Source {
    std::string type; ///< record type; empty for events
    std::string events; ///< event type; empty for records
    std::string subject; ///< the record type that the events are about
    std::vector<DataField> data;
    std::string at;
};

/// Rows of another type that refer to those of the source, or of another join.
struct Join {
    std::string as;
    std::string type;
    std::string by; ///< the reference of `type` that leads back
    std::string of; ///< an earlier join; empty for the source
    std::string at;
};

/// Steps of numbers: of equal width, or between edges. Numbers as texts or numbers, in the unit of the field.
struct Bins {
    Value width;
    List edges;
};

struct Dimension {
    std::string name;
    std::string label;
    Path path;
    std::string bucket; ///< of days and times: day, week, ... weekday; empty for the value itself
    std::optional<Bins> bins;
    std::int64_t limit{0}; ///< only so many keys, the rest becomes "other"; 0 for all
    std::string limit_by; ///< the measure that decides which; the first if empty
    bool is_descending{false}; ///< order of keys
    std::string sort_by; ///< a measure that orders the keys; their own order if empty
    bool is_filled{false}; ///< periods in which nothing happened are there too
    std::string at;
};

struct Measure {
    enum class Kind : std::uint8_t { base, ratio, running, share, change };

    Kind kind{Kind::base};
    std::string name;
    std::string label;
    std::string of; ///< base: count, distinct, sum, avg, median, percentile, min, max
    Path path; ///< base: what is counted or summed; empty for count of rows
    std::string each; ///< base, count: a join whose rows are counted
    std::int64_t percentile{50};
    std::optional<Condition> where; ///< base: only these rows
    std::string first; ///< ratio, running, share, change: of which measure
    std::string second; ///< ratio: divided by which
    std::string along; ///< running, change: the dimension; change: "period" for the compared period
    std::string within; ///< share: total, row or column
    bool is_percent{false}; ///< ratio, share, change: times a hundred
    bool is_relative{false}; ///< change: as a share of what was before
    int digits{4}; ///< ratio, share, relative change: digits behind the point
    std::string at;
};

/// What is done when amounts of several currencies meet.
struct CurrencyChoice {
    enum class Kind : std::uint8_t { none, each, only, convert };

    Kind kind{Kind::none};
    std::string code; ///< only, convert
    std::vector<std::pair<std::string, Decimal>> rates; ///< convert: one unit of that is so many of `code`
    std::string on; ///< convert: the day of the rates, told with the answer
};

struct CalendarChoice {
    std::string zone; ///< empty for the setting
    int week_start{0}; ///< 1 is Monday, 7 Sunday; 0 for the setting
    int fiscal_month{0}; ///< first month of the fiscal year; 0 for the setting
};

/// The days that a report is about, and whether it is compared with those before.
struct ReportPeriod {
    Path path;
    Period period;
    std::string compare; ///< previous, previous_year, or empty
    std::string at;
};

struct FunnelStep {
    std::string name;
    Condition where;
};

struct Funnel {
    Path subject; ///< who goes through the steps
    Path time; ///< when
    std::vector<FunnelStep> steps;
    std::int64_t within{0}; ///< units from the first step to each other; 0 for ever
    std::string unit;
    bool is_ordered{true};
    std::string at;
};

struct Cohort {
    Path subject;
    Path time; ///< of each activity
    Path start; ///< what the cohort goes by; the first activity if empty
    std::string bucket{"month"};
    std::int64_t periods{12};
    std::string at;
};

struct SortBy {
    std::string name;
    bool is_descending{false};
};

struct Definition {
    ReportKind kind{ReportKind::pivot};
    Source source;
    std::vector<Join> joins;
    std::vector<Condition> filters; ///< all of them
    std::optional<ReportPeriod> period;
    CalendarChoice calendar;
    CurrencyChoice currency;
    std::vector<Dimension> rows;
    std::vector<Dimension> columns;
    std::vector<Measure> measures;
    std::vector<Path> fields; ///< list
    std::vector<SortBy> sort; ///< list, leaderboard
    std::int64_t limit{0};
    Funnel funnel;
    Cohort cohort;
    std::string chart; ///< bar, line, ...; empty for what fits the kind
};

} // namespace mortise::plugins::reporting
