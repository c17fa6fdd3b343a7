#pragma once

/// \file
/// Files of records (`mortise.blobs/1`): `put_file` hands contents in, `FileReader` reads those of a record.
/// Include it where you need it: it is no part of plugin.hpp. A handler, a command or a job may use it.

#include <mortise/abi/blobs.h>
#include <mortise/host.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mortise {

namespace detail {

/// An open file of the host's; closed when it is destroyed.
class FileHandle {
public:
    explicit FileHandle(const Tables& tables) noexcept
        : m_tables{tables},
          m_blobs{reinterpret_cast<const mortise_blobs*>(tables.find(MORTISE_BLOBS_ID))}
    {
    }
    FileHandle(FileHandle&& other) noexcept
        : m_tables{other.m_tables},
          m_blobs{other.m_blobs},
          m_number{std::exchange(other.m_number, 0)}
    {
    }
    FileHandle& operator=(FileHandle&& other) noexcept
    {
        std::swap(m_tables, other.m_tables);
        std::swap(m_blobs, other.m_blobs);
        std::swap(m_number, other.m_number);
        return *this;
    }
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;
    ~FileHandle()
    {
        if (m_number != 0 && m_blobs != nullptr)
            static_cast<void>(m_blobs->close(m_tables.self, m_number, nullptr));
    }

    template <class Function, class... Arguments>
    Result<void> call(Function mortise_blobs::* function, Arguments... arguments) const
    {
        return detail::call(m_tables, m_blobs, MORTISE_BLOBS_ID, function, arguments...);
    }
    std::uint64_t number() const noexcept { return m_number; }
    std::uint64_t& number() noexcept { return m_number; }

private:
    Tables m_tables;
    const mortise_blobs* m_blobs;
    std::uint64_t m_number{0};
};

} // namespace detail

/// Contents that come in pieces; gone with it unless `finish` was called. Errors: `blobs.open`,
/// `blobs.too_large`, `blobs.closed`, and what the disk says.
class FileWriter {
public:
    static Result<FileWriter> begin(const Host& host)
    {
        FileWriter writer{host.tables()};
        std::uint64_t* number = &writer.m_file.number();
        MORTISE_CHECK(writer.m_file.call(&mortise_blobs::begin, number));
        return writer;
    }

    Result<void> write(std::string_view data)
    {
        constexpr std::size_t most = 262'144;
        while (!data.empty()) {
            const auto bytes = std::as_bytes(std::span{data.substr(0, most)});
            MORTISE_TRY(const ValueBlock block, encode(Value{Bytes{bytes.begin(), bytes.end()}}));
            MORTISE_CHECK(m_file.call(&mortise_blobs::write, m_file.number(), block.tree()));
            data.remove_prefix(bytes.size());
        }
        return {};
    }

    /// Gives the value of a field of the kind `file`: a map of digest, name, size and type. For half a day
    /// records that the plugin writes may refer to it. `name` is without a folder; `type` a media type, empty
    /// for application/octet-stream.
    Result<Value> finish(std::string_view name, std::string_view type = {})
    {
        Value reference;
        detail::CallbackSink sink{[&reference](ValueView value) {
            reference = value.value();
            return true;
        }};
        auto done = m_file.call(
            &mortise_blobs::finish, m_file.number(), detail::as_text(name), detail::as_text(type), sink.sink()
        );
        sink.rethrow();
        if (!done) return std::move(done).error();
        m_file.number() = 0; // the host has closed it
        return reference;
    }

private:
    explicit FileWriter(const detail::Tables& tables) noexcept : m_file{tables} { }

    detail::FileHandle m_file;
};

/// Hands contents in that are in memory: begin, write, finish.
inline Result<Value>
put_file(const Host& host, std::string_view name, std::string_view type, std::string_view contents)
{
    MORTISE_TRY(FileWriter writer, FileWriter::begin(host));
    MORTISE_CHECK(writer.write(contents));
    return writer.finish(name, type);
}

/// The file of a record, open for reading. Later changes of the record do not change what is read. Errors:
/// not_found, `records.no_file`, `records.no_file_field`, `blobs.missing`, `blobs.open`.
class FileReader {
public:
    static Result<FileReader> open(const Host& host, std::string_view type, Id record, std::string_view field)
    {
        FileReader reader{host.tables()};
        std::uint64_t* number = &reader.m_file.number();
        MORTISE_CHECK(reader.m_file.call(
            &mortise_blobs::open,
            detail::as_text(type),
            static_cast<std::uint64_t>(record.number),
            detail::as_text(field),
            number,
            &reader.m_size
        ));
        return reader;
    }

    /// Bytes of all of it.
    std::uint64_t size() const noexcept { return m_size; }

    /// The part from `offset` on, at most 262,144 bytes; nothing at the end.
    Result<std::string> read(std::uint64_t offset, std::size_t most = 262'144) const
    {
        std::string part;
        detail::CallbackSink sink{[&part](ValueView value) {
            const auto bytes = value.bytes();
            part.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            return true;
        }};
        const std::uint64_t wanted = std::clamp<std::uint64_t>(most, 1, 262'144);
        auto done = m_file.call(&mortise_blobs::read, m_file.number(), offset, wanted, sink.sink());
        sink.rethrow();
        if (!done) return std::move(done).error();
        return part;
    }

    /// All of it; `limit` if it has more than `most` bytes.
    Result<std::string> read_all(std::uint64_t most = 67'108'864) const
    {
        if (m_size > most)
            return Error{
                ErrorCode::limit,
                "the file has " + std::to_string(m_size) + " bytes when at most " + std::to_string(most)
                    + " are read at once",
                "blobs.too_large",
                {},
                {}
            };
        std::string all;
        all.reserve(static_cast<std::size_t>(m_size));
        while (true) {
            MORTISE_TRY(const std::string part, read(all.size()));
            if (part.empty()) return all;
            all += part;
        }
    }

private:
    explicit FileReader(const detail::Tables& tables) noexcept : m_file{tables} { }

    detail::FileHandle m_file;
    std::uint64_t m_size{0};
};

} // namespace mortise
