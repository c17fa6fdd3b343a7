#pragma once

/// \file
/// Who is in a segment: records of `segment_membership` with the time since and until. The open ones (without
/// an end) are the members now; the closed ones say who was in on any day before.

#include "segments/segment_book.hpp"
#include "segments/touched.hpp"

#include <mortise/work.hpp>

namespace mortise::plugins::segmentation {

/// What a check changed.
struct Movement {
    std::int64_t entered{0};
    std::int64_t left{0};

    Movement& operator+=(const Movement& other) noexcept
    {
        entered += other.entered;
        left += other.left;
        return *this;
    }
};

/// Contacts by id, both ends included.
struct IdRange {
    std::int64_t first{0};
    std::int64_t last{0};
};

/// Makes membership true for these contacts at `now`, and publishes who entered and left.
Movement settle(const Host& host, const Segment& segment, const Ids& contacts, Instant now, Work& work);
/// The same for all contacts in the range, those that are deleted among them.
Movement settle(const Host& host, const Segment& segment, IdRange range, Instant now, Work& work);

/// The same for everybody, in one look: at most `most` contacts move, and if as many do there may be more.
/// For conditions in which a change of one contact flips others.
Movement settle_all(const Host& host, const Segment& segment, std::int64_t most, Instant now, Work& work);

/// For segments that are kept by hand: those who are not in yet come in, those who are in go.
Movement add_members(const Host& host, Id segment, const Ids& contacts, Instant now, Work& work);
Movement remove_members(const Host& host, Id segment, const Ids& contacts, Instant now, Work& work);

/// The last of the next `count` contacts behind `after`; 0 when there is none.
std::int64_t last_of_next(const Host& host, std::int64_t after, std::int64_t count);

} // namespace mortise::plugins::segmentation
