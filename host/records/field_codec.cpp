#include "records/field_codec.hpp"

#include "base/json.hpp"
#include "base/normalise_email.hpp"
#include "base/normalise_phone.hpp"
#include "base/normalise_url.hpp"
#include "base/number_text.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "blobs/blob_store.hpp"
#include "store/statement.hpp"

#include <mortise/currency.hpp>

#include <algorithm>
#include <charconv>

namespace mortise::host {

namespace {

constexpr std::size_t max_text_bytes = 1 << 20;

/// RFC 6838, section 4.2: two names with a / between them.
bool is_media_type(std::string_view text)
{
    constexpr std::size_t longest = 127;
    const std::size_t slash = text.find('/');
    const auto is_name = [](std::string_view name) {
        return !name.empty() && name.size() <= longest && std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                || std::string_view{"!#$&-^_.+"}.find(c) != std::string_view::npos;
        });
    };
    return slash != std::string_view::npos && is_name(text.substr(0, slash))
        && is_name(text.substr(slash + 1));
}

Error wrong(const Field& field, std::string message, std::string hint = {})
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "records.wrong_value",
        .where = field.name,
        .hint = std::move(hint),
    };
}

Error wrong_kind(const Field& field, const Value& value)
{
    return wrong(
        field, json_text(value) + " is no value for a field of the kind " + std::string{name_of(field.kind)}
    );
}

/// The error of a parser, with the field as its place.
Error at_field(const Field& field, Error error)
{
    error.where = field.name;
    if (error.key.empty()) error.key = "records.wrong_value";
    return error;
}

std::size_t code_points(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

Result<Value> coerce_text(const Field& field, const Value& value)
{
    std::string text;
    if (const auto* given = value.as<std::string>()) {
        auto normal = to_nfc(*given);
        if (!normal) return at_field(field, std::move(normal).error());
        text = *std::move(normal);
    } else if (value.kind() == Kind::integer || value.kind() == Kind::id) {
        text = json_text(value);
        std::erase(text, '"');
    } else {
        return wrong_kind(field, value);
    }
    if (text.empty()) return Value{};
    if (text.size() > max_text_bytes)
        return wrong(
            field, "the text has " + std::to_string(text.size()) + " bytes", "at most 1 MiB is kept"
        );
    if (field.max_length != 0 && code_points(text) > field.max_length)
        return wrong(
            field,
            "the text has " + std::to_string(code_points(text)) + " characters when at most "
                + std::to_string(field.max_length) + " are allowed",
            field.help
        );
    return Value{std::move(text)};
}

Result<Value> coerce_option(const Field& field, const Value& value)
{
    MORTISE_TRY(Value text, coerce_text(field, value));
    if (text.is_null() || std::ranges::find(field.options, text.text()) != field.options.end()) return text;
    std::string options;
    for (const std::string& option : field.options) {
        const std::string_view label = field.label_of(option);
        options += (options.empty() ? "" : ", ") + option;
        if (label != option) options += " (" + std::string{label} + ')';
    }
    return wrong(
        field, "\"" + std::string{text.text()} + "\" is none of the options", "the options are " + options
    );
}

Result<Value> coerce_list(const Field& field, const Value& value)
{
    List list;
    if (const auto* given = value.as<List>())
        list = *given;
    else if (const auto* text = value.as<std::string>(); text && !text->empty()) {
        if (text->front() == '[') {
            auto parsed = parse_value(*text, "list");
            if (!parsed) return at_field(field, std::move(parsed).error());
            return coerce_list(field, *parsed);
        }
        std::string_view rest{*text}; // as spreadsheets carry it: a; b; c
        while (!rest.empty()) {
            const std::size_t end = rest.find(';');
            if (const auto item = trim(rest.substr(0, end)); !item.empty()) list.emplace_back(item);
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        }
    } else if (!text)
        return wrong_kind(field, value);
    List items;
    for (const Value& item : list) {
        MORTISE_TRY(
            Value normal,
            field.kind == FieldKind::multi_enumeration ? coerce_option(field, item)
                : item.kind() == Kind::text            ? coerce_text(field, item)
                                                       : Result<Value>{item}
        );
        if (!normal.is_null() && std::ranges::find(items, normal) == items.end())
            items.push_back(std::move(normal));
    }
    return items.empty() ? Value{} : Value{std::move(items)};
}

Result<Value> coerce_boolean(const Field& field, const Value& value)
{
    if (value.as<bool>()) return value;
    if (const auto* number = value.as<std::int64_t>(); number && (*number == 0 || *number == 1))
        return Value{*number == 1};
    const std::string text = fold(value.text());
    for (const char* yes : {"true", "yes", "y", "1", "on"})
        if (text == yes) return Value{true};
    for (const char* no : {"false", "no", "n", "0", "off"})
        if (text == no) return Value{false};
    return wrong(field, json_text(value) + " is neither true nor false");
}

Result<Value> coerce_integer(const Field& field, const Value& value)
{
    if (value.as<std::int64_t>()) return value;
    if (const auto* real = value.as<double>();
        real && *real == static_cast<double>(static_cast<std::int64_t>(*real)))
        return Value{static_cast<std::int64_t>(*real)};
    if (const auto* decimal = value.as<Decimal>()) {
        const auto whole = rescale(*decimal, 0);
        return whole ? Result<Value>{Value{whole->coefficient}} : wrong_kind(field, value);
    }
    if (value.kind() != Kind::text) return wrong_kind(field, value);
    auto number = parse_integer(trim(value.text()));
    if (!number) return at_field(field, std::move(number).error());
    return Value{*number};
}

Result<Value> coerce_decimal(const Field& field, const Value& value)
{
    Decimal given;
    if (const auto* decimal = value.as<Decimal>())
        given = *decimal;
    else if (const auto* number = value.as<std::int64_t>())
        given = {*number, 0};
    else if (value.kind() == Kind::text || value.kind() == Kind::real) {
        const std::string text
            = value.kind() == Kind::real ? json_text(value) : std::string{trim(value.text())};
        auto parsed = parse_decimal(text);
        if (!parsed) return at_field(field, std::move(parsed).error());
        given = *parsed;
    } else
        return wrong_kind(field, value);
    auto scaled = rescale(given, field.scale);
    if (!scaled) return at_field(field, std::move(scaled).error());
    return Value{*scaled};
}

Result<Value> coerce_money(const Field& field, const Value& value)
{
    if (value.as<Money>()) return value;
    std::string amount;
    std::string currency;
    if (const auto* map = value.as<Map>()) {
        const Value& given = (*map)["amount"];
        amount = given.kind() == Kind::text ? std::string{given.text()}
            : given.is_null()               ? ""
                                            : json_text(given);
        currency = (*map)["currency"].text();
    } else if (value.kind() == Kind::text) { // "12.30 EUR"
        const std::string_view text = trim(value.text());
        const std::size_t space = text.find(' ');
        amount = text.substr(0, space);
        currency = space == std::string_view::npos ? std::string_view{} : trim(text.substr(space));
    } else
        return wrong_kind(field, value);
    if (amount.empty() && currency.empty()) return Value{};
    if (currency.empty())
        return wrong(
            field,
            "the amount " + amount + " has no currency",
            R"(give {"amount": "12.30", "currency": "EUR"}, or name the currency in the mapping)"
        );
    std::erase(amount, '"');
    auto money = parse_money(amount, currency);
    if (!money) return at_field(field, std::move(money).error());
    return Value{*money};
}

template <class T, class Parse>
Result<Value> coerce_time(const Field& field, const Value& value, Parse parse)
{
    if (value.as<T>()) return value;
    if (value.kind() != Kind::text) return wrong_kind(field, value);
    auto parsed = parse(trim(value.text()));
    if (!parsed) return at_field(field, std::move(parsed).error());
    return Value{*parsed};
}

Result<Value> coerce_reference(const Field& field, const Value& value)
{
    if (value.as<Id>()) return value.as<Id>()->number == 0 ? Value{} : value;
    MORTISE_TRY(const Value number, coerce_integer(field, value));
    const auto id = number.get_or<std::int64_t>(0);
    if (id <= 0) return wrong(field, json_text(value) + " is no record id", "ids are positive numbers");
    return Value{Id{id}};
}

Result<Value> coerce_contact_text(const Field& field, const Value& value)
{
    MORTISE_TRY(const Value text, coerce_text(field, value));
    if (text.is_null() || trim(text.text()).empty()) return Value{};
    if (field.kind == FieldKind::email) {
        auto email = normalise_email(text.text());
        if (!email) return at_field(field, std::move(email).error());
        return Value{email->normalised};
    }
    if (field.kind == FieldKind::phone) {
        auto phone = normalise_phone(text.text(), field.country);
        if (!phone) return at_field(field, std::move(phone).error());
        return Value{phone->normalised};
    }
    auto url = normalise_url(text.text());
    if (!url) return at_field(field, std::move(url).error());
    return Value{*std::move(url)};
}

/// What handing a file in gave. Whether there is such a file, and who may refer to it, is asked elsewhere.
Result<Value> coerce_file(const Field& field, const Value& value)
{
    constexpr std::size_t longest_name = 255;
    if (value.kind() == Kind::text && value.text().starts_with('{')) {
        auto parsed = parse_value(value.text(), field.name);
        if (!parsed) return at_field(field, std::move(parsed).error());
        if (parsed->kind() == Kind::map) return coerce_file(field, *parsed);
    }
    const auto* map = value.as<Map>();
    if (!map || !is_blob_digest((*map)["digest"].text()))
        return wrong(
            field,
            json_text(value) + " is no file",
            "hand the contents in first (\"mortise records TYPE attach ID FIELD FILE\", or mortise.blobs/1 "
            "of the "
            "SDK); a field takes what that gives: digest, name, size and type"
        );
    const Field as_name{.name = field.name, .max_length = longest_name};
    MORTISE_TRY(Value name, coerce_text(as_name, (*map)["name"]));
    const std::string_view text = name.text();
    if (text.empty() || text == "." || text == ".." || text.find_first_of("/\\") != std::string_view::npos
        || std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        return wrong(
            field, json_text(name) + " is no name of a file", "a name without a folder, such as \"offer.pdf\""
        );
    std::string type = fold((*map)["type"].text());
    if (type.empty()) type = "application/octet-stream";
    if (!is_media_type(type))
        return wrong(field, '"' + type + "\" is no media type", "such as \"application/pdf\" (RFC 6838)");
    Map file{{"digest", (*map)["digest"]}, {"name", std::move(name)}};
    file.append("size", std::max<std::int64_t>((*map)["size"].get_or<std::int64_t>(0), 0));
    file.append("type", std::move(type));
    return Value{std::move(file)};
}

Result<Value> coerce_structure(const Field& field, const Value& value)
{
    if (value.kind() == Kind::text && !value.text().empty()
        && (value.text().front() == '{' || value.text().front() == '[')) {
        auto parsed = parse_value(value.text(), field.name);
        if (!parsed) return at_field(field, std::move(parsed).error());
        return coerce_structure(field, *parsed);
    }
    if (field.kind == FieldKind::json || value.kind() == Kind::map) return value;
    if (value.kind() == Kind::text) // one line, as people type it
        return Value{Map{{"text", std::string{trim(value.text())}}}};
    return wrong_kind(field, value);
}

} // namespace

Result<Value> coerce(const Field& field, const Value& value)
{
    if (value.is_null() || (value.kind() == Kind::text && value.text().empty())) return Value{};
    switch (field.kind) {
    case FieldKind::text:
    case FieldKind::rich_text:
        return coerce_text(field, value);
    case FieldKind::enumeration:
        return coerce_option(field, value);
    case FieldKind::multi_enumeration:
    case FieldKind::list:
        return coerce_list(field, value);
    case FieldKind::url:
    case FieldKind::email:
    case FieldKind::phone:
        return coerce_contact_text(field, value);
    case FieldKind::boolean:
        return coerce_boolean(field, value);
    case FieldKind::integer:
        return coerce_integer(field, value);
    case FieldKind::percent:
    case FieldKind::decimal:
        return coerce_decimal(field, value);
    case FieldKind::money:
        return coerce_money(field, value);
    case FieldKind::date:
        return coerce_time<Date>(field, value, [](std::string_view text) { return parse_date(text); });
    case FieldKind::time_of_day:
        return coerce_time<TimeOfDay>(field, value, parse_time_of_day);
    case FieldKind::instant:
        return coerce_time<Instant>(field, value, parse_instant);
    case FieldKind::duration:
        return coerce_time<Duration>(field, value, parse_duration);
    case FieldKind::reference:
        return coerce_reference(field, value);
    case FieldKind::address:
    case FieldKind::json:
        return coerce_structure(field, value);
    case FieldKind::file:
        return coerce_file(field, value);
    }
    return wrong_kind(field, value);
}

void bind_field(Statement& statement, int& index, const Field& field, const Value& value)
{
    const int at = index++;
    if (field.is_money()) {
        const int currency_at = index++;
        if (const auto* money = value.as<Money>()) {
            statement.bind(at, money->minor);
            const Currency* currency = find_currency(money->currency);
            statement.bind(currency_at, currency ? currency->alpha : std::string_view{});
        }
        return;
    }
    if (field.is_file()) {
        index += 3;
        if (const auto* file = value.as<Map>()) {
            statement.bind_borrowed(at, (*file)["digest"].text());
            statement.bind_borrowed(at + 1, (*file)["name"].text());
            statement.bind(at + 2, (*file)["size"].get_or<std::int64_t>(0));
            statement.bind_borrowed(at + 3, (*file)["type"].text());
        }
        return;
    }
    switch (value.kind()) {
    case Kind::null:
        return; // as what is not bound is
    case Kind::boolean:
        return statement.bind(at, std::int64_t{*value.as<bool>()});
    case Kind::integer:
        return statement.bind(at, *value.as<std::int64_t>());
    case Kind::decimal:
        return statement.bind(at, value.as<Decimal>()->coefficient);
    case Kind::text:
        if (field.kind != FieldKind::json) return statement.bind_borrowed(at, value.text());
        break;
    case Kind::instant:
        return statement.bind(at, value.as<Instant>()->microseconds);
    case Kind::date:
        return statement.bind(at, std::string_view{format_date(*value.as<Date>())});
    case Kind::time_of_day:
        return statement.bind(at, value.as<TimeOfDay>()->microseconds);
    case Kind::duration:
        return statement.bind(at, value.as<Duration>()->microseconds);
    case Kind::id:
        return statement.bind(at, value.as<Id>()->number);
    case Kind::real:
    case Kind::money:
    case Kind::bytes:
    case Kind::list:
    case Kind::map:
        break;
    }
    statement.bind(at, std::string_view{json_text(value)});
}

Value read_field(const Statement& statement, int& column, const Field& field)
{
    const int at = column++;
    if (field.is_money()) {
        const int currency_at = column++;
        const Currency* currency = find_currency(statement.text(currency_at));
        if (statement.is_null(at) || !currency) return {};
        return Money{statement.integer(at), currency->number, currency->digits};
    }
    if (field.is_file()) column += 3;
    if (statement.is_null(at)) return {};
    switch (field.kind) {
    case FieldKind::text:
    case FieldKind::rich_text:
    case FieldKind::enumeration:
    case FieldKind::url:
    case FieldKind::email:
    case FieldKind::phone:
        return statement.text(at);
    case FieldKind::boolean:
        return statement.integer(at) != 0;
    case FieldKind::integer:
        return statement.integer(at);
    case FieldKind::percent:
    case FieldKind::decimal:
        return Decimal{statement.integer(at), field.scale};
    case FieldKind::date:
        return parse_date(statement.text(at)).value_or(Date{});
    case FieldKind::time_of_day:
        return TimeOfDay{statement.integer(at)};
    case FieldKind::instant:
        return Instant{statement.integer(at)};
    case FieldKind::duration:
        return Duration{statement.integer(at)};
    case FieldKind::reference:
        return Id{statement.integer(at)};
    case FieldKind::multi_enumeration:
    case FieldKind::list:
    case FieldKind::address:
    case FieldKind::json:
        return parse_value(statement.text(at), field.name).value_or(Value{});
    case FieldKind::file:
        return Map{
            {"digest", statement.text(at)},
            {"name", statement.text(at + 1)},
            {"size", statement.integer(at + 2)},
            {"type", statement.text(at + 3)}
        };
    case FieldKind::money:
        break;
    }
    return {};
}

} // namespace mortise::host
