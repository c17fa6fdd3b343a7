#pragma once

/// \file
/// `ContactFollower`: compares each contact that was written with those that share a block with it, and
/// brings its pairs and the index up to date. It follows the events of contacts: a write does not wait for
/// it.

#include "events/dispatcher.hpp"
#include "matching/model/model.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <memory>
#include <span>

namespace mortise::host {

class BlockIndex;
class Connection;
class Database;
class PairBook;
class Records;

/// Used by the one thread that delivers to it.
class ContactFollower {
public:
    ContactFollower(Database& database, Records& records, PairBook& book, BlockIndex& index)
        : m_database{database},
          m_records{records},
          m_book{book},
          m_index{index}
    {
    }

    /// Nothing is done before the index is filled.
    DeliveryOutcome take(std::span<const Event> events, const CallContext& context);

private:
    /// `is_moved`: it was merged, parted or brought back, so that its pairs are others though it is the same.
    Result<void> follow(const CallContext& context, Id contact, bool is_moved);
    Result<void> drop_different(const CallContext& context, Id contact, const matching::Profile& profile);
    Result<void> read_model_if_new(Connection& reader);

    Database& m_database;
    Records& m_records;
    PairBook& m_book;
    BlockIndex& m_index;
    std::int64_t m_model_of{-1}; // the scan that learnt it
    matching::Model m_model;
};

} // namespace mortise::host
