#include "access/rights.hpp"

namespace mortise::host {

namespace {

std::string roles_text(const Rights& rights)
{
    std::string names;
    for (const Role& role : rights.roles())
        names += (names.empty() ? "" : ", ") + role.name;
    return names.empty() ? "no role" : names;
}

/// What a role says of a type, with the name by which it says it.
std::string words_of(const Role& role, const AccessQuestion& question)
{
    const std::string begin = "role " + role.name;
    const TypeRule* rule = role.rule_of(question.type);
    if (!rule) return begin + " says nothing about " + question.type;
    const bool by_name = role.types.contains(question.type);
    std::string text = begin + ", types/" + (by_name ? question.type : std::string{every_type}) + ": ";
    if (question.action == Action::create)
        text += rule->create ? "create true" : "create false";
    else
        text.append(name_of(question.action)).append(" ").append(name_of(rule->level(question.action)));
    if (question.field.empty()) return text;
    if (rule->hidden.contains(question.field)) return text + ", hides " + question.field;
    if (rule->read_only.contains(question.field)) return text + ", " + question.field + " read only";
    return text;
}

std::string records_of(Level level, const std::string& type)
{
    return level == Level::all ? "all records of the type " + type
                               : "records of the type " + type + " of its own";
}

Explanation no(std::string answer)
{
    return {.allowed = false, .answer = std::move(answer)};
}

Explanation decide(const Rights& rights, const std::string& user, const AccessQuestion& question)
{
    const TypeRights& type = rights.of(question.type);
    const std::string verb{name_of(question.action)};
    if (type.read == Level::none)
        return no(user + " sees nothing of the type " + question.type + ": no role lets it read them");
    const Level level
        = question.action == Action::read && question.is_shared ? Level::all : type.level(question.action);
    if (level == Level::none)
        return no(user + " may not " + verb + " " + question.type + ": no role of " + user + " gives it");
    if (type.hidden.contains(question.field))
        return no(
            "the field " + question.field + " of " + question.type + " is hidden from " + user
            + ": every role that gives the widest rows hides it"
        );
    if (question.action != Action::read && type.read_only.contains(question.field))
        return no("the field " + question.field + " of " + question.type + " is read only for " + user);
    if (question.is_record && question.action != Action::create && level == Level::own && !question.is_own)
        return no(
            user + " may " + verb + " only " + records_of(level, question.type)
            + ", and this one is somebody else's"
        );
    const std::string what = question.action == Action::create ? question.type
        : question.is_record                                   ? "this " + question.type
                                                               : records_of(level, question.type);
    return {
        .allowed = true,
        .answer = user + " may " + verb + " "
            + (question.field.empty() ? what : "the field " + question.field + " of " + what)
    };
}

} // namespace

Explanation explain(const Rights& rights, std::string_view user, const AccessQuestion& question)
{
    Explanation told = decide(rights, std::string{user}, question);
    told.reasons.push_back(std::string{user} + " has " + roles_text(rights));
    for (const Role& role : rights.roles())
        told.reasons.push_back(words_of(role, question));
    return told;
}

Explanation explain_command(const Rights& rights, std::string_view user, std::string_view command)
{
    Explanation told;
    told.allowed = rights.allows_command(command);
    told.answer = std::string{user} + (told.allowed ? " may" : " may not") + " call " + std::string{command}
        + (told.allowed ? "; what it does to records their own rights decide"
                        : ": no role of it names the command");
    told.reasons.push_back(std::string{user} + " has " + roles_text(rights));
    for (const Role& role : rights.roles()) {
        const std::string* pattern = role.pattern_of(command);
        told.reasons.push_back(
            "role " + role.name
            + (pattern ? ", commands: \"" + *pattern + '"' : ", commands: none that meets it")
        );
    }
    return told;
}

Explanation explain_capability(const Rights& rights, std::string_view user, Capability capability)
{
    Explanation told;
    const std::string name{name_of(capability)};
    told.allowed = rights.can(capability);
    told.answer = std::string{user} + (told.allowed ? " has" : " has not") + " the capability " + name;
    told.reasons.push_back(std::string{user} + " has " + roles_text(rights));
    for (const Role& role : rights.roles())
        told.reasons.push_back(
            "role " + role.name
            + (role.capabilities.contains(capability) ? ", capabilities: " : ", capabilities: not ") + name
        );
    return told;
}

} // namespace mortise::host
