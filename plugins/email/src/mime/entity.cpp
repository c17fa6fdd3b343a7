#include "mime/entity.hpp"

#include "mime/glib.hpp"

#include <algorithm>

namespace mortise::plugins::email {

namespace {

/// Splits one message; counts its parts on the way.
class Splitter {
public:
    Splitter(const Limits& limits, Problems& problems) : m_limits{limits}, m_problems{problems} { }

    Entity split(std::string_view part, std::size_t depth, const ContentType& usual)
    {
        ++m_count;
        Entity entity;
        SplitHeaders split = split_headers(part, m_limits);
        if (split.is_cut) m_problems.add("a header is longer than is kept");
        entity.headers = std::move(split.headers);
        entity.body = part.substr(split.body);
        entity.type = entity.headers.has("content-type")
            ? decode_content_type(entity.headers.get("content-type"))
            : usual;
        entity.disposition = decode_disposition(entity.headers.get("content-disposition"));
        entity.encoding = encoding_of(entity.headers.get("content-transfer-encoding"));
        if (entity.type.type == "multipart")
            split_multipart(entity, depth);
        else if (is_message_type(entity.type))
            split_nested(entity, depth);
        return entity;
    }

private:
    static std::string encoding_of(std::string_view raw)
    {
        std::string_view word = trimmed(raw);
        word = word.substr(0, word.find_first_of("; \t\r\n("));
        while (!word.empty() && (word.front() == '"' || word.front() == '\''))
            word.remove_prefix(1);
        while (!word.empty() && (word.back() == '"' || word.back() == '\''))
            word.remove_suffix(1);
        return lower_ascii(word);
    }
    static bool is_message_type(const ContentType& type)
    {
        return type.type == "message"
            && (type.subtype == "rfc822" || type.subtype == "global" || type.subtype == "news");
    }

    bool may_go_deeper(std::size_t depth)
    {
        if (depth >= m_limits.depth) {
            m_problems.add("parts are nested deeper than " + std::to_string(m_limits.depth));
            return false;
        }
        return true;
    }

    void split_nested(Entity& entity, std::size_t depth)
    {
        if (!may_go_deeper(depth)) return;
        if (entity.encoding == "base64" || entity.encoding == "quoted-printable") {
            entity.decoded
                = std::make_shared<std::string>(decode_body(entity, m_limits.message_bytes - m_decoded));
            m_decoded += entity.decoded->size();
            entity.parts.push_back(split(*entity.decoded, depth + 1, {}));
        } else {
            entity.parts.push_back(split(entity.body, depth + 1, {}));
        }
    }

    void split_multipart(Entity& entity, std::size_t depth)
    {
        if (!may_go_deeper(depth)) return;
        std::string boundary{entity.type.parameter("boundary")};
        while (!boundary.empty() && boundary.back() == ' ')
            boundary.pop_back();
        if (boundary.empty()) boundary = guess_boundary(entity.body);
        if (boundary.empty()) {
            m_problems.add("a multipart has no boundary");
            return;
        }
        const ContentType usual
            = entity.type.subtype == "digest" ? ContentType{"message", "rfc822", {}} : ContentType{};
        std::size_t from = std::string_view::npos; // of the open part; npos in the preamble
        bool is_closed = false;
        const std::string marker = "--" + boundary;
        for (std::size_t at = 0; at < entity.body.size() && !is_closed;) {
            const std::size_t found = find_marker(entity.body, marker, at);
            if (found == std::string_view::npos) break;
            const std::string_view rest = rest_of_line(entity.body, found + marker.size());
            const bool is_last = rest.starts_with("--");
            if (!is_last && !trimmed(rest).empty()) { // a longer boundary that begins like ours
                at = found + marker.size();
                continue;
            }
            if (from != std::string_view::npos) add_part(entity, from, found, depth, usual);
            is_closed = is_last;
            from = std::min(found + marker.size() + rest.size(), entity.body.size());
            from = skip_line_end(entity.body, from);
            at = from;
        }
        if (!is_closed) {
            if (from == std::string_view::npos)
                m_problems.add("a multipart's boundary does not occur");
            else {
                m_problems.add("a multipart is not closed");
                add_part(entity, from, entity.body.size(), depth, usual);
            }
        }
    }

    void
    add_part(Entity& entity, std::size_t from, std::size_t to, std::size_t depth, const ContentType& usual)
    {
        if (m_count >= m_limits.parts) {
            m_problems.add("there are more than " + std::to_string(m_limits.parts) + " parts");
            return;
        }
        if (to < from) to = from;
        std::string_view part = entity.body.substr(from, to - from);
        // The line end before a boundary belongs to the boundary.
        if (to != entity.body.size() || part.ends_with('\n')) {
            if (part.ends_with("\r\n"))
                part.remove_suffix(2);
            else if (part.ends_with('\n') || part.ends_with('\r'))
                part.remove_suffix(1);
        }
        entity.parts.push_back(split(part, depth + 1, usual));
    }

    /// The next line that begins with the marker.
    static std::size_t find_marker(std::string_view body, std::string_view marker, std::size_t from)
    {
        for (std::size_t at = body.find(marker, from); at != std::string_view::npos;
             at = body.find(marker, at + 1))
            if (at == 0 || body[at - 1] == '\n' || body[at - 1] == '\r') return at;
        return std::string_view::npos;
    }
    static std::string_view rest_of_line(std::string_view body, std::size_t from)
    {
        const auto end = body.find_first_of("\r\n", from);
        return body.substr(from, end == std::string_view::npos ? end : end - from);
    }
    static std::size_t skip_line_end(std::string_view body, std::size_t at)
    {
        if (at < body.size() && body[at] == '\r') ++at;
        if (at < body.size() && body[at] == '\n') ++at;
        return at;
    }
    /// A multipart whose header lost its boundary: the first line that looks like one.
    static std::string guess_boundary(std::string_view body)
    {
        std::size_t lines = 0;
        for (std::size_t at = 0; at < body.size() && lines < 50; ++lines) {
            const std::string_view line = rest_of_line(body, at);
            if (line.starts_with("--") && line.size() > 6 && line.size() <= 100
                && line.find(' ') == std::string_view::npos)
                return std::string{line.substr(2)};
            at = skip_line_end(body, at + line.size());
        }
        return {};
    }

    const Limits& m_limits;
    Problems& m_problems;
    std::size_t m_count{0};
    std::size_t m_decoded{0};
};

std::string decode_uu(std::string_view body, std::size_t most)
{
    const auto begin = body.find("begin ");
    if (begin == std::string_view::npos) return std::string{body.substr(0, most)};
    const auto line = body.find('\n', begin);
    if (line == std::string_view::npos) return {};
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, GMIME_CONTENT_ENCODING_UUENCODE);
    const std::string_view data = body.substr(line + 1);
    std::string out(g_mime_encoding_outlen(&state, data.size()), '\0');
    out.resize(g_mime_encoding_step(&state, data.data(), data.size(), out.data()));
    out.resize(std::min(out.size(), most));
    return out;
}

} // namespace

void Problems::add(std::string problem)
{
    constexpr std::size_t most = 50;
    if (m_all.size() < most && std::ranges::find(m_all, problem) == m_all.end())
        m_all.push_back(std::move(problem));
}

std::string Entity::file_name() const
{
    if (!disposition.file_name.empty()) return safe_file_name(disposition.file_name);
    return safe_file_name(decode_header_text(type.parameter("name")));
}

Entity parse_entity(std::string_view message, const Limits& limits, Problems& problems)
{
    if (message.size() > limits.message_bytes) {
        problems.add("the message is larger than " + std::to_string(limits.message_bytes) + " bytes");
        message = message.substr(0, limits.message_bytes);
    }
    // Blank lines before the first field, and a byte order mark, are no part of a message.
    if (message.starts_with("\xEF\xBB\xBF")) message.remove_prefix(3);
    while (!message.empty() && (message.front() == '\n' || message.front() == '\r'))
        message.remove_prefix(1);
    return Splitter{limits, problems}.split(message, 0, {});
}

std::string decode_body(const Entity& part, std::size_t most)
{
    prepare_gmime();
    if (part.encoding == "x-uuencode" || part.encoding == "uuencode" || part.encoding == "x-uue")
        return decode_uu(part.body, most);
    const bool is_base64 = part.encoding == "base64";
    if (!is_base64 && part.encoding != "quoted-printable") return std::string{part.body.substr(0, most)};
    GMimeEncoding state;
    g_mime_encoding_init_decode(
        &state, is_base64 ? GMIME_CONTENT_ENCODING_BASE64 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
    );
    std::string out(g_mime_encoding_outlen(&state, part.body.size()) + 16, '\0');
    std::size_t written = g_mime_encoding_step(&state, part.body.data(), part.body.size(), out.data());
    written += g_mime_encoding_flush(&state, "", 0, out.data() + written);
    out.resize(std::min(written, most));
    return out;
}

Decoded decode_text_part(const Entity& part, std::size_t most)
{
    return decode_charset(decode_body(part, most), part.type.parameter("charset"));
}

} // namespace mortise::plugins::email
