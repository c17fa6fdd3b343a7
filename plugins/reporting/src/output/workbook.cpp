#include "output/workbook.hpp"

#include <mortise/failure.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <xlsxwriter.h>

namespace mortise::plugins::reporting {

namespace {

/// A folder that goes with the object.
class TemporaryFolder {
public:
    TemporaryFolder()
    {
        std::error_code trouble;
        const std::filesystem::path folder = std::filesystem::temp_directory_path(trouble);
        std::string form
            = ((trouble ? std::filesystem::path{"/tmp"} : folder) / "mortise-report-XXXXXX").string();
        if (trouble || !mkdtemp(form.data()))
            fail(
                ErrorCode::io,
                "reporting.temporary",
                "no temporary folder can be made at " + form
                    + ", and a workbook needs one; in a box plugins write no files: take csv, or let the "
                      "plugin run in the host's process",
                "format"
            );
        m_path = form;
    }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const noexcept { return m_path; }

private:
    std::filesystem::path m_path;
};

/// Names of sheets have at most 31 characters, and not all of them.
std::string sheet_name(const std::string& title)
{
    std::string name;
    for (const char c : title) {
        if (std::string_view{"[]:*?/\\'"}.find(c) != std::string_view::npos) continue;
        if (name.size() >= 28 && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) break;
        name += c;
    }
    return name.empty() ? "Report" : name;
}

class Writer {
public:
    Writer(lxw_workbook* book, const Sheet& sheet) : m_sheet{sheet}
    {
        m_head = workbook_add_format(book);
        format_set_bold(m_head);
        format_set_bottom(m_head, LXW_BORDER_THIN);
        for (int digits = 0; digits < static_cast<int>(m_plain.size()); ++digits) {
            const std::string form
                = digits == 0 ? "#,##0" : "#,##0." + std::string(static_cast<std::size_t>(digits), '0');
            const auto at = static_cast<std::size_t>(digits);
            m_plain[at] = workbook_add_format(book);
            m_bold[at] = workbook_add_format(book);
            format_set_bold(m_bold[at]);
            for (lxw_format* format : {m_plain[at], m_bold[at]})
                format_set_num_format(format, form.c_str());
        }
    }

    void write(lxw_worksheet* page)
    {
        for (std::size_t i = 0; i < m_sheet.heads.size(); ++i) {
            const auto column = static_cast<lxw_col_t>(i);
            worksheet_write_string(page, 0, column, m_sheet.heads[i].c_str(), m_head);
            worksheet_set_column(page, column, column, i == 0 ? 28 : 16, nullptr);
        }
        worksheet_freeze_panes(page, 1, 0);
        lxw_row_t line = 1;
        for (const SheetRow& row : m_sheet.rows) {
            for (std::size_t i = 0; i < row.cells.size(); ++i)
                write(page, line, static_cast<lxw_col_t>(i), row.cells[i], row.is_total);
            ++line;
        }
        if (!m_sheet.note.empty()) worksheet_write_string(page, line + 1, 0, m_sheet.note.c_str(), nullptr);
    }

private:
    void write(lxw_worksheet* page, lxw_row_t line, lxw_col_t column, const SheetCell& cell, bool is_total)
    {
        const auto digits
            = static_cast<std::size_t>(std::min(cell.digits, static_cast<int>(m_plain.size()) - 1));
        if (cell.number)
            worksheet_write_number(
                page, line, column, *cell.number, is_total ? m_bold[digits] : m_plain[digits]
            );
        else if (!cell.text.empty())
            worksheet_write_string(page, line, column, cell.text.c_str(), is_total ? m_bold[0] : nullptr);
    }

    const Sheet& m_sheet;
    lxw_format* m_head{nullptr};
    std::array<lxw_format*, 7> m_plain{};
    std::array<lxw_format*, 7> m_bold{};
};

} // namespace

Bytes workbook_of(const Sheet& sheet)
{
    const TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "report.xlsx";
    lxw_workbook* book = workbook_new(file.c_str());
    if (!book)
        fail(ErrorCode::io, "reporting.temporary", "no workbook can be made at " + file.string(), "format");
    lxw_worksheet* page = workbook_add_worksheet(book, sheet_name(sheet.title).c_str());
    if (!page) page = workbook_add_worksheet(book, nullptr);
    Writer writer{book, sheet};
    writer.write(page);
    if (const lxw_error error = workbook_close(book); error != LXW_NO_ERROR)
        fail(
            ErrorCode::io,
            "reporting.temporary",
            std::string{"the workbook cannot be written: "} + lxw_strerror(error),
            "format"
        );
    std::ifstream stream{file, std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{stream}, {}};
    const auto* bytes = reinterpret_cast<const std::byte*>(content.data());
    return {bytes, bytes + content.size()};
}

} // namespace mortise::plugins::reporting
