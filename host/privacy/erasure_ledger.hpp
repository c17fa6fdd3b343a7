#pragma once

/// \file
/// The ledger of erasures: a file beside the database that names who was erased, by numbers alone, so that a
/// backup from before can be put back without bringing anybody back. It holds nothing personal: a number and
/// the moment at which the record was made say of whom it is only to who has the record.
///
/// A line: "1 DATABASE ID@CREATED,ID@CREATED ERASED CHECK", times in microseconds, the check value of 16
/// hexadecimal digits over what is before it. Lines are added at the end and never changed.

#include "base/hash.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace mortise::host {

/// A contact by its number and the moment at which it was made: after a restore the same number may be given
/// to another.
struct ErasedContact {
    Id id;
    Instant created;

    bool operator==(const ErasedContact&) const = default;
};

/// A person: the contact, and those that had been merged into it.
struct ErasedPerson {
    std::string database; ///< id of the database
    std::vector<ErasedContact> contacts;
    Instant erased;

    bool names(const ErasedContact& contact) const;
};

std::string line_of(const ErasedPerson& person); ///< without an end of line
/// Nothing if it is none, or was changed.
std::optional<ErasedPerson> parse_ledger_line(std::string_view line);

/// What a file holds.
struct LedgerContents {
    std::vector<ErasedPerson> persons;
    std::vector<std::size_t> damaged; ///< numbers of lines, from 1; a last one that was cut is none
    /// Something is behind the last whole line, such as a writer that was killed leaves. A last line that
    /// lacks nothing but its end is whole: its check value says so.
    bool is_cut{false};
};

/// Errors: `not_found`, `io`, `denied`.
Result<LedgerContents> read_ledger(const std::filesystem::path& file);
/// The same, where a damaged line is an error: `invalid`, key "privacy.ledger". A last line that was cut is
/// none: its erasure was never said to be noted.
Result<std::vector<ErasedPerson>> read_whole_ledger(const std::filesystem::path& file);
/// The same of a copy that somebody gives. One that was cut, or that names nobody, is an error too: nobody
/// gives a list for nothing, so that it is not the file that was meant, or half of it.
Result<std::vector<ErasedPerson>> read_given_ledger(const std::filesystem::path& file);

/// Adds to a ledger. Thread-safety: any thread. One host has it at a time; what other programs do to the file
/// meanwhile is seen before anything is added.
class ErasureLedger {
public:
    /// Makes the file (mode 0600) where it is not there, and reads it. Lines that are damaged are left as
    /// they are and passed over.
    static Result<ErasureLedger> open(const std::filesystem::path& file);
    ErasureLedger(ErasureLedger&& other) noexcept;
    ErasureLedger& operator=(ErasureLedger&&) = delete;
    ErasureLedger(const ErasureLedger&) = delete;
    ErasureLedger& operator=(const ErasureLedger&) = delete;
    ~ErasureLedger();

    /// Durable when it returns. A person all of whose contacts are named already is not named again. If the
    /// file is gone, it is made anew with everybody that it named. Errors: `io`, `denied`, `limit` (no room),
    /// key "privacy.ledger".
    Result<void> add(const std::vector<ErasedPerson>& persons);
    std::vector<ErasedPerson> persons() const;
    /// Whether a person with this contact was added.
    bool knows(std::string_view database, const ErasedContact& contact) const;
    /// Numbers of lines, from 1, that do not say any more whom they name.
    std::vector<std::size_t> damaged() const;
    const std::filesystem::path& file() const noexcept { return m_file; }
    /// Another text for other contents.
    std::string mark() const;

private:
    ErasureLedger(int descriptor, std::filesystem::path file);
    // Of all these the mutex is held.
    void remember(const ErasedPerson& person);
    Result<void> read();
    Result<std::vector<ErasedPerson>> look_again();
    Result<void> write(const std::string& lines);

    std::filesystem::path m_file; // does not change
    mutable std::mutex m_mutex; // guards what follows
    int m_descriptor;
    std::int64_t m_end{0}; // of the last whole line
    bool m_lacks_end{false}; // the last whole line has no end of line yet
    Hasher m_content; // of all whole lines
    std::vector<std::size_t> m_damaged;
    std::vector<ErasedPerson> m_persons;
    using Known = std::set<std::tuple<std::string, std::int64_t, std::int64_t>>; // database, number, moment
    Known m_known;
};

} // namespace mortise::host
