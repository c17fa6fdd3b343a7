#include "store/attachments.hpp"

#include "mime/charset.hpp"
#include "store/ingest.hpp"

#include <mortise/file.hpp>

#include <algorithm>

namespace mortise::plugins::email {

namespace {

constexpr std::size_t most_attachments = 200;

bool is_token(std::string_view text)
{
    return !text.empty() && text.size() <= 127 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || std::string_view{"!#$&-^_.+"}.find(c) != std::string_view::npos;
    });
}

} // namespace

std::string file_name(std::string_view name, std::string_view otherwise)
{
    std::string safe;
    for (const char c : clean_line(name))
        safe += c == '/' || c == '\\' ? '_' : c;
    safe = cut(safe, 200);
    const bool is_name = !safe.empty() && safe != "." && safe != "..";
    return is_name ? safe : std::string{otherwise};
}

std::string media_type(std::string_view type)
{
    const std::string small = lower_ascii(type);
    const std::size_t slash = small.find('/');
    const bool is_type = slash != std::string::npos && is_token(std::string_view{small}.substr(0, slash))
        && is_token(std::string_view{small}.substr(slash + 1));
    return is_type ? small : "application/octet-stream";
}

void keep_attachments(const Host& host, const Message& message, Id id, Work& work)
{
    std::size_t files = 0;
    for (const Attachment& attachment : message.attachments) {
        if (files++ == most_attachments) return;
        Map values{
            {"message", id},
            {"name", cut(attachment.name, 290)},
            {"content_type", cut(attachment.type, 190)},
            {"content_id", cut(attachment.content_id, 990)},
            {"is_inline", attachment.is_inline},
            {"size", static_cast<std::int64_t>(attachment.content.size())},
            {"digest", sha256(attachment.content)}
        };
        values.set(
            "content",
            require(put_file(
                host,
                file_name(attachment.name, "attachment"),
                media_type(attachment.type),
                attachment.content
            ))
        );
        work.create("email_attachment", values);
    }
}

std::vector<Attachment> read_attachments(const Host& host, const std::vector<FileOf>& files, std::size_t most)
{
    std::vector<Attachment> attachments;
    std::size_t size = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const FileOf& file = files[i];
        const std::string where = "attachments/" + std::to_string(i);
        auto reader = FileReader::open(host, file.type, file.record, file.field);
        if (!reader) {
            Error error = std::move(reader).error();
            fail(error.code, error.key, error.message, where);
        }
        size += static_cast<std::size_t>(reader->size());
        if (size > most)
            fail(
                ErrorCode::limit,
                "email.too_large",
                "the files have more than " + std::to_string(most / 1'000'000)
                    + " MB, which mail servers refuse; send a link to them",
                where
            );
        const Record record = require(host.get(file.type, file.record, {file.field}));
        const ValueView facts = record[file.field];
        attachments.push_back({
            .name = file_name(facts["name"].text(), "attachment"),
            .type = media_type(facts["type"].text()),
            .content_id = {},
            .content = require(reader->read_all()),
            .is_inline = false,
        });
    }
    return attachments;
}

Value keep_message(const Host& host, std::string_view source)
{
    // [put_file]
    return require(put_file(host, "message.eml", "message/rfc822", source));
    // [/put_file]
}

std::string source_of(const Host& host, const Record& delivery)
{
    if (const std::string_view text = delivery["source"].text(); !text.empty()) return std::string{text};
    // [read_file]
    const FileReader reader = require(FileReader::open(host, "email_delivery", delivery.id(), "source_file"));
    return require(reader.read_all());
    // [/read_file]
}

} // namespace mortise::plugins::email
