#include "commands/export_command.hpp"

#include "definition/json_reader.hpp"
#include "output/drawing.hpp"
#include "output/text_files.hpp"
#include "output/workbook.hpp"
#include "run/pivot.hpp"

#include <algorithm>

namespace mortise::plugins::reporting {

namespace {

constexpr std::int64_t most_listed = 20'000;
/// What a plugin may hand over in one value, less what stands around it.
constexpr std::size_t most_bytes = 1'000'000;

Bytes bytes_of(const std::string& text)
{
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

std::string media_type_of(std::string_view format)
{
    if (format == "csv") return "text/csv; charset=utf-8";
    if (format == "html") return "text/html; charset=utf-8";
    if (format == "svg") return "image/svg+xml";
    if (format == "png") return "image/png";
    if (format == "pdf") return "application/pdf";
    return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}

/// A name that every file system takes.
std::string file_name(const std::string& title, std::string_view format)
{
    std::string name;
    for (const char c : title) {
        const auto byte = static_cast<unsigned char>(c);
        name += byte < 0x20 || std::string_view{"/\\:*?\"<>|"}.find(c) != std::string_view::npos ? '-' : c;
    }
    if (name.size() > 120) name.resize(120);
    return (name.empty() || name.starts_with('.') ? "report" + name : name) + "." + std::string{format};
}

std::string note_of(const Prepared& prepared)
{
    const std::int64_t second = prepared.setting.now.microseconds / 1'000'000 % 86'400;
    const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    std::string note = "As of " + day_text(Date{prepared.setting.now.microseconds / 86'400'000'000}) + " "
        + two(second / 3600) + ":" + two(second / 60 % 60) + " UTC";
    const CurrencyChoice& currency = prepared.report.currency;
    if (currency.kind == CurrencyChoice::Kind::only) note += ". Amounts in " + currency.code + " only";
    if (currency.kind == CurrencyChoice::Kind::convert)
        note += ". Amounts in " + currency.code + ", converted with rates of " + currency.on;
    if (prepared.report.period) {
        const Days days
            = days_of(prepared.report.period->period, prepared.setting.today, prepared.setting.calendar);
        if (days.from) note += ". From " + day_text(*days.from);
        if (days.to) note += std::string{days.from ? " to " : ". Up to "} + day_text(Date{days.to->days - 1});
    }
    return note + ".";
}

struct Answered {
    Sheet sheet;
    Chart chart;
};

Answered answered(Prepared& prepared)
{
    Answered out;
    const Definition& report = prepared.report;
    switch (report.kind) {
    case ReportKind::list: {
        const std::int64_t most = report.limit > 0 ? report.limit : most_listed;
        out.sheet = sheet_of(run_list(prepared.asker, report, prepared.types, prepared.setting, most, 0));
        break;
    }
    case ReportKind::funnel: {
        const FunnelAnswer funnel = run_funnel(prepared.asker, report, prepared.types, prepared.setting);
        out.sheet = sheet_of(funnel);
        out.chart = chart_of(funnel);
        break;
    }
    case ReportKind::cohort:
    case ReportKind::retention: {
        const CohortAnswer cohort = run_cohort(prepared.asker, report, prepared.types, prepared.setting);
        out.sheet = sheet_of(cohort);
        out.chart = chart_of(cohort);
        break;
    }
    case ReportKind::pivot:
    case ReportKind::trend:
    case ReportKind::leaderboard:
    case ReportKind::scorecard: {
        const Cells cells = PivotRun{prepared.asker, report, prepared.types, prepared.setting}.run();
        out.sheet = sheet_of(cells);
        out.chart = chart_of(cells, report);
        break;
    }
    }
    out.sheet.title = prepared.title;
    out.sheet.note = note_of(prepared);
    out.chart.title = prepared.title;
    return out;
}

} // namespace

Map file_of(Prepared& prepared, std::string_view format, int width, int height)
{
    const Answered answer = answered(prepared);
    const DrawingSize size{.width = width, .height = height};
    const bool has_chart = !answer.chart.series.empty() && !answer.chart.categories.empty();
    if (!has_chart && (format == "svg" || format == "png"))
        fail_with(
            ErrorCode::invalid,
            "reporting.no_chart",
            "this report has no chart",
            "format",
            "take csv, xlsx, html or pdf"
        );
    Bytes content;
    if (format == "csv")
        content = bytes_of(csv_of(answer.sheet));
    else if (format == "xlsx")
        content = workbook_of(answer.sheet);
    else if (format == "svg")
        content = svg_of(answer.chart, size);
    else if (format == "png")
        content = png_of(answer.chart, size);
    else if (format == "pdf")
        content = pdf_of(answer.sheet, answer.chart);
    else {
        const Bytes svg = has_chart ? svg_of(answer.chart, size) : Bytes{};
        content = bytes_of(
            html_of(answer.sheet, std::string{reinterpret_cast<const char*>(svg.data()), svg.size()})
        );
    }
    if (content.size() > most_bytes)
        fail_with(
            ErrorCode::limit,
            "reporting.file_too_large",
            "the file would have " + std::to_string(content.size()) + " bytes, more than "
                + std::to_string(most_bytes),
            "format",
            "filter the report, or give its dimensions a limit"
        );
    return {
        {"name", file_name(prepared.title, format)},
        {"media_type", media_type_of(format)},
        {"size", static_cast<std::int64_t>(content.size())},
        {"content", std::move(content)},
    };
}

Value export_report(ZoneBook& zones, const Host& host, const Arguments& arguments)
{
    Prepared prepared = prepare(zones, host, arguments);
    return file_of(
        prepared,
        arguments["format"].text(),
        static_cast<int>(arguments["width"].integer(960)),
        static_cast<int>(arguments["height"].integer(540))
    );
}

} // namespace mortise::plugins::reporting
