#include "mime/headers.hpp"

#include "mime/charset.hpp"
#include "mime/glib.hpp"

#include <algorithm>

namespace mortise::plugins::email {

namespace {

bool is_name_character(char c)
{
    return c > ' ' && c != ':' && static_cast<unsigned char>(c) < 0x7FU;
}

/// The end of the line that begins at `from`, behind its line end: CR LF, LF, or CR alone.
std::size_t line_end(std::string_view text, std::size_t from)
{
    const auto at = text.find_first_of("\r\n", from);
    if (at == std::string_view::npos) return text.size();
    return text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n' ? at + 2 : at + 1;
}

std::string_view without_line_end(std::string_view line)
{
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
        line.remove_suffix(1);
    return line;
}

/// Where the colon of a field stands in a line; npos if the line is no field.
std::size_t colon_of(std::string_view line)
{
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::string_view::npos;
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t'))
        name.remove_suffix(1); // "Subject : x" is written by some
    const bool fits = !name.empty() && std::ranges::all_of(name, is_name_character);
    return fits ? colon : std::string_view::npos;
}

struct FreeOptions {
    void operator()(GMimeParserOptions* options) const noexcept { g_mime_parser_options_free(options); }
};

GMimeParserOptions* options()
{
    prepare_gmime();
    static const std::unique_ptr<GMimeParserOptions, FreeOptions> made = [] {
        GMimeParserOptions* fresh = g_mime_parser_options_new();
        g_mime_parser_options_set_rfc2047_compliance_mode(fresh, GMIME_RFC_COMPLIANCE_LOOSE);
        g_mime_parser_options_set_address_compliance_mode(fresh, GMIME_RFC_COMPLIANCE_LOOSE);
        g_mime_parser_options_set_parameter_compliance_mode(fresh, GMIME_RFC_COMPLIANCE_LOOSE);
        g_mime_parser_options_set_allow_addresses_without_domain(fresh, TRUE);
        const char* charsets[] = {"utf-8", "windows-1252", nullptr};
        g_mime_parser_options_set_fallback_charsets(fresh, charsets);
        return std::unique_ptr<GMimeParserOptions, FreeOptions>{fresh};
    }();
    return made.get();
}

/// Raw bytes above ASCII inside of encoded words belong to the charset that the word names; written as the
/// word should have written them.
std::string with_clean_words(const std::string& line)
{
    std::string clean;
    std::size_t at = 0;
    for (std::size_t begin = line.find("=?"); begin != std::string::npos; begin = line.find("=?", at)) {
        const auto charset = line.find('?', begin + 2);
        const auto kind = charset == std::string::npos ? charset : line.find('?', charset + 1);
        const auto end = kind == std::string::npos ? kind : line.find("?=", kind + 1);
        if (end == std::string::npos) break;
        clean += line.substr(at, kind + 1 - at);
        const bool is_quoted = kind == charset + 2 && (line[charset + 1] == 'Q' || line[charset + 1] == 'q');
        for (std::size_t i = kind + 1; i < end; ++i) {
            const auto byte = static_cast<unsigned char>(line[i]);
            if (is_quoted && byte >= 0x80U) {
                constexpr std::string_view hex = "0123456789ABCDEF";
                clean += '=';
                clean += hex[byte >> 4U];
                clean += hex[byte & 15U];
            } else {
                clean += line[i];
            }
        }
        at = end;
    }
    return clean + line.substr(at);
}

/// A raw value on one line, for functions that want a C string. A line end inside becomes nothing: the blank
/// that follows it is the fold.
std::string unfolded(std::string_view raw)
{
    std::string line;
    line.reserve(raw.size());
    for (const char c : raw) {
        if (c == '\r' || c == '\n' || c == '\0') continue;
        line += c == '\t' ? ' ' : c;
    }
    return with_clean_words(std::string{trimmed(line)});
}

/// Raw bytes above ASCII outside of encoded words: as UTF-8, whatever they were.
std::string as_utf8(const std::string& line)
{
    return is_utf8(line) ? line : decode_charset(line, {}).text;
}

void collect(InternetAddressList* list, std::vector<Address>& into, std::size_t most, int depth)
{
    const int count = internet_address_list_length(list);
    for (int i = 0; i < count && into.size() < most; ++i) {
        InternetAddress* entry = internet_address_list_get_address(list, i);
        const std::string name = clean_line(text_of(internet_address_get_name(entry)));
        if (INTERNET_ADDRESS_IS_GROUP(entry)) {
            if (depth < 4)
                collect(
                    internet_address_group_get_members(INTERNET_ADDRESS_GROUP(entry)), into, most, depth + 1
                );
        } else if (INTERNET_ADDRESS_IS_MAILBOX(entry)) {
            const char* address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(entry));
            into.push_back({name, clean_line(text_of(address))});
        }
    }
}

bool is_address_character(char c)
{
    return g_ascii_isalnum(c) != 0 || static_cast<unsigned char>(c) >= 0x80U
        || std::string_view{"!#$%&'*+-/=?^_`{|}~."}.find(c) != std::string_view::npos;
}

/// Everything of the shape a@b in a text that no grammar fits.
std::vector<Address> scan_addresses(std::string_view text, std::size_t most)
{
    std::vector<Address> found;
    for (std::size_t at = text.find('@'); at != std::string_view::npos && found.size() < most;
         at = text.find('@', at + 1)) {
        std::size_t first = at;
        while (first > 0 && is_address_character(text[first - 1]))
            --first;
        std::size_t last = at + 1;
        while (last < text.size() && (is_address_character(text[last]) || text[last] == '['))
            ++last;
        while (last > at + 1 && text[last - 1] == '.')
            --last;
        if (first < at && last > at + 1) found.push_back({{}, clean_line(text.substr(first, last - first))});
    }
    return found;
}

/// Whether a field is written with semicolons between addresses, as some programs do.
bool has_semicolons_between(std::string_view line)
{
    const auto at = line.find(';');
    return at != std::string_view::npos && line.find('@') < at && line.find('@', at) != std::string_view::npos
        && line.substr(0, at).find(':') == std::string_view::npos;
}

std::string unquoted_commas(std::string line)
{
    bool is_quoted = false;
    for (char& c : line) {
        if (c == '"') is_quoted = !is_quoted;
        if (c == ';' && !is_quoted) c = ',';
    }
    return line;
}

} // namespace

std::optional<std::string_view> Headers::find(std::string_view name) const
{
    for (const Header& field : m_fields)
        if (equals_ignoring_case(field.name, name)) return field.value;
    return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (const Header& field : m_fields)
        if (equals_ignoring_case(field.name, name)) values.push_back(field.value);
    return values;
}

SplitHeaders split_headers(std::string_view part, const Limits& limits)
{
    SplitHeaders split;
    std::size_t at = 0;
    bool is_first = true;
    Header open;
    const char* value_end = nullptr;
    const auto close = [&] {
        if (open.name.empty()) return;
        open.value = {open.value.data(), static_cast<std::size_t>(value_end - open.value.data())};
        if (split.headers.fields().size() < limits.header_fields)
            split.headers.add(open);
        else
            split.is_cut = true;
        open = {};
    };
    while (at < part.size()) {
        const std::size_t next = line_end(part, at);
        const std::string_view line = without_line_end(part.substr(at, next - at));
        if (line.empty()) { // the blank line belongs to neither side
            at = next;
            break;
        }
        const bool is_fold = line.front() == ' ' || line.front() == '\t';
        const std::size_t colon = is_fold ? std::string_view::npos : colon_of(line);
        if (is_first && (line.starts_with("From ") || line.starts_with(">From "))
            && colon == std::string_view::npos) {
            at = next; // the separator of an mbox
        } else if (colon != std::string_view::npos) {
            close();
            open.name = trimmed(line.substr(0, colon));
            open.value = line.substr(colon + 1);
            value_end = line.data() + line.size();
            at = next;
        } else if (is_fold && !open.name.empty()) {
            if (at <= limits.header_bytes)
                value_end = line.data() + line.size();
            else
                split.is_cut = true;
            at = next;
        } else if (line.starts_with("From ") || line.starts_with(">From ")) {
            at = next;
        } else if (trimmed(line).empty()) { // a blank line that is not quite empty
            at = next;
            if (!is_first) break;
        } else {
            break; // no field: the body has begun without a blank line
        }
        is_first = false;
    }
    close();
    split.body = at;
    return split;
}

std::string_view ContentType::parameter(std::string_view name) const
{
    const auto found = std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
    return found == parameters.end() ? std::string_view{} : std::string_view{found->second};
}

std::string decode_header_text(std::string_view raw)
{
    const std::string line = unfolded(raw);
    const GlibText decoded{g_mime_utils_header_decode_text(options(), line.c_str())};
    return clean_line(as_utf8(text_of(decoded.get())));
}

std::vector<Address> decode_addresses(std::string_view raw, const Limits& limits)
{
    std::string line = unfolded(raw.substr(0, limits.header_bytes));
    if (line.empty()) return {};
    if (has_semicolons_between(line)) line = unquoted_commas(std::move(line));
    std::vector<Address> addresses;
    const GlibObject<InternetAddressList> list{internet_address_list_parse(options(), line.c_str())};
    if (list) collect(list.get(), addresses, limits.addresses, 0);
    const auto is_whole
        = [](const Address& address) { return address.address.find('@') != std::string::npos; };
    if (std::ranges::any_of(addresses, is_whole)) return addresses;
    std::vector<Address> scanned = scan_addresses(as_utf8(line), limits.addresses);
    if (scanned.size() == 1 && !addresses.empty()) scanned.front().name = addresses.front().name;
    return scanned.empty() ? addresses : scanned;
}

std::vector<std::string> decode_ids(std::string_view raw)
{
    constexpr std::size_t most = 500;
    const std::string line = unfolded(raw);
    std::vector<std::string> ids;
    const auto add = [&ids](std::string_view id) {
        std::string kept = clean_line(cut(trimmed(id), 900));
        std::erase(kept, ' ');
        if (!kept.empty() && ids.size() < most && std::ranges::find(ids, kept) == ids.end())
            ids.push_back(std::move(kept));
    };
    for (std::size_t at = line.find('<'); at != std::string::npos; at = line.find('<', at + 1)) {
        const auto end = line.find_first_of("<>", at + 1);
        add(std::string_view{line}.substr(at + 1, end == std::string::npos ? end : end - at - 1));
    }
    if (!ids.empty()) return ids;
    for (std::string_view rest = line; !(rest = trimmed(rest)).empty();) {
        const auto end = rest.find_first_of(" ,");
        if (rest.substr(0, end).find('@') != std::string_view::npos || rest.size() == line.size())
            add(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return ids;
}

std::optional<std::int64_t> decode_date(std::string_view raw)
{
    const std::string line = unfolded(raw);
    if (line.empty()) return std::nullopt;
    prepare_gmime();
    GDateTime* parsed = g_mime_utils_header_decode_date(line.c_str());
    if (parsed == nullptr) return std::nullopt;
    const std::int64_t seconds = g_date_time_to_unix(parsed);
    g_date_time_unref(parsed);
    constexpr std::int64_t year_2200 = 7'258'118'400;
    if (seconds <= 0 || seconds > year_2200) return std::nullopt;
    return seconds;
}

ContentType decode_content_type(std::string_view raw)
{
    ContentType type;
    const std::string line = unfolded(raw);
    if (line.empty()) return type;
    const GlibObject<GMimeContentType> parsed{g_mime_content_type_parse(options(), line.c_str())};
    if (!parsed) return type;
    const std::string_view before = trimmed(std::string_view{line}.substr(0, line.find(';')));
    if (const auto slash = before.find('/'); slash != std::string_view::npos && slash > 0) {
        type.type = lower_ascii(text_of(g_mime_content_type_get_media_type(parsed.get())));
        type.subtype = lower_ascii(text_of(g_mime_content_type_get_media_subtype(parsed.get())));
    } else if (const std::string word = lower_ascii(before); word == "multipart") {
        type.type = word;
        type.subtype = "mixed";
    }
    GMimeParamList* parameters = g_mime_content_type_get_parameters(parsed.get());
    const int count = std::min(g_mime_param_list_length(parameters), 200);
    for (int i = 0; i < count; ++i) {
        GMimeParam* parameter = g_mime_param_list_get_parameter_at(parameters, i);
        type.parameters.emplace_back(
            lower_ascii(text_of(g_mime_param_get_name(parameter))),
            as_utf8(text_of(g_mime_param_get_value(parameter)))
        );
    }
    return type;
}

Disposition decode_disposition(std::string_view raw)
{
    const std::string line = unfolded(raw);
    if (line.empty()) return {};
    const GlibObject<GMimeContentDisposition> parsed{g_mime_content_disposition_parse(options(), line.c_str())
    };
    if (!parsed) return {};
    const char* name = g_mime_content_disposition_get_parameter(parsed.get(), "filename");
    return {
        lower_ascii(text_of(g_mime_content_disposition_get_disposition(parsed.get()))),
        decode_header_text(text_of(name))
    };
}

std::string safe_file_name(std::string_view name)
{
    std::string safe = clean_line(name);
    if (const auto at = safe.find_last_of("/\\"); at != std::string::npos) safe.erase(0, at + 1);
    for (char& c : safe)
        if (std::string_view{":*?\"<>|"}.find(c) != std::string_view::npos) c = '_';
    while (!safe.empty() && (safe.front() == '.' || safe.front() == ' '))
        safe.erase(0, 1);
    return std::string{cut(safe, 200)};
}

} // namespace mortise::plugins::email
