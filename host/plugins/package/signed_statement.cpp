#include "plugins/package/signed_statement.hpp"

#include "base/json.hpp"

#include <boost/json.hpp>

namespace mortise::host {
namespace {

namespace json = boost::json;

constexpr std::string_view statement_word = "mortise statement 1\n";

Error bad_statement(std::string reason)
{
    return {
        .code = ErrorCode::invalid,
        .message = "the statement cannot be read: " + std::move(reason),
        .key = "trust.bad_statement",
        .where = {},
        .hint = "statements are made by \"mortise-sdk statement\"",
    };
}

} // namespace

Result<SignedStatement> read_statement(std::string_view envelope)
{
    if (envelope.size() > max_statement_bytes) return bad_statement("it is larger than 1 MiB");
    auto parsed = parse_json(envelope, "statement");
    if (!parsed) return bad_statement(parsed.error().message);
    const json::object* object = parsed->if_object();
    const json::value* format = object ? object->if_contains("format") : nullptr;
    const json::value* text = object ? object->if_contains("statement") : nullptr;
    if (!format || *format != 1 || !text || !text->is_string())
        return bad_statement("it is no envelope of format 1");
    SignedStatement statement{std::string{text->get_string()}, {}};
    auto signers = check_signatures(std::string{statement_word} + statement.text, envelope);
    if (!signers) {
        Error error = std::move(signers).error();
        if (error.key != "package.wrong_signature") return bad_statement(error.message);
        error.key = "trust.wrong_signature";
        error.message = "a signature of the statement does not fit: it was changed after it was signed";
        error.where.clear();
        error.hint = "fetch it once more";
        return error;
    }
    statement.signers = *std::move(signers);
    return statement;
}

std::string
sign_statement(std::string_view text, const SigningKey& key, const std::optional<std::string>& existing)
{
    const std::string signatures
        = add_signature(std::string{statement_word} + std::string{text}, existing, key);
    json::object envelope{{"format", 1}, {"statement", text}};
    envelope["signatures"] = json::parse(signatures).at("signatures");
    return to_json(envelope) + '\n';
}

} // namespace mortise::host
