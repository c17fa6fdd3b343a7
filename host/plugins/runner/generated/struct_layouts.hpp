// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// What lies inside of the structs of the contract, so that they can be copied to another process.

#include "plugins/runner/wire.hpp"
#include <mortise/abi/records.h>
#include <mortise/abi/query.h>
#include <mortise/abi/events.h>
#include <mortise/abi/commands.h>
#include <mortise/abi/jobs.h>
#include <mortise/abi/consent.h>
#include <mortise/abi/net.h>
#include <mortise/abi/plugin.h>

#include <array>

namespace mortise::host {

template <>
struct StructLayout<mortise_operation> {
    static constexpr std::uint32_t least = MORTISE_OPERATION_MIN_SIZE;
    static constexpr std::array<FieldPlace, 2> places{{
        {offsetof(mortise_operation, type), FieldPlace::Shape::text},
        {offsetof(mortise_operation, values), FieldPlace::Shape::value},
    }};
};

template <>
struct StructLayout<mortise_draft> {
    static constexpr std::uint32_t least = MORTISE_DRAFT_MIN_SIZE;
    static constexpr std::array<FieldPlace, 4> places{{
        {offsetof(mortise_draft, type), FieldPlace::Shape::text},
        {offsetof(mortise_draft, before), FieldPlace::Shape::value},
        {offsetof(mortise_draft, after), FieldPlace::Shape::value},
        {offsetof(mortise_draft, related), FieldPlace::Shape::value},
    }};
};

template <>
struct StructLayout<mortise_unit> {
    static constexpr std::uint32_t least = MORTISE_UNIT_MIN_SIZE;
    static constexpr std::array<FieldPlace, 1> places{{
        {offsetof(mortise_unit, key), FieldPlace::Shape::text},
    }};
};

template <>
struct StructLayout<mortise_query_options> {
    static constexpr std::uint32_t least = MORTISE_QUERY_OPTIONS_MIN_SIZE;
    static constexpr std::array<FieldPlace, 0> places{};
};

template <>
struct StructLayout<mortise_event> {
    static constexpr std::uint32_t least = MORTISE_EVENT_MIN_SIZE;
    static constexpr std::array<FieldPlace, 8> places{{
        {offsetof(mortise_event, id), FieldPlace::Shape::text},
        {offsetof(mortise_event, source), FieldPlace::Shape::text},
        {offsetof(mortise_event, type), FieldPlace::Shape::text},
        {offsetof(mortise_event, subject_type), FieldPlace::Shape::text},
        {offsetof(mortise_event, actor), FieldPlace::Shape::text},
        {offsetof(mortise_event, client), FieldPlace::Shape::text},
        {offsetof(mortise_event, links), FieldPlace::Shape::value},
        {offsetof(mortise_event, data), FieldPlace::Shape::value},
    }};
};

template <>
struct StructLayout<mortise_event_draft> {
    static constexpr std::uint32_t least = MORTISE_EVENT_DRAFT_MIN_SIZE;
    static constexpr std::array<FieldPlace, 3> places{{
        {offsetof(mortise_event_draft, type), FieldPlace::Shape::text},
        {offsetof(mortise_event_draft, links), FieldPlace::Shape::value},
        {offsetof(mortise_event_draft, data), FieldPlace::Shape::value},
    }};
};

template <>
struct StructLayout<mortise_call_options> {
    static constexpr std::uint32_t least = MORTISE_CALL_OPTIONS_MIN_SIZE;
    static constexpr std::array<FieldPlace, 2> places{{
        {offsetof(mortise_call_options, key), FieldPlace::Shape::text},
        {offsetof(mortise_call_options, locale), FieldPlace::Shape::text},
    }};
};

template <>
struct StructLayout<mortise_job_options> {
    static constexpr std::uint32_t least = MORTISE_JOB_OPTIONS_MIN_SIZE;
    static constexpr std::array<FieldPlace, 1> places{{
        {offsetof(mortise_job_options, key), FieldPlace::Shape::text},
    }};
};

template <>
struct StructLayout<mortise_send_request> {
    static constexpr std::uint32_t least = MORTISE_SEND_REQUEST_MIN_SIZE;
    static constexpr std::array<FieldPlace, 2> places{{
        {offsetof(mortise_send_request, channel), FieldPlace::Shape::text},
        {offsetof(mortise_send_request, purpose), FieldPlace::Shape::text},
    }};
};

template <>
struct StructLayout<mortise_net_target> {
    static constexpr std::uint32_t least = MORTISE_NET_TARGET_MIN_SIZE;
    static constexpr std::array<FieldPlace, 2> places{{
        {offsetof(mortise_net_target, host), FieldPlace::Shape::text},
        {offsetof(mortise_net_target, server_name), FieldPlace::Shape::text},
    }};
};

template <>
struct StructLayout<mortise_context> {
    static constexpr std::uint32_t least = MORTISE_CONTEXT_MIN_SIZE;
    static constexpr std::array<FieldPlace, 6> places{{
        {offsetof(mortise_context, actor), FieldPlace::Shape::text},
        {offsetof(mortise_context, key), FieldPlace::Shape::text},
        {offsetof(mortise_context, request), FieldPlace::Shape::text},
        {offsetof(mortise_context, client), FieldPlace::Shape::text},
        {offsetof(mortise_context, channel), FieldPlace::Shape::text},
        {offsetof(mortise_context, locale), FieldPlace::Shape::text},
    }};
};

} // namespace mortise::host
