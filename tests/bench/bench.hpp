#pragma once

/// \file
/// What a row of the bench is, how times are taken, and which groups of rows there are. A group is one file
/// `<group>_rows.cpp` and one line here and in main.cpp.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::bench {

enum class Better : std::uint8_t { higher, lower };

/// One path beside its limit.
struct Row {
    std::string name;
    double ours{0};
    double limit{0};
    std::string unit;
    double goal{0}; ///< of ours / limit
    /// higher: a rate, the ratio shall be at least the goal; lower: a time, at most.
    Better better{Better::higher};
    std::string note{}; ///< spread, sizes

    double ratio() const noexcept { return limit == 0 ? 0 : ours / limit; }
    bool ok() const noexcept { return better == Better::higher ? ratio() >= goal : ratio() <= goal; }
};

/// How much is measured: `quick` only shows that the bench works, `full` takes the sizes of the goals.
enum class Scale : std::uint8_t { quick, usual, full };

struct Options {
    Scale scale{Scale::usual};
    std::string only{}; ///< beginning of the names of the rows that are wanted

    bool wants(std::string_view name) const { return name.starts_with(only) || only.starts_with(name); }
    /// One of three sizes.
    std::size_t size(std::size_t quick, std::size_t usual, std::size_t full) const noexcept
    {
        return scale == Scale::quick ? quick : scale == Scale::usual ? usual : full;
    }
};

/// Takes the rows as they are measured.
class Rows {
public:
    explicit Rows(void (*show)(const Row&)) : m_show{show} { }
    void add(Row row)
    {
        m_show(row);
        m_all.push_back(std::move(row));
    }
    const std::vector<Row>& all() const noexcept { return m_all; }

private:
    void (*m_show)(const Row&);
    std::vector<Row> m_all;
};

class Stopwatch {
public:
    double seconds() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    }

private:
    std::chrono::steady_clock::time_point m_start{std::chrono::steady_clock::now()};
};

/// The value below which the part `quantile` of the samples lies.
inline double quantile(std::vector<double> samples, double quantile)
{
    if (samples.empty()) return 0;
    const auto at = static_cast<std::size_t>(quantile * static_cast<double>(samples.size() - 1));
    std::ranges::nth_element(samples, samples.begin() + static_cast<std::ptrdiff_t>(at));
    return samples[at];
}

inline double median(std::vector<double> samples)
{
    return quantile(std::move(samples), 0.5);
}

void saving_rows(const Options& options, Rows& rows);
void import_rows(const Options& options, Rows& rows);
void reading_rows(const Options& options, Rows& rows);
void hook_rows(const Options& options, Rows& rows);
void event_rows(const Options& options, Rows& rows);
void plugin_rows(const Options& options, Rows& rows);
void isolation_rows(const Options& options, Rows& rows);
void kit_rows(const Options& options, Rows& rows);
void host_rows(const Options& options, Rows& rows);

} // namespace mortise::bench
