#include "net/tls_session.hpp"

#include "net/resolve.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

namespace mortise::host {

namespace {

constexpr std::size_t chunk = 16'384;

std::string name_text(const X509_NAME* name)
{
    BIO* out = BIO_new(BIO_s_mem());
    X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    char* text = nullptr;
    const long size = BIO_get_mem_data(out, &text);
    std::string found{text, static_cast<std::size_t>(size)};
    BIO_free(out);
    return found;
}

std::string fingerprint(const X509* certificate)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text += digits[digest[i] >> 4U];
        text += digits[digest[i] & 15U];
    }
    return text;
}

Value time_of(const ASN1_TIME* time)
{
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return Instant{static_cast<std::int64_t>(::timegm(&parts)) * 1'000'000};
}

} // namespace

Result<std::unique_ptr<TlsSession>> TlsSession::open(
    int socket,
    const std::shared_ptr<const TlsContext>& context,
    const std::string& name,
    const NetPatience& patience,
    std::string_view where
)
{
    ERR_clear_error();
    auto session = std::make_unique<TlsSession>(socket, context, SSL_new(context->get()), where);
    SSL* raw = session->m_session;
    if (!raw)
        return Error{.code = ErrorCode::io, .message = "TLS failed: " + take_tls_reason(), .key = "net.tls"};
    SSL_set_bio(raw, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    const bool is_address = !numeric_address(name, 0).empty();
    const bool is_set = is_address
        ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(raw), name.c_str()) == 1
        : SSL_set1_host(raw, name.c_str()) == 1 && SSL_set_tlsext_host_name(raw, name.c_str()) == 1;
    if (!is_set)
        return Error{
            .code = ErrorCode::invalid,
            .message = '"' + name + "\" cannot be the name in a certificate",
            .key = "net.certificate",
            .where = "server_name",
        };
    SSL_set_hostflags(raw, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    MORTISE_CHECK(session->handshake(patience, name));
    return session;
}

TlsSession::TlsSession(
    int socket, std::shared_ptr<const TlsContext> context, SSL* session, std::string_view where
)
    : m_socket{socket},
      m_context{std::move(context)},
      m_session{session},
      m_where{where}
{
}

TlsSession::~TlsSession()
{
    SSL_free(m_session);
}

Result<void> TlsSession::handshake(const NetPatience& patience, const std::string& name)
{
    while (true) {
        ERR_clear_error();
        const int done = SSL_connect(m_session);
        const int why = SSL_get_error(m_session, done);
        if (done != 1 && why != SSL_ERROR_WANT_READ) {
            Error error = handshake_error(name);
            static_cast<void>(send_out(patience)); // the other side is told why
            return error;
        }
        MORTISE_CHECK(send_out(patience));
        if (done == 1) return {};
        MORTISE_TRY(const bool goes_on, take_in(patience));
        if (!goes_on) return lost("ended it while keys were agreed on");
    }
}

Error TlsSession::handshake_error(const std::string& name) const
{
    const long verdict = SSL_get_verify_result(m_session);
    const std::string reason = take_tls_reason();
    if (verdict != X509_V_OK)
        return {
            .code = ErrorCode::io,
            .message = "the certificate of " + m_where + " is not good for " + name + ": "
                + X509_verify_cert_error_string(verdict),
            .key = "net.certificate",
            .where = m_where,
            .hint
            = "if it is one of your own, name the file with its authority in the setting net.authorities",
        };
    return {
        .code = ErrorCode::io,
        .message = m_where + " does not agree on TLS: " + reason,
        .key = "net.tls",
        .where = m_where,
        .hint = "see whether this port speaks TLS from the first byte, or wants it after STARTTLS",
    };
}

Error TlsSession::lost(std::string why) const
{
    return {
        .code = ErrorCode::io,
        .message = "the connection to " + m_where + " broke: the other side " + std::move(why),
        .key = "net.lost",
        .where = m_where,
    };
}

Result<void> TlsSession::send_out(const NetPatience& patience)
{
    std::array<char, chunk> buffer{};
    BIO* out = SSL_get_wbio(m_session);
    while (BIO_ctrl_pending(out) > 0) {
        const int size = BIO_read(out, buffer.data(), static_cast<int>(buffer.size()));
        for (std::size_t sent = 0; sent < static_cast<std::size_t>(size);) {
            const ssize_t part
                = ::send(m_socket, buffer.data() + sent, static_cast<std::size_t>(size) - sent, MSG_NOSIGNAL);
            if (part > 0) {
                sent += static_cast<std::size_t>(part);
                continue;
            }
            if (errno == EINTR) continue;
            if (errno != EAGAIN) return lost(std::string{"does not take any more: "} + std::strerror(errno));
            if (const NetReady ready = wait_ready(m_socket, POLLOUT, patience); ready != NetReady::yes)
                return net_not_ready(ready, "writing to", m_where);
        }
    }
    return {};
}

/// Takes what the socket has, without waiting; true if it had something.
bool TlsSession::take_in_now()
{
    std::array<char, chunk> buffer{};
    const ssize_t size = ::recv(m_socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    BIO_write(SSL_get_rbio(m_session), buffer.data(), static_cast<int>(size));
    return true;
}

Result<bool> TlsSession::take_in(const NetPatience& patience)
{
    while (true) {
        std::array<char, chunk> buffer{};
        const ssize_t size = ::recv(m_socket, buffer.data(), buffer.size(), 0);
        if (size > 0) {
            BIO_write(SSL_get_rbio(m_session), buffer.data(), static_cast<int>(size));
            return true;
        }
        if (size == 0) return false;
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return lost(std::string{"is gone: "} + std::strerror(errno));
        if (const NetReady ready = wait_ready(m_socket, POLLIN, patience); ready != NetReady::yes)
            return net_not_ready(ready, "reading from", m_where);
    }
}

Result<std::size_t> TlsSession::read(std::span<std::byte> into, const NetPatience& patience)
{
    while (true) {
        ERR_clear_error();
        std::size_t size = 0;
        const int done = SSL_read_ex(m_session, into.data(), into.size(), &size);
        const int why = SSL_get_error(m_session, done);
        if (done == 1) return size;
        if (why == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
        if (why != SSL_ERROR_WANT_READ) return lost("sent what is no TLS: " + take_tls_reason());
        MORTISE_CHECK(send_out(patience)); // keys may have been changed
        MORTISE_TRY(const bool goes_on, take_in(patience));
        if (!goes_on) return lost("ended it without the farewell of TLS: what came before may be cut off");
    }
}

Result<void> TlsSession::write(std::span<const std::byte> data, const NetPatience& patience)
{
    while (!data.empty()) {
        ERR_clear_error();
        std::size_t taken = 0;
        const std::size_t size = std::min(data.size(), chunk);
        if (SSL_write_ex(m_session, data.data(), size, &taken) != 1)
            return lost("has ended TLS: " + take_tls_reason());
        data = data.subspan(taken);
        MORTISE_CHECK(send_out(patience));
    }
    return {};
}

bool TlsSession::has_pending()
{
    std::byte one{};
    std::size_t size = 0;
    while (true) {
        ERR_clear_error();
        const int done = SSL_peek_ex(m_session, &one, 1, &size);
        if (done == 1) return true;
        if (SSL_get_error(m_session, done) != SSL_ERROR_WANT_READ) return true; // `read` will tell what it is
        if (!take_in_now()) return false;
    }
}

void TlsSession::end() noexcept
{
    ERR_clear_error();
    SSL_shutdown(m_session);
    std::array<char, 512> buffer{};
    const int size = BIO_read(SSL_get_wbio(m_session), buffer.data(), static_cast<int>(buffer.size()));
    if (size > 0)
        static_cast<void>(
            ::send(m_socket, buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT)
        );
    ERR_clear_error();
}

Map TlsSession::facts() const
{
    Map facts{
        {"version", std::string{SSL_get_version(m_session)}},
        {"cipher", std::string{SSL_get_cipher_name(m_session)}},
    };
    if (const X509* certificate = SSL_get0_peer_certificate(m_session)) {
        facts.append("subject", name_text(X509_get_subject_name(certificate)));
        facts.append("issuer", name_text(X509_get_issuer_name(certificate)));
        facts.append("until", time_of(X509_get0_notAfter(certificate)));
        facts.append("sha256", fingerprint(certificate));
    }
    return facts;
}

} // namespace mortise::host
