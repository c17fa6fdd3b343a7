#pragma once

/// \file
/// A server on loopback for one client after the other, plain and with TLS under an authority of its own. The
/// tests that use it link OpenSSL.

#include <arpa/inet.h>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace mortise::host {

/// An authority and certificates that it signed.
class TestAuthority {
public:
    TestAuthority()
    {
        m_certificate = make("Test authority", m_key.get(), nullptr, nullptr, "CA:TRUE", {}, 3600);
    }

    struct Server {
        std::shared_ptr<EVP_PKEY> key;
        std::shared_ptr<X509> certificate;
    };
    /// `names` is as in "DNS:localhost,IP:127.0.0.1".
    Server issue(const std::string& names, long seconds = 3600) const
    {
        const auto key = make_key();
        return {
            key, make("Test server", key.get(), m_certificate.get(), m_key.get(), "CA:FALSE", names, seconds)
        };
    }
    void write(const std::filesystem::path& file) const
    {
        FILE* out = std::fopen(file.c_str(), "w");
        PEM_write_X509(out, m_certificate.get());
        std::fclose(out);
    }

private:
    static std::shared_ptr<EVP_PKEY> make_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

    static std::shared_ptr<X509> make(
        const char* name,
        EVP_PKEY* key,
        X509* issuer,
        EVP_PKEY* signer,
        const char* is_authority,
        const std::string& names,
        long seconds
    )
    {
        static int serial = 1;
        const std::shared_ptr<X509> owned{X509_new(), X509_free};
        X509* made = owned.get();
        X509_set_version(made, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
        X509_gmtime_adj(X509_getm_notBefore(made), -86'400);
        X509_gmtime_adj(X509_getm_notAfter(made), seconds);
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(made),
            "CN",
            MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(name),
            -1,
            -1,
            0
        );
        X509_set_issuer_name(made, X509_get_subject_name(issuer ? issuer : made));
        X509_set_pubkey(made, key);
        X509V3_CTX context;
        X509V3_set_ctx(&context, issuer ? issuer : made, made, nullptr, nullptr, 0);
        const auto extend = [&](int what, const std::string& value) {
            X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
            X509_add_ext(made, extension, -1);
            X509_EXTENSION_free(extension);
        };
        extend(NID_basic_constraints, is_authority);
        if (!names.empty()) extend(NID_subject_alt_name, names);
        X509_sign(made, signer ? signer : key, EVP_sha256());
        return owned;
    }

    std::shared_ptr<EVP_PKEY> m_key{make_key()};
    std::shared_ptr<X509> m_certificate;
};

/// One accepted client. Blocking; ends of the client show as empty reads.
class TestPeer {
public:
    explicit TestPeer(int socket) noexcept : m_socket{socket} { }
    TestPeer(const TestPeer&) = delete;
    TestPeer& operator=(const TestPeer&) = delete;
    ~TestPeer()
    {
        if (m_tls) SSL_free(m_tls);
        ::close(m_socket);
    }

    bool start_tls(const TestAuthority::Server& as)
    {
        SSL_CTX* context = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(context, as.certificate.get());
        SSL_CTX_use_PrivateKey(context, as.key.get());
        m_tls = SSL_new(context);
        SSL_CTX_free(context);
        SSL_set_fd(m_tls, m_socket);
        return SSL_accept(m_tls) == 1;
    }
    std::string read()
    {
        char buffer[65'536];
        const auto size
            = m_tls ? SSL_read(m_tls, buffer, sizeof buffer) : ::recv(m_socket, buffer, sizeof buffer, 0);
        return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string{};
    }
    void write(std::string_view text)
    {
        if (m_tls)
            SSL_write(m_tls, text.data(), static_cast<int>(text.size()));
        else
            ::send(m_socket, text.data(), text.size(), MSG_NOSIGNAL);
    }
    void end_tls() { SSL_shutdown(m_tls); }

private:
    int m_socket;
    SSL* m_tls{nullptr};
};

class TestServer {
public:
    explicit TestServer(std::function<void(TestPeer&)> serve)
        : m_listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(m_listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(m_listener, 16);
        socklen_t size = sizeof address;
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
        m_thread = std::thread{[this, serve = std::move(serve)] {
            sigset_t broken_pipe; // OpenSSL's own sockets raise it when the client is gone
            ::sigemptyset(&broken_pipe);
            ::sigaddset(&broken_pipe, SIGPIPE);
            ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
            while (true) {
                const int client = ::accept(m_listener, nullptr, nullptr);
                if (client < 0) return;
                TestPeer peer{client};
                serve(peer);
            }
        }};
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;
    /// Waits for the client that is served.
    ~TestServer()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        ::close(m_listener);
    }
    std::uint16_t port() const noexcept { return m_port; }

private:
    int m_listener;
    std::uint16_t m_port{0};
    std::thread m_thread;
};

} // namespace mortise::host
