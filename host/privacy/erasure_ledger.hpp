#pragma once

/// \file
/// The ledger of erasures: a file beside the database that names who was erased, by numbers alone, so that a
/// backup from before can be put back without bringing anybody back. It holds nothing personal: a number and
/// the moment at which the record was made say of whom it is only to who has the record.
///
/// A line: "1 DATABASE ID@CREATED,ID@CREATED ERASED CHECK", times in microseconds, the check value of 16
/// hexadecimal digits over what is before it. Lines are added at the end and never changed.

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
    std::vector<std::size_t> damaged; ///< numbers of lines, from 1; a last one without its end is none
};

/// Errors: `not_found`, `io`, `denied`.
Result<LedgerContents> read_ledger(const std::filesystem::path& file);
/// The same, where a damaged line is an error: `invalid`, key "privacy.ledger".
Result<std::vector<ErasedPerson>> read_whole_ledger(const std::filesystem::path& file);

/// Adds to a ledger. Thread-safety: any thread. One host has it at a time.
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

    /// Durable when it returns. What is named already is not named again. Errors: `io`, `limit` (no room),
    /// key "privacy.ledger".
    Result<void> add(const std::vector<ErasedPerson>& persons);
    std::vector<ErasedPerson> persons() const;
    /// Whether a person with this contact was added.
    bool knows(std::string_view database, const ErasedContact& contact) const;

private:
    ErasureLedger(int descriptor, std::filesystem::path file);
    bool knows_all_of(const ErasedPerson& person) const; // the mutex is held
    void remember(const ErasedPerson& person); // the mutex is held
    Result<void> write(const std::string& text);

    int m_descriptor;
    std::filesystem::path m_file;
    mutable std::mutex m_mutex; // guards what follows
    std::int64_t m_end{0}; // of the last whole line
    std::vector<ErasedPerson> m_persons;
    std::set<std::tuple<std::string, std::int64_t, std::int64_t>> m_known; // database, number, moment
};

} // namespace mortise::host
