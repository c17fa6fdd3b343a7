#include "records/event_subject.hpp"

#include "store/connection.hpp"

namespace mortise::host {

namespace {

Result<bool> is_there(Connection& reader, const RecordType& type, Id id)
{
    MORTISE_TRY(
        Statement * probe, reader.cached("SELECT 1 FROM " + quoted_name(type.table) + " WHERE id = ?")
    );
    probe->bind(1, id.number);
    MORTISE_TRY(const bool found, probe->step());
    probe->reset();
    return found;
}

Error unknown_subject(const EventDraft& draft)
{
    const std::string what = draft.subject_type.empty() ? "record" : draft.subject_type;
    return Error{
        .code = ErrorCode::not_found,
        .message = "the event " + draft.type + " is about " + what + ' '
            + std::to_string(draft.subject.number) + ", which is not there",
        .key = "events.unknown_subject",
        .where = "subject",
        .hint
        = "its subject is a record that exists, or that the same unit of work makes; an event about none "
          "has no subject",
    };
}

} // namespace

Result<std::int64_t> subject_type_of(const Schema& schema, Connection& reader, const EventDraft& draft)
{
    if (!draft.subject_type.empty()) {
        MORTISE_TRY(const TypePointer type, schema.require(draft.subject_type));
        MORTISE_TRY(const bool found, is_there(reader, *type, draft.subject));
        if (!found) return unknown_subject(draft);
        return type->id;
    }
    for (const TypePointer& type : schema.types()) {
        MORTISE_TRY(const bool found, is_there(reader, *type, draft.subject));
        if (found) return type->id;
    }
    return unknown_subject(draft);
}

} // namespace mortise::host
