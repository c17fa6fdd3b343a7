#include "plugins/plugin_secrets.hpp"

#include "base/json.hpp"
#include "plugins/plugin_store.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {

namespace {

const boost::json::object* properties_of(const Manifest& manifest)
{
    if (!manifest.settings.is_object()) return nullptr;
    const auto* properties = manifest.settings.get_object().if_contains("properties");
    return properties && properties->is_object() ? &properties->get_object() : nullptr;
}

bool is_secret(const boost::json::value& property)
{
    if (!property.is_object()) return false;
    const auto* flag = property.get_object().if_contains("secret");
    return flag != nullptr && flag->is_bool() && flag->get_bool();
}

std::string purpose_of(const Manifest& manifest, std::string_view name)
{
    return manifest.id + '/' + std::string{name};
}

Error no_secret(const Manifest& manifest, std::string_view name)
{
    return {
        .code = ErrorCode::not_found,
        .message = "plugin.json of " + manifest.id + " declares no secret \"" + std::string{name} + '"',
        .key = "secrets.unknown",
        .where = std::string{name},
        .hint = "declare it under \"settings\" with \"secret\": true",
    };
}

Result<const boost::json::value*> require_secret(const Manifest& manifest, std::string_view name)
{
    const auto* properties = properties_of(manifest);
    const auto* property = properties ? properties->if_contains(name) : nullptr;
    if (!property || !is_secret(*property)) return no_secret(manifest, name);
    return property;
}

} // namespace

std::vector<std::string> secret_settings(const Manifest& manifest)
{
    std::vector<std::string> names;
    if (const auto* properties = properties_of(manifest))
        for (const auto& [name, property] : *properties)
            if (is_secret(property)) names.emplace_back(name);
    return names;
}

boost::json::value schema_without_secrets(const Manifest& manifest)
{
    const std::vector<std::string> secrets = secret_settings(manifest);
    boost::json::value schema = manifest.settings;
    if (secrets.empty()) return schema;
    for (const std::string& name : secrets)
        schema.get_object()["properties"].get_object().erase(name);
    if (auto* required = schema.get_object().if_contains("required"); required && required->is_array()) {
        boost::json::array kept;
        for (const auto& name : required->get_array())
            if (!name.is_string()
                || std::ranges::find(secrets, std::string_view{name.get_string()}) == secrets.end())
                kept.push_back(name);
        *required = std::move(kept);
    }
    return schema;
}

Result<const SecretBox*> PluginSecrets::box()
{
    const std::scoped_lock lock{m_mutex};
    if (!m_box) {
        MORTISE_TRY(SecretBox opened, SecretBox::open(m_key_file));
        m_box.emplace(std::move(opened));
    }
    return &*m_box;
}

Result<void> PluginSecrets::set(const Manifest& manifest, std::string_view name, std::string_view secret)
{
    MORTISE_TRY(const auto* property, require_secret(manifest, name));
    MORTISE_TRY(const JsonSchema schema, JsonSchema::compile(*property));
    // What the check says of a value may hold the value: it is not passed on.
    if (!schema.validate(boost::json::value(secret)))
        return Error{
            .code = ErrorCode::invalid,
            .message = "the secret \"" + std::string{name} + "\" is not what its schema takes",
            .key = "secrets.unfit",
            .where = '/' + std::string{name},
            .hint = "its schema is " + to_json(*property),
        };
    MORTISE_TRY(const SecretBox* sealing, box());
    return m_store.set_secret(manifest.id, name, sealing->seal(secret, purpose_of(manifest, name)));
}

Result<void> PluginSecrets::unset(const Manifest& manifest, std::string_view name)
{
    MORTISE_CHECK(require_secret(manifest, name));
    return m_store.set_secret(manifest.id, name, std::nullopt);
}

Result<SecretText> PluginSecrets::reveal(const Manifest& manifest, std::string_view name)
{
    MORTISE_CHECK(require_secret(manifest, name));
    MORTISE_TRY(const auto sealed, m_store.secret(manifest.id, name));
    if (!sealed)
        return Error{
            .code = ErrorCode::not_found,
            .message = "nobody has given " + manifest.id + " the secret \"" + std::string{name} + "\" yet",
            .key = "secrets.not_given",
            .where = std::string{name},
            .hint = "mortise settings " + manifest.id + " set " + std::string{name},
        };
    MORTISE_TRY(const SecretBox* sealing, box());
    return sealing->unseal(*sealed, purpose_of(manifest, name));
}

Result<std::vector<std::string>> PluginSecrets::given(std::string_view plugin)
{
    return m_store.secrets(plugin);
}

} // namespace mortise::host
