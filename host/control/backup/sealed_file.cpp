#include "control/backup/sealed_file.hpp"

#include "base/disk_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <sodium.h>
#include <span>
#include <vector>

namespace mortise::host {
namespace {

constexpr std::string_view magic = "mortise-sealed\n\x1a"; // 16 bytes
static_assert(magic.size() == 16);
constexpr unsigned char sealed_format = 1;
constexpr std::size_t piece = 65'536;
constexpr std::size_t shortest_key_file = 16;
constexpr std::size_t shortest_passphrase = 8;
constexpr std::size_t longest_key = 65'536;
/// What a changed head may make us spend.
constexpr std::uint64_t most_steps = 16;
constexpr std::uint64_t most_memory = std::uint64_t{1} << 30;

/// The head of the file, every byte of which each piece is bound to.
struct Head {
    static constexpr std::size_t kind_at = 17;
    static constexpr std::size_t steps_at = 24;
    static constexpr std::size_t memory_at = 32;
    static constexpr std::size_t salt_at = 40;
    static constexpr std::size_t stream_at = 56;
    static constexpr std::size_t size = stream_at + crypto_secretstream_xchacha20poly1305_HEADERBYTES;
    static_assert(crypto_pwhash_SALTBYTES == stream_at - salt_at);

    std::array<unsigned char, size> bytes{};

    std::uint64_t number(std::size_t at) const
    {
        std::uint64_t value = 0;
        for (std::size_t i = 8; i-- > 0;)
            value = value << 8U | bytes[at + i];
        return value;
    }
    void set_number(std::size_t at, std::uint64_t value)
    {
        for (std::size_t i = 0; i < 8; ++i)
            bytes[at + i] = static_cast<unsigned char>(value >> (8 * i));
    }
};

/// libsodium asks for it before anything else of it is called.
Result<void> ready()
{
    if (sodium_init() >= 0) return {};
    return Error{
        ErrorCode::io,
        "the system gives no random numbers, so that nothing can be encrypted",
        "backup.key",
        {},
        {}
    };
}

using StreamKey = std::array<unsigned char, crypto_secretstream_xchacha20poly1305_KEYBYTES>;

/// Overwrites it at its end.
struct Wiped {
    StreamKey key{};

    Wiped() = default;
    Wiped(Wiped&& other) noexcept : key{other.key} { wipe(other.key.data(), other.key.size()); }
    Wiped& operator=(Wiped&&) = delete;
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { wipe(key.data(), key.size()); }
};

/// The state of a stream, which holds its key.
struct Stream {
    crypto_secretstream_xchacha20poly1305_state state{};

    Stream() = default;
    Stream(Stream&&) = delete;
    Stream& operator=(Stream&&) = delete;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { wipe(&state, sizeof state); }
};

Error damaged(const std::filesystem::path& file, std::string what)
{
    return {
        ErrorCode::invalid,
        file.native() + " cannot be used: " + std::move(what),
        "backup.damaged",
        file.native(),
        "take the key that it was made with, or another backup; nothing was changed"
    };
}

bool is_cancelled(const BackupProgress& progress)
{
    return progress.cancel != nullptr && progress.cancel->load(std::memory_order_relaxed);
}

Error cancelled()
{
    return {ErrorCode::cancelled, "stopped, and nothing was changed", "backup.cancelled", {}, {}};
}

Result<Wiped> stream_key(const Head& head, const BackupKey& key)
{
    Wiped derived;
    const std::string_view secret = key.secret.view();
    const unsigned char* salt = head.bytes.data() + Head::salt_at;
    int failed = 0;
    if (key.kind == BackupKey::Kind::file)
        failed = crypto_generichash(
            derived.key.data(),
            derived.key.size(),
            reinterpret_cast<const unsigned char*>(secret.data()),
            secret.size(),
            salt,
            crypto_pwhash_SALTBYTES
        );
    else
        failed = crypto_pwhash(
            derived.key.data(),
            derived.key.size(),
            secret.data(),
            secret.size(),
            salt,
            head.number(Head::steps_at),
            static_cast<std::size_t>(head.number(Head::memory_at)),
            crypto_pwhash_ALG_ARGON2ID13
        );
    if (failed != 0)
        return Error{
            ErrorCode::limit,
            "there is not enough memory to make a key of the passphrase",
            "backup.key",
            {},
            "free some memory, or use a key file"
        };
    return derived;
}

Head fresh_head(BackupKey::Kind kind)
{
    Head head;
    std::memcpy(head.bytes.data(), magic.data(), magic.size());
    head.bytes[magic.size()] = sealed_format;
    head.bytes[Head::kind_at] = static_cast<unsigned char>(kind);
    if (kind == BackupKey::Kind::passphrase) {
        head.set_number(Head::steps_at, crypto_pwhash_OPSLIMIT_MODERATE);
        head.set_number(Head::memory_at, crypto_pwhash_MEMLIMIT_MODERATE);
    }
    randombytes_buf(head.bytes.data() + Head::salt_at, crypto_pwhash_SALTBYTES);
    return head;
}

Result<Head> read_head(const std::filesystem::path& path, const DiskFile& file, BackupKey::Kind kind)
{
    Head head;
    MORTISE_TRY(
        const std::size_t read,
        file.read_at(0, {reinterpret_cast<char*>(head.bytes.data()), head.bytes.size()})
    );
    if (read < magic.size() || std::memcmp(head.bytes.data(), magic.data(), magic.size()) != 0)
        return damaged(path, "it is no encrypted backup of mortise");
    if (read < head.bytes.size()) return damaged(path, "it was cut");
    if (head.bytes[magic.size()] > sealed_format)
        return Error{
            ErrorCode::unsupported,
            path.native() + " was written by a newer mortise: it has format "
                + std::to_string(head.bytes[magic.size()]) + " of encryption when this one reads up to "
                + std::to_string(sealed_format),
            "backup.newer",
            path.native(),
            "restore it with the mortise that wrote it, or a newer one"
        };
    const unsigned char made_with = head.bytes[Head::kind_at];
    if (made_with != 1 && made_with != 2) return damaged(path, "its head was changed");
    if (made_with != static_cast<unsigned char>(kind))
        return Error{
            ErrorCode::invalid,
            path.native() + " was encrypted with a " + (made_with == 1 ? "key file" : "passphrase"),
            "backup.key",
            path.native(),
            made_with == 1 ? "name it with --key-file" : "give it with --passphrase-file"
        };
    const std::uint64_t steps = head.number(Head::steps_at);
    const std::uint64_t memory = head.number(Head::memory_at);
    if (steps > most_steps || memory > most_memory
        || (made_with == 2 && (steps < crypto_pwhash_OPSLIMIT_MIN || memory < crypto_pwhash_MEMLIMIT_MIN)))
        return damaged(path, "its head was changed");
    return head;
}

} // namespace

Result<BackupKey> make_backup_key(BackupKey::Kind kind, std::string secret)
{
    const bool is_file = kind == BackupKey::Kind::file;
    const std::size_t size = secret.size();
    BackupKey key{kind, SecretText{std::move(secret)}};
    const std::size_t shortest = is_file ? shortest_key_file : shortest_passphrase;
    if (size >= shortest && size <= longest_key) return key;
    return Error{
        ErrorCode::invalid,
        std::string{is_file ? "the key file" : "the passphrase"} + " has " + std::to_string(size)
            + " bytes when it takes " + std::to_string(shortest) + " to " + std::to_string(longest_key),
        "backup.key",
        {},
        is_file ? "make one with: head -c 32 /dev/urandom > FILE" : "take several words"
    };
}

Result<BackupKey> read_backup_key(const std::filesystem::path& file, BackupKey::Kind kind)
{
    MORTISE_TRY(const DiskFile opened, DiskFile::open(file));
    MORTISE_CHECK(opened.size()); // refuses what is no regular file and may have no end
    std::string secret(longest_key + 1, '\0'); // one more, so that what is too long is told
    MORTISE_TRY(const std::size_t read, opened.read_at(0, secret));
    secret.resize(read);
    if (kind == BackupKey::Kind::passphrase)
        while (secret.ends_with('\n') || secret.ends_with('\r'))
            secret.pop_back();
    return make_backup_key(kind, std::move(secret));
}

Result<bool> is_sealed(const std::filesystem::path& file)
{
    MORTISE_TRY(const DiskFile opened, DiskFile::open(file));
    std::array<char, magic.size()> begin{};
    MORTISE_TRY(const std::size_t read, opened.read_at(0, begin));
    return std::string_view{begin.data(), read} == magic;
}

Result<void> seal_file(
    const std::filesystem::path& plain,
    const std::filesystem::path& sealed,
    const BackupKey& key,
    const BackupProgress& progress
)
{
    MORTISE_CHECK(ready());
    MORTISE_TRY(const DiskFile source, DiskFile::open(plain));
    MORTISE_TRY(const std::uint64_t size, source.size());
    MORTISE_TRY(DiskFile target, DiskFile::create(sealed, 0600));
    Head head = fresh_head(key.kind);
    MORTISE_TRY(const Wiped derived, stream_key(head, key));
    Stream stream;
    crypto_secretstream_xchacha20poly1305_init_push(
        &stream.state, head.bytes.data() + Head::stream_at, derived.key.data()
    );
    MORTISE_CHECK(target.write({reinterpret_cast<const char*>(head.bytes.data()), head.bytes.size()}));
    std::vector<char> bytes(piece);
    std::vector<unsigned char> out(piece + crypto_secretstream_xchacha20poly1305_ABYTES);
    for (std::uint64_t done = 0;;) {
        if (is_cancelled(progress)) return cancelled();
        MORTISE_TRY(const std::size_t count, source.read_at(done, bytes));
        done += count;
        const bool is_last = done >= size || count == 0;
        unsigned long long written = 0;
        crypto_secretstream_xchacha20poly1305_push(
            &stream.state,
            out.data(),
            &written,
            reinterpret_cast<const unsigned char*>(bytes.data()),
            count,
            head.bytes.data(),
            head.bytes.size(),
            is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0
        );
        MORTISE_CHECK(
            target.write({reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(written)})
        );
        if (progress.on_bytes) progress.on_bytes(done, size);
        if (is_last) break;
    }
    return target.sync();
}

Result<void> unseal_file(
    const std::filesystem::path& sealed,
    const BackupKey& key,
    const BackupProgress& progress,
    const std::function<Result<void>(std::string_view bytes)>& take
)
{
    MORTISE_CHECK(ready());
    MORTISE_TRY(const DiskFile file, DiskFile::open(sealed));
    MORTISE_TRY(const std::uint64_t size, file.size());
    MORTISE_TRY(const Head head, read_head(sealed, file, key.kind));
    MORTISE_TRY(const Wiped derived, stream_key(head, key));
    Stream stream;
    if (crypto_secretstream_xchacha20poly1305_init_pull(
            &stream.state, head.bytes.data() + Head::stream_at, derived.key.data()
        )
        != 0)
        return damaged(sealed, "its head was changed");
    std::vector<char> in(piece + crypto_secretstream_xchacha20poly1305_ABYTES);
    std::vector<unsigned char> bytes(piece);
    for (std::uint64_t done = Head::size;;) {
        if (is_cancelled(progress)) return cancelled();
        MORTISE_TRY(const std::size_t count, file.read_at(done, in));
        if (count < crypto_secretstream_xchacha20poly1305_ABYTES)
            return damaged(sealed, "its end is missing");
        unsigned long long opened = 0;
        unsigned char tag = 0;
        if (crypto_secretstream_xchacha20poly1305_pull(
                &stream.state,
                bytes.data(),
                &opened,
                &tag,
                reinterpret_cast<const unsigned char*>(in.data()),
                count,
                head.bytes.data(),
                head.bytes.size()
            )
            != 0)
            return damaged(sealed, "it was changed, or the key is another");
        done += count;
        MORTISE_CHECK(take({reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(opened)}));
        if (progress.on_bytes) progress.on_bytes(done, size);
        if (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) continue;
        return done == size ? Result<void>{} : damaged(sealed, "there is something behind its end");
    }
}

Result<void> unseal_file(
    const std::filesystem::path& sealed,
    const std::filesystem::path& plain,
    const BackupKey& key,
    const BackupProgress& progress
)
{
    MORTISE_TRY(DiskFile target, DiskFile::create(plain, 0600));
    auto done
        = unseal_file(sealed, key, progress, [&](std::string_view bytes) { return target.write(bytes); });
    if (done) done = target.sync();
    if (done) return done;
    std::error_code ignored;
    std::filesystem::remove(plain, ignored);
    return done;
}

} // namespace mortise::host
