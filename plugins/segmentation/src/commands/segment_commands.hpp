#pragma once

/// \file
/// Commands that make and change segments.

#include <mortise/plugin.hpp>

namespace mortise::plugins::segmentation {

Value create_segment(const Host& host, const Arguments& arguments, Work& work);
Value define_segment(const Host& host, const Arguments& arguments, Work& work);
Value add_contacts(const Host& host, const Arguments& arguments, Work& work);
Value remove_contacts(const Host& host, const Arguments& arguments, Work& work);
/// A segment of its own with those who are in another now.
Value take_snapshot(const Host& host, const Arguments& arguments, Work& work);
/// A step of a snapshot; posts the next one.
Value copy_members(const Host& host, const Arguments& arguments, Work& work);

/// The hook: a definition that is no condition is refused before it is written.
void check_segment(Draft& draft);

} // namespace mortise::plugins::segmentation
