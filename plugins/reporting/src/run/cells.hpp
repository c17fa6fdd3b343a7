#pragma once

/// \file
/// What a report came to: keys of each dimension in their order, and a cell for each combination that occurs
/// and for each total.

#include "sql/plan.hpp"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace mortise::plugins::reporting {

/// Place of a key in each dimension (rows, then columns); `total` where the cell is about all of them.
using Address = std::vector<int>;
inline constexpr int total = -1;

/// The parts of a base measure, which can be added up.
struct Part {
    std::int64_t count{0};
    std::int64_t sum{0};
    Value least;
    Value greatest;
    Value currency; ///< of all amounts so far
    bool is_mixed{false}; ///< amounts of several currencies
    std::int64_t left_out{0};
    std::optional<std::int64_t> holistic;
    std::optional<std::int64_t> second; ///< median: the other one in the middle
};

/// What is shown: nothing, an exact number, or a text.
struct Figure {
    std::optional<Decimal> number;
    std::string text; ///< days and times as extremes
    bool is_mixed{false};

    bool is_null() const noexcept { return !number && text.empty(); }
};

struct CellData {
    std::int64_t rows{0};
    std::vector<Part> parts; ///< one for each base measure
    std::vector<Figure> figures; ///< one for each measure of the report
    std::vector<Figure> before; ///< the same of the period that it is compared with; empty for none
};

struct KeyInfo {
    Key key;
    std::string label;
};

struct DimensionInfo {
    std::string name;
    std::string label;
    std::string bucket;
    std::vector<KeyInfo> keys; ///< in the order in which they are shown
    std::unordered_map<std::string, int> places; ///< by text_of
};

/// Tells keys apart.
std::string text_of(const Key& key);

struct MeasureInfo {
    std::string name;
    std::string label;
    std::string kind; ///< int, decimal, money, percent, date, datetime, duration
    std::string currency; ///< money: if there is only one
    std::int64_t left_out{0}; ///< amounts of other currencies, or without a rate
};

struct Cells {
    std::vector<DimensionInfo> dimensions;
    std::size_t row_count{0}; ///< so many of the dimensions are rows
    std::vector<MeasureInfo> measures;
    std::map<Address, CellData> cells;

    /// Place of a key; adds it behind the others if it is new.
    int place_of(std::size_t dimension, const Key& key);
    const CellData* find(const Address& address) const;
};

/// Adds what can be added.
void add_part(Part& to, const Part& from, const Measure& measure);

} // namespace mortise::plugins::reporting
