#pragma once

/// \file
/// A data folder: all that one host keeps, and where in it each thing lies.

#include <mortise/result.hpp>

#include <filesystem>

namespace mortise::host {

struct DataFolder {
    std::filesystem::path path;

    std::filesystem::path database() const { return path / "mortise.db"; }
    std::filesystem::path blobs() const { return path / "blobs"; }
    std::filesystem::path plugins() const { return path / "plugins"; }
    std::filesystem::path run() const { return path / "run"; }
    std::filesystem::path socket() const { return path / "control.sock"; }
    std::filesystem::path lease() const { return path / "lease"; }
    /// Who was erased; see privacy/erasure_ledger.hpp.
    std::filesystem::path erasures() const { return path / "erasures.ledger"; }
    /// Where an encrypted backup is made before it is encrypted; with endings.
    std::filesystem::path backup_scratch() const { return path / "mortise.db-backup"; }
    /// Stands in a folder while a restore fills it: one with it is nobody's data.
    std::filesystem::path unfinished() const { return path / "restore-unfinished"; }

    /// Makes the folder with the folders in it, for this user alone (mode 0700). Errors: `exists` if there is
    /// something in it, `io`.
    static Result<DataFolder> create(const std::filesystem::path& path);
    /// Errors: `not_found` if there is no database in it, `state` if a restore did not come to its end in it.
    static Result<DataFolder> find(const std::filesystem::path& path);
    /// $MORTISE_DATA, else the user's folder for data after the XDG Base Directory specification.
    static std::filesystem::path default_path();
};

} // namespace mortise::host
