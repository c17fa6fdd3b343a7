#pragma once

/// \file
/// Search as people type: words in any order, the last one as a beginning, without regard to accents and
/// case; e-mail addresses and phone numbers by their beginning. The best come first.

#include "access/principal.hpp"
#include "base/collator.hpp"
#include "records/search/search_index.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace mortise::host {

class Database;
class Records;

struct SearchRequest {
    std::string text;
    std::string type{}; ///< a record type; empty: all
    std::size_t limit{20};
    std::chrono::milliseconds wait{0}; ///< for what was committed before; 0: not at all
};

struct SearchHit {
    TypePointer type;
    Id id;
    std::string title;
    std::string field{}; ///< where it was found, if that is not the title
    std::string text{}; ///< what stands there
};

struct SearchAnswer {
    std::vector<SearchHit> hits; ///< best first
    SearchStatus status;
};

/// Thread-safety: every member may be called from any thread at any time.
class Search {
public:
    Search(Database& database, Records& records);
    ~Search();

    /// `file` is the index (records/search/search_index.hpp), `last` the newest event.
    void start(std::filesystem::path file, std::int64_t last);
    void notify(std::int64_t last) noexcept { m_index.notify(last); }
    void stop() { m_index.stop(); }

    /// Only what the principal may see is looked at and counted. Errors: `invalid` for an empty text, those
    /// of an unknown type.
    Result<SearchAnswer> run(const Principal& principal, const SearchRequest& request);
    SearchIndex& index() noexcept { return m_index; }

private:
    Database& m_database;
    Records& m_records;
    Result<Collator> m_collator;
    SearchIndex m_index;
};

} // namespace mortise::host
