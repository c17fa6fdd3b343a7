#pragma once

/// \file
/// What all TLS connections with the same trust share: the certificates of authorities, and the rules.

#include <mortise/result.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

using SSL_CTX = struct ssl_ctx_st;

namespace mortise::host {

/// TLS 1.2 and later, certificates checked against the system's authorities and those of one more file.
/// Thread-safety: any thread.
class TlsContext {
public:
    /// `authorities` is a file of certificates in PEM, or empty. Errors: `net.authorities`.
    static Result<std::shared_ptr<const TlsContext>> make(const std::filesystem::path& authorities);
    explicit TlsContext(SSL_CTX* context) noexcept : m_context{context} { }
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;
    ~TlsContext();

    SSL_CTX* get() const noexcept { return m_context; }

private:
    SSL_CTX* m_context;
};

/// Makes each context once, and again when its file has changed. Thread-safety: any thread.
class TlsContexts {
public:
    Result<std::shared_ptr<const TlsContext>> find(const std::filesystem::path& authorities);

private:
    struct Made {
        std::filesystem::file_time_type changed;
        std::shared_ptr<const TlsContext> context;
    };

    std::mutex m_mutex; // guards what follows
    std::map<std::filesystem::path, Made> m_made;
};

/// The reasons that the library has noted on this thread, the first of them in words; takes them away.
std::string take_tls_reason();

} // namespace mortise::host
