#include "access/secret_box.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sodium.h>
#include <span>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::host {

namespace {

static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr mode_t own_mode = 0600;

const unsigned char* raw(std::string_view text) noexcept
{
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) noexcept
{
    return reinterpret_cast<unsigned char*>(text.data());
}

Error key_error(
    ErrorCode code, std::string name, std::string message, const std::filesystem::path& file, std::string hint
)
{
    return {
        .code = code,
        .message = std::move(message),
        .key = "secrets." + std::move(name),
        .where = file.string(),
        .hint = std::move(hint),
    };
}

Error disk_error(std::string_view what, const std::filesystem::path& file)
{
    return key_error(
        ErrorCode::io,
        "key_file",
        "cannot " + std::string{what} + " the key of secrets: " + std::strerror(errno),
        file,
        {}
    );
}

/// Makes the file all at once: a process that ends meanwhile leaves none, or a whole one.
Result<void> make_key(const std::filesystem::path& file)
{
    std::array<std::byte, 32> key{};
    random_bytes(key);
    std::string aside = file.string() + ".XXXXXX";
    const int descriptor = ::mkostemp(aside.data(), O_CLOEXEC); // mode 0600
    if (descriptor < 0) return disk_error("make", file);
    const bool is_written = ::write(descriptor, key.data(), key.size()) == static_cast<ssize_t>(key.size())
        && ::fsync(descriptor) == 0;
    sodium_memzero(key.data(), key.size());
    ::close(descriptor);
    const bool is_there = is_written && (::link(aside.c_str(), file.c_str()) == 0 || errno == EEXIST);
    const int reason = errno;
    ::unlink(aside.c_str());
    errno = reason;
    if (!is_there) return disk_error("make", file);
    const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_flushed = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) ::close(folder);
    return is_flushed ? Result<void>{} : disk_error("flush the folder of", file);
}

} // namespace

void wipe(std::string& text) noexcept
{
    sodium_memzero(text.data(), text.size());
    text.clear();
}

void wipe(void* memory, std::size_t size) noexcept
{
    sodium_memzero(memory, size);
}

// NOLINTNEXTLINE(performance-move-constructor-init): what is moved from is wiped, which takes its bytes
SecretText::SecretText(SecretText&& other) noexcept : m_text{other.m_text}
{
    wipe(other.m_text); // a short text lies in the object itself, and would stay there
}

SecretText& SecretText::operator=(SecretText&& other) noexcept
{
    if (this == &other) return *this;
    wipe(m_text);
    m_text = other.m_text;
    wipe(other.m_text);
    return *this;
}

SecretText::~SecretText()
{
    wipe(m_text);
}

SecretBox::~SecretBox()
{
    sodium_memzero(m_key.data(), m_key.size());
}

Result<SecretBox> SecretBox::open(const std::filesystem::path& key_file)
{
    if (sodium_init() < 0) return disk_error("use", key_file);
    int descriptor = ::open(key_file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 && errno == ENOENT) {
        MORTISE_CHECK(make_key(key_file));
        descriptor = ::open(key_file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (descriptor < 0) return disk_error("open", key_file);
    struct stat facts{};
    std::array<unsigned char, 33> bytes{};
    const bool is_read = ::fstat(descriptor, &facts) == 0;
    const ssize_t size = is_read ? ::read(descriptor, bytes.data(), bytes.size()) : -1;
    ::close(descriptor);
    if (size < 0) return disk_error("read", key_file);
    if ((facts.st_mode & 077U) != 0)
        return key_error(
            ErrorCode::denied,
            "key_exposed",
            "others may read the key of secrets",
            key_file,
            "run \"chmod 600 " + key_file.string() + "\"; whoever has read it can open every secret"
        );
    if (size != 32)
        return key_error(
            ErrorCode::invalid,
            "key_damaged",
            "the key of secrets has " + std::to_string(size) + " bytes instead of 32",
            key_file,
            "put its copy from the backup there; without it, remove the file and set every secret again"
        );
    Key key{};
    std::copy_n(bytes.begin(), key.size(), key.begin());
    sodium_memzero(bytes.data(), bytes.size());
    SecretBox box{key};
    sodium_memzero(key.data(), key.size());
    return box;
}

std::string SecretBox::seal(std::string_view secret, std::string_view purpose) const
{
    std::string sealed(nonce_bytes + secret.size() + tag_bytes, '\0');
    random_bytes(std::as_writable_bytes(std::span{sealed}.first(nonce_bytes)));
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        raw(sealed) + nonce_bytes,
        nullptr,
        raw(secret),
        secret.size(),
        raw(purpose),
        purpose.size(),
        nullptr,
        raw(sealed),
        m_key.data()
    );
    return sealed;
}

Result<SecretText> SecretBox::unseal(std::string_view sealed, std::string_view purpose) const
{
    const Error refused{
        .code = ErrorCode::invalid,
        .message = "the secret of " + std::string{purpose} + " was sealed with another key, or was changed",
        .key = "secrets.sealed_otherwise",
        .where = std::string{purpose},
        .hint = "put the key that belongs to this database back, or set the secret again",
    };
    if (sealed.size() < nonce_bytes + tag_bytes) return refused;
    std::string opened(sealed.size() - nonce_bytes - tag_bytes, '\0');
    const int done = crypto_aead_xchacha20poly1305_ietf_decrypt(
        raw(opened),
        nullptr,
        nullptr,
        raw(sealed) + nonce_bytes,
        sealed.size() - nonce_bytes,
        raw(purpose),
        purpose.size(),
        raw(sealed),
        m_key.data()
    );
    if (done != 0) return refused;
    SecretText secret{opened};
    wipe(opened);
    return secret;
}

} // namespace mortise::host
