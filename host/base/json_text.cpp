#include "base/base64.hpp"
#include "base/json.hpp"
#include "base/number_text.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "base/visit_value.hpp"

#include <boost/json/value.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace mortise::host {
namespace {

/// For each byte: 0 plain, 1 part of a character beyond ASCII, 'u' an escape by number, else the letter after
/// '\'.
constexpr std::array<char, 256> escapes = [] {
    std::array<char, 256> table{};
    for (std::size_t i = 0; i < 0x20; ++i)
        table[i] = 'u';
    for (std::size_t i = 0x80; i < 256; ++i)
        table[i] = 1;
    table['"'] = '"';
    table['\\'] = '\\';
    table['\b'] = 'b';
    table['\f'] = 'f';
    table['\n'] = 'n';
    table['\r'] = 'r';
    table['\t'] = 't';
    return table;
}();

void append_escape(std::string& out, unsigned char byte)
{
    constexpr std::string_view digits = "0123456789abcdef";
    out += '\\';
    out += escapes[byte];
    if (escapes[byte] != 'u') return;
    out += "00";
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
}

template <class Integer>
void append_integer(std::string& out, Integer number)
{
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_real(std::string& out, double number)
{
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const std::string_view text{digits.data(), end};
    out += text;
    if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

struct AppendText {
    std::string& out;

    void operator()(std::nullptr_t) const { out += "null"; }
    void operator()(bool flag) const { out += flag ? "true" : "false"; }
    void operator()(std::int64_t number) const { append_integer(out, number); }
    void operator()(double number) const { append_real(out, number); }
    void operator()(const Decimal& number) const
    {
        quoted([&] { append_decimal(out, number); });
    }
    void operator()(const Money& money) const
    {
        out += R"({"amount":")";
        append_amount(out, money);
        out += R"(","currency":")";
        out += currency_code(money.currency);
        out += "\"}";
    }
    void operator()(const std::string& text) const { append_json_string(out, text); }
    void operator()(const Bytes& bytes) const
    {
        quoted([&] { append_base64(out, bytes); });
    }
    void operator()(Instant instant) const
    {
        quoted([&] { append_instant(out, instant); });
    }
    void operator()(Date date) const
    {
        quoted([&] { append_date(out, date); });
    }
    void operator()(TimeOfDay time) const
    {
        quoted([&] { append_time_of_day(out, time); });
    }
    void operator()(Duration duration) const
    {
        quoted([&] { append_duration(out, duration); });
    }
    void operator()(Id id) const
    {
        quoted([&] { append_integer(out, id.number); });
    }
    void operator()(const List& list) const
    {
        out += '[';
        for (const Value& item : list) {
            append_json_text(out, item);
            out += ',';
        }
        close(']');
    }
    void operator()(const Map& map) const
    {
        out += '{';
        for (const Entry& entry : map) {
            append_json_string(out, entry.key);
            out += ':';
            append_json_text(out, entry.value);
            out += ',';
        }
        close('}');
    }

private:
    template <class Write>
    void quoted(Write write) const
    {
        out += '"';
        write();
        out += '"';
    }
    void close(char bracket) const
    {
        if (out.back() == ',')
            out.back() = bracket;
        else
            out += bracket;
    }
};

/// Writes Boost's tree; `step` is the indentation of a level, or negative for compact text.
struct TreeWriter {
    std::string& out;
    int step;

    void write(const boost::json::value& json, int level) const
    {
        switch (json.kind()) {
        case boost::json::kind::null:
            out += "null";
            break;
        case boost::json::kind::bool_:
            out += json.get_bool() ? "true" : "false";
            break;
        case boost::json::kind::int64:
            append_integer(out, json.get_int64());
            break;
        case boost::json::kind::uint64:
            append_integer(out, json.get_uint64());
            break;
        case boost::json::kind::double_:
            append_real(out, json.get_double());
            break;
        case boost::json::kind::string:
            append_json_string(out, json.get_string());
            break;
        case boost::json::kind::array:
            write_items(json.get_array(), '[', ']', level, [&](const auto& item) { write(item, level + 1); });
            break;
        case boost::json::kind::object:
            write_items(json.get_object(), '{', '}', level, [&](const auto& item) {
                append_json_string(out, item.key());
                out += step < 0 ? ":" : ": ";
                write(item.value(), level + 1);
            });
            break;
        }
    }

private:
    template <class Items, class Write>
    void write_items(const Items& items, char open, char close, int level, Write write_item) const
    {
        out += open;
        bool first = true;
        for (const auto& item : items) {
            if (!first) out += ',';
            first = false;
            start_line(level + 1);
            write_item(item);
        }
        if (!first) start_line(level);
        out += close;
    }
    void start_line(int level) const
    {
        if (step < 0) return;
        out += '\n';
        out.append(static_cast<std::size_t>(level) * static_cast<std::size_t>(step), ' ');
    }
};

} // namespace

void append_json_string(std::string& out, std::string_view text)
{
    out += '"';
    std::size_t plain = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const char escape = escapes[byte];
        if (escape == 0) {
            ++at;
            continue;
        }
        if (escape == 1) {
            if (const std::size_t length = valid_utf8_prefix(text.substr(at)); length != 0) {
                at += length;
                continue;
            }
        }
        out.append(text, plain, at - plain);
        if (escape == 1)
            out += "\xEF\xBF\xBD";
        else
            append_escape(out, byte);
        plain = ++at;
    }
    out.append(text, plain, at - plain);
    out += '"';
}

void append_json_text(std::string& out, const Value& value)
{
    visit_value(AppendText{out}, value);
}

std::string json_text(const Value& value)
{
    std::string out;
    append_json_text(out, value);
    return out;
}

std::string to_json(const boost::json::value& json)
{
    std::string out;
    TreeWriter{out, -1}.write(json, 0);
    return out;
}

std::string to_pretty_json(const boost::json::value& json)
{
    std::string out;
    TreeWriter{out, 2}.write(json, 0);
    return out;
}

} // namespace mortise::host
