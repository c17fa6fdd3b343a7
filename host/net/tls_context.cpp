#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <system_error>

namespace mortise::host {

std::string take_tls_reason()
{
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return "no reason is known";
    const char* reason = ERR_reason_error_string(code);
    return reason ? reason : "error " + std::to_string(code);
}

TlsContext::~TlsContext()
{
    SSL_CTX_free(m_context);
}

Result<std::shared_ptr<const TlsContext>> TlsContext::make(const std::filesystem::path& authorities)
{
    ERR_clear_error();
    SSL_CTX* raw = SSL_CTX_new(TLS_client_method());
    if (!raw)
        return Error{
            .code = ErrorCode::io,
            .message = "TLS cannot be used: " + take_tls_reason(),
            .key = "net.tls",
        };
    auto context = std::make_shared<const TlsContext>(raw);
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_default_verify_paths(raw);
    if (!authorities.empty() && SSL_CTX_load_verify_file(raw, authorities.c_str()) != 1)
        return Error{
            .code = ErrorCode::io,
            .message = "the authorities in " + authorities.native() + " cannot be used: " + take_tls_reason(),
            .key = "net.authorities",
            .where = "net.authorities",
            .hint = "the setting names a file of certificates in PEM that the host may read",
        };
    ERR_clear_error();
    return context;
}

Result<std::shared_ptr<const TlsContext>> TlsContexts::find(const std::filesystem::path& authorities)
{
    std::error_code failed;
    const auto changed = authorities.empty() ? std::filesystem::file_time_type{}
                                             : std::filesystem::last_write_time(authorities, failed);
    const std::scoped_lock lock{m_mutex};
    const auto found = m_made.find(authorities);
    if (!failed && found != m_made.end() && found->second.changed == changed) return found->second.context;
    MORTISE_TRY(auto context, TlsContext::make(authorities));
    m_made.insert_or_assign(authorities, Made{changed, context});
    return context;
}

} // namespace mortise::host
