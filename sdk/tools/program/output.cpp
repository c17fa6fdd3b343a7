#include "program/output.hpp"

#include <mortise/control/error_json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <string>
#include <utility>

namespace mortise::tool {
namespace {

void write_line(std::FILE* stream, std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fputc('\n', stream);
    std::fflush(stream);
}

} // namespace

void Output::line(std::string_view text)
{
    write_line(stdout, text);
}

void Output::raw(std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void Output::note(std::string_view text)
{
    if (!m_json) write_line(stderr, text);
}

void Output::document(const boost::json::value& json)
{
    write_line(stdout, boost::json::serialize(json));
}

void Output::error(const Error& error)
{
    if (m_json)
        return write_line(
            stderr, boost::json::serialize(boost::json::object{{"error", control::json_of(error)}})
        );
    write_line(stderr, "mortise-sdk: " + error.message);
    if (!error.where.empty()) write_line(stderr, "  where: " + error.where);
    if (!error.hint.empty()) write_line(stderr, "  hint: " + error.hint);
}

Exit report(Output& output, const Error& error)
{
    output.error(error);
    if (error.key == "sdk.usage") return Exit::usage;
    if (error.key == "sdk.unreachable") return Exit::unreachable;
    return error.code == ErrorCode::denied ? Exit::denied : Exit::failed;
}

Error tool_error(
    ErrorCode code, std::string_view name, std::string message, std::string where, std::string hint
)
{
    return {code, std::move(message), "sdk." + std::string{name}, std::move(where), std::move(hint)};
}

} // namespace mortise::tool
