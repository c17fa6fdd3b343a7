#include "blobs/blob_store.hpp"

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <span>
#include <sys/stat.h>

namespace mortise::host {

namespace {

constexpr std::size_t digest_letters = 64;
constexpr std::int64_t claim_lasts_us = 12LL * 3600 * 1'000'000;
constexpr std::size_t most_claims = 100'000;
constexpr std::string_view unfinished_prefix = "blob-";

Result<void> make_folder(const std::filesystem::path& folder)
{
    std::error_code failed;
    if (std::filesystem::create_directories(folder, failed)) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
        return sync_folder(folder.parent_path());
    }
    if (failed) return system_failure("make " + folder.native(), failed.value());
    return {};
}

std::optional<BlobFile> look_at(const std::filesystem::path& path)
{
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return BlobFile{
        path.filename().native(),
        static_cast<std::uint64_t>(status.st_size),
        Instant{status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000}
    };
}

} // namespace

bool is_blob_digest(std::string_view text) noexcept
{
    return text.size() == digest_letters
        && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

BlobWriter::BlobWriter(BlobStore& store, DiskFile file, std::filesystem::path path, std::uint64_t most)
    : m_store{&store},
      m_file{std::move(file)},
      m_path{std::move(path)},
      m_most{most}
{
}

BlobWriter::BlobWriter(BlobWriter&& other) noexcept
    : m_store{other.m_store},
      m_file{std::move(other.m_file)},
      m_path{std::exchange(other.m_path, {})},
      m_digest{other.m_digest},
      m_size{other.m_size},
      m_most{other.m_most}
{
}

BlobWriter::~BlobWriter()
{
    std::error_code ignored;
    if (!m_path.empty()) std::filesystem::remove(m_path, ignored);
}

Result<void> BlobWriter::write(std::string_view bytes)
{
    if (m_path.empty())
        return Error{
            .code = ErrorCode::state, .message = "the file is finished already", .key = "blobs.finished"
        };
    if (bytes.size() > m_most - m_size)
        return Error{
            .code = ErrorCode::limit,
            .message = "the file is larger than " + std::to_string(m_most) + " bytes",
            .key = "blobs.too_large",
            .where = {},
            .hint = "keep it elsewhere and refer to it by its address, or ask an admin to allow more",
        };
    MORTISE_CHECK(m_file.write(bytes));
    m_digest.add(std::as_bytes(std::span{bytes}));
    m_size += bytes.size();
    return {};
}

Result<BlobFile> BlobWriter::finish(std::string_view claimant)
{
    if (m_path.empty())
        return Error{
            .code = ErrorCode::state, .message = "the file is finished already", .key = "blobs.finished"
        };
    MORTISE_CHECK(m_file.sync());
    const Digest digest = m_digest.finish();
    MORTISE_TRY(BlobFile kept, m_store->keep(m_path, hex(digest), claimant));
    m_path.clear();
    return kept;
}

BlobStore::BlobStore(std::filesystem::path folder, std::filesystem::path unfinished)
    : m_folder{std::move(folder)},
      m_unfinished{std::move(unfinished)}
{
}

BlobStore::~BlobStore() = default;

Result<std::unique_ptr<BlobStore>>
BlobStore::open(std::filesystem::path folder, std::filesystem::path unfinished)
{
    MORTISE_CHECK(make_folder(folder));
    MORTISE_CHECK(make_folder(unfinished));
    std::error_code ignored;
    for (const auto& left : std::filesystem::directory_iterator{unfinished, ignored})
        if (left.path().filename().native().starts_with(unfinished_prefix))
            std::filesystem::remove(left.path(), ignored);
    return std::unique_ptr<BlobStore>{new BlobStore{std::move(folder), std::move(unfinished)}};
}

std::filesystem::path BlobStore::path_of(std::string_view digest) const
{
    return m_folder / digest.substr(0, 2) / digest;
}

Result<BlobWriter> BlobStore::begin(std::uint64_t most)
{
    std::array<std::byte, 8> name{};
    random_bytes(name);
    std::filesystem::path path = m_unfinished / (std::string{unfinished_prefix} + hex(name));
    MORTISE_TRY(DiskFile file, DiskFile::create(path, 0600));
    return BlobWriter{*this, std::move(file), std::move(path), most};
}

Result<BlobFile>
BlobStore::keep(const std::filesystem::path& unfinished, std::string digest, std::string_view claimant)
{
    const std::filesystem::path path = path_of(digest);
    const std::scoped_lock lock{m_mutex};
    std::error_code failed;
    if (look_at(path)) { // somebody had the same: it is new again, so that nobody collects it
        if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) != 0)
            return system_failure("touch " + path.native(), errno);
        std::filesystem::remove(unfinished, failed);
    } else {
        MORTISE_CHECK(make_folder(path.parent_path()));
        std::filesystem::rename(unfinished, path, failed);
        if (failed) return system_failure("name " + path.native(), failed.value());
        MORTISE_CHECK(sync_folder(path.parent_path()));
    }
    const auto kept = look_at(path);
    if (!kept) return system_failure("look at " + path.native(), errno);
    const Instant now = system_clock_source().now();
    if (m_claims.size() >= most_claims)
        std::erase_if(m_claims, [&](const auto& claim) {
            return claim.second.microseconds + claim_lasts_us < now.microseconds;
        });
    if (m_claims.size() >= most_claims)
        return Error{
            .code = ErrorCode::busy,
            .message = "more than " + std::to_string(most_claims) + " files were handed in within half a day",
            .key = "blobs.busy",
            .where = {},
            .hint = "try again later",
        };
    m_claims.insert_or_assign({std::string{claimant}, std::move(digest)}, now);
    return *kept;
}

Result<DiskFile> BlobStore::read(std::string_view digest) const
{
    if (!is_blob_digest(digest) || !look_at(path_of(digest)))
        return Error{
            .code = ErrorCode::not_found,
            .message = "the contents of the file are gone from the data folder",
            .key = "blobs.missing",
            .where = std::string{digest},
            .hint = "restore the folder blobs from a backup; \"mortise verify\" lists what is missing",
        };
    return DiskFile::open(path_of(digest));
}

std::optional<std::uint64_t> BlobStore::size_of(std::string_view digest) const
{
    if (!is_blob_digest(digest)) return std::nullopt;
    const auto found = look_at(path_of(digest));
    return found ? std::optional{found->size} : std::nullopt;
}

Result<std::vector<BlobFile>> BlobStore::list() const
{
    std::vector<BlobFile> files;
    std::error_code failed;
    std::filesystem::recursive_directory_iterator walk{m_folder, failed};
    for (; !failed && walk != std::filesystem::recursive_directory_iterator{}; walk.increment(failed)) {
        if (!is_blob_digest(walk->path().filename().native())) continue;
        if (auto file = look_at(walk->path())) files.push_back(*std::move(file));
    }
    if (failed) return system_failure("read " + m_folder.native(), failed.value());
    std::ranges::sort(files, {}, &BlobFile::digest);
    return files;
}

bool BlobStore::is_claimed(std::string_view claimant, std::string_view digest) const
{
    const std::scoped_lock lock{m_mutex};
    const auto claim = m_claims.find(std::pair{std::string{claimant}, std::string{digest}});
    return claim != m_claims.end()
        && claim->second.microseconds + claim_lasts_us >= system_clock_source().now().microseconds;
}

BlobStore::Hold BlobStore::hold()
{
    const std::scoped_lock lock{m_mutex};
    Hold hold = m_hold.lock();
    if (!hold) {
        hold = std::make_shared<int>();
        m_hold = hold;
    }
    return hold;
}

Result<void> BlobStore::remove(std::string_view digest)
{
    if (!is_blob_digest(digest)) return {};
    const std::filesystem::path path = path_of(digest);
    const std::scoped_lock lock{m_mutex};
    std::erase_if(m_claims, [&](const auto& claim) { return claim.first.second == digest; });
    std::error_code failed;
    if (!std::filesystem::remove(path, failed)) {
        if (failed) return system_failure("remove " + path.native(), failed.value());
        return {};
    }
    return sync_folder(path.parent_path());
}

Result<bool> BlobStore::collect(std::string_view digest, Instant before)
{
    if (!is_blob_digest(digest)) return false;
    const std::filesystem::path path = path_of(digest);
    const std::scoped_lock lock{m_mutex};
    const auto file = look_at(path);
    if (!file || !(file->touched < before) || !m_hold.expired()) return false;
    std::error_code failed;
    std::filesystem::remove(path, failed);
    if (failed) return system_failure("remove " + path.native(), failed.value());
    return true;
}

} // namespace mortise::host
