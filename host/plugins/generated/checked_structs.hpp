// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// Checks of the structs that plugins hand over: their size and what lies inside.

#include <mortise/abi/records.h>
#include <mortise/abi/query.h>
#include <mortise/abi/events.h>
#include <mortise/abi/commands.h>
#include <mortise/abi/jobs.h>
#include <mortise/abi/consent.h>
#include <mortise/abi/net.h>
#include <mortise/border.hpp>

#include <cstdint>

namespace mortise::host {

inline bool check_struct(border::Check& check, const mortise_operation& given, const char* name) noexcept
{
    if (!check.structure(&given, MORTISE_OPERATION_MIN_SIZE, name)) return false;
    const mortise_operation item = border::widened(given);
    return check.text(item.type, "type")
           && check.optional_value(item.values, "values");
}

inline bool check_struct(border::Check& check, const mortise_unit& given, const char* name) noexcept
{
    if (!check.structure(&given, MORTISE_UNIT_MIN_SIZE, name)) return false;
    const mortise_unit item = border::widened(given);
    return check.text(item.key, "key");
}

inline bool check_struct(border::Check& check, const mortise_query_options& given, const char* name) noexcept
{
    if (!check.structure(&given, MORTISE_QUERY_OPTIONS_MIN_SIZE, name)) return false;
    static_cast<void>(check);
    return true;
}

inline bool check_struct(border::Check& check, const mortise_event_draft& given, const char* name) noexcept
{
    if (!check.structure(&given, MORTISE_EVENT_DRAFT_MIN_SIZE, name)) return false;
    const mortise_event_draft item = border::widened(given);
    return check.text(item.type, "type")
           && check.optional_value(item.links, "links")
           && check.optional_value(item.data, "data");
}

inline bool check_struct(border::Check& check, const mortise_call_options& given, const char* name) noexcept
{
    if (!check.structure(&given, MORTISE_CALL_OPTIONS_MIN_SIZE, name)) return false;
    const mortise_call_options item = border::widened(given);
    return check.text(item.key, "key")
           && check.text(item.locale, "locale");
}

inline bool check_struct(border::Check& check, const mortise_job_options& given, const char* name) noexcept
{
    if (!check.structure(&given, MORTISE_JOB_OPTIONS_MIN_SIZE, name)) return false;
    const mortise_job_options item = border::widened(given);
    return check.text(item.key, "key");
}

inline bool check_struct(border::Check& check, const mortise_send_request& given, const char* name) noexcept
{
    if (!check.structure(&given, MORTISE_SEND_REQUEST_MIN_SIZE, name)) return false;
    const mortise_send_request item = border::widened(given);
    return check.text(item.channel, "channel")
           && check.text(item.purpose, "purpose");
}

inline bool check_struct(border::Check& check, const mortise_net_target& given, const char* name) noexcept
{
    if (!check.structure(&given, MORTISE_NET_TARGET_MIN_SIZE, name)) return false;
    const mortise_net_target item = border::widened(given);
    return check.text(item.host, "host")
           && check.text(item.server_name, "server_name");
}

/// All items of a span: equal sizes, each of them sound.
template <class Struct>
bool check_items(
    border::Check& check, const Struct* items, std::uint64_t count, std::uint32_t least, const char* name
) noexcept
{
    if (!check.span(items, count, name)) return false;
    if (count == 0) return true;
    if (!check.structure(items, least, name)) return false;
    const auto* at = reinterpret_cast<const std::byte*>(items);
    for (std::uint64_t i = 0; i < count; ++i, at += items->size) {
        const auto& item = *reinterpret_cast<const Struct*>(at);
        if (!check.same_size(item.size, items->size, name) || !check_struct(check, item, name)) return false;
    }
    return true;
}

} // namespace mortise::host
