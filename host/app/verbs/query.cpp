#include "app/verbs/verbs.hpp"
#include "base/json.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

/// Prints rows as they come: the first hundreds decide how wide the columns are.
class RowPrinter {
public:
    explicit RowPrinter(Output& output) : m_output{output} { }

    void take(const boost::json::object& chunk)
    {
        if (const boost::json::array* columns = at_path(chunk, "columns").if_array()) set_columns(*columns);
        for (const boost::json::value& row : at_path(chunk, "rows").as_array())
            m_output.is_json() ? print_object(row.as_array()) : add_row(row.as_array());
        if (!m_output.is_json() && (m_has_widths || m_table.row_count() >= rows_for_widths)) print_rows();
    }

    void finish()
    {
        if (m_output.is_json())
            m_output.raw(m_count == 0 ? "[]\n" : "]\n");
        else
            print_rows();
    }

private:
    static constexpr std::size_t rows_for_widths = 500;

    /// The names become keys of objects, so each must be there once.
    void set_columns(const boost::json::array& columns)
    {
        for (const boost::json::value& column : columns) {
            const std::string name = cell_text(at_path(column.as_object(), "name"));
            std::string unique = name;
            for (int i = 2; std::ranges::find(m_names, unique) != m_names.end(); ++i)
                unique = name + '_' + std::to_string(i);
            m_names.push_back(unique);
        }
        m_table = Table{m_names};
    }

    void print_object(const boost::json::array& row)
    {
        boost::json::object object;
        for (std::size_t i = 0; i < row.size() && i < m_names.size(); ++i)
            object[m_names[i]] = row[i];
        m_output.raw((m_count++ == 0 ? "[" : ",\n") + to_json(object));
    }

    void add_row(const boost::json::array& row)
    {
        std::vector<std::string> cells;
        for (const boost::json::value& value : row)
            cells.push_back(cell_text(value));
        m_table.add(std::move(cells));
    }

    void print_rows()
    {
        m_output.raw(m_has_widths ? m_table.more_text() : m_table.text(terminal_width()));
        m_has_widths = true;
    }

    Output& m_output;
    std::vector<std::string> m_names;
    Table m_table{{}};
    bool m_has_widths{false};
    std::uint64_t m_count{0};
};

/// NAME=VALUE is text, NAME:=VALUE is JSON: a number, true, null.
Result<void> read_param(const std::string& param, boost::json::object& named)
{
    const std::size_t equals = param.find('=');
    if (equals == std::string::npos || equals == 0)
        return Error{
            ErrorCode::invalid,
            "\"" + param + "\" is no parameter",
            "cli.usage.param",
            "--param",
            "NAME=TEXT, or NAME:=JSON"
        };
    const std::string value = param.substr(equals + 1);
    if (param[equals - 1] != ':') {
        named[param.substr(0, equals)] = value;
        return {};
    }
    auto json = parse_json(value, param);
    if (!json) {
        Error error = std::move(json).error();
        error.key = "cli.usage.param";
        return error;
    }
    named[param.substr(0, equals - 1)] = *std::move(json);
    return {};
}

} // namespace

Result<Exit> run_query(Program& program, const QueryOptions& options)
{
    boost::json::object named;
    for (const std::string& param : options.params)
        MORTISE_CHECK(read_param(param, named));
    boost::json::object params{{"sql", argument_or_stdin(options.sql)}, {"params", std::move(named)}};
    if (!options.as_of.empty()) params["as_of"] = options.as_of;
    RowPrinter printer{program.output()};
    MORTISE_CHECK(program.call(
        "query.run",
        std::move(params),
        {[&printer](const boost::json::value& chunk) { printer.take(chunk.as_object()); }, {}}
    ));
    printer.finish();
    return Exit::done;
}

} // namespace mortise::host
