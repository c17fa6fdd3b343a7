#pragma once

/// \file
/// A file that a client sends in parts before a call that reads it, such as an import.

#include "control/session.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace mortise::host {

/// Kept in a nameless file in the data folder, which is gone with this. Thread-safety: any thread.
class Upload final : public SessionResource {
public:
    /// `name`: what the client calls the file, for people.
    static Result<std::shared_ptr<Upload>> create(const std::filesystem::path& folder, std::string name);
    ~Upload() override;

    const std::string& name() const noexcept { return m_name; }
    /// Appends; `offset` must be the size so far, so that parts that overtake each other are noticed
    /// (`conflict`).
    Result<std::uint64_t> write(std::uint64_t offset, std::string_view bytes);
    /// The open file, at its start. Nothing may be written any more.
    Result<int> rewind();

private:
    Upload(int descriptor, std::string name) : m_descriptor{descriptor}, m_name{std::move(name)} { }

    const int m_descriptor;
    const std::string m_name;
    std::mutex m_mutex;
    std::uint64_t m_size{0};
    bool m_is_complete{false};
};

/// The upload which the session holds under that handle. Error: not_found.
Result<std::shared_ptr<Upload>> find_upload(Session& session, std::string_view handle);

} // namespace mortise::host
