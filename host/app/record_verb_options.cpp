#include "app/verb_options.hpp"
#include "app/verbs/file_verbs.hpp"
#include "app/verbs/find_verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <tuple>

namespace mortise::host {
namespace {

using TypeName = std::shared_ptr<std::string>;

void add_list(CLI::App& records, const TypeName& type, VerbAction& action)
{
    const auto options = std::make_shared<RecordListOptions>();
    CLI::App* list = records.add_subcommand("list", "list them")->fallthrough();
    list->add_option("--sort", options->sort, "a field; with - in front from the greatest down");
    list->add_option("--limit", options->limit, "how many, 50 without it");
    list->add_option("--after", options->after, "go on behind a page that was shown");
    list->add_flag("--all", options->all, "show all");
    list->add_flag("--deleted", options->deleted, "the deleted ones");
    list->add_option(
            "--where",
            options->where,
            "only those whose FIELD=VALUE; also != < <= > >= and ^= (begins with); given several times, all "
            "hold"
    )
        ->allow_extra_args(false);
    list->add_option(
        "--filter", options->filter, "only those that fulfil a filter in JSON, with any, all and not"
    );
    list->callback([&action, options, type] {
        options->type = *type;
        action = [options](Program& program) { return list_records(program, *options); };
    });
}

void add_reading(CLI::App& records, const TypeName& type, VerbAction& action)
{
    struct Options {
        std::string id{};
        bool deleted{false};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* show = records.add_subcommand("show", "show one")->fallthrough();
    show->add_option("ID", options->id, "the record")->required();
    show->add_flag("--deleted", options->deleted, "even if it is deleted");
    show->callback([&action, options, type] {
        action = [options, type](Program& program) {
            return show_record(program, *type, options->id, options->deleted);
        };
    });
    CLI::App* history = records.add_subcommand("history", "show what one was")->fallthrough();
    history->add_option("ID", options->id, "the record")->required();
    history->callback([&action, options, type] {
        action = [options, type](Program& program) { return show_history(program, *type, options->id); };
    });
}

struct ChangeVerb {
    const char* name;
    const char* help;
    const char* method;
    bool has_id;
    bool has_values;
};

void add_change(CLI::App& records, const TypeName& type, VerbAction& action, const ChangeVerb& verb)
{
    const auto options = std::make_shared<RecordChangeOptions>();
    options->method = verb.method;
    CLI::App* change = records.add_subcommand(verb.name, verb.help)->fallthrough();
    if (verb.has_id) {
        change->add_option("ID", options->id, "the record")->required();
        change->add_option("--version", options->version, "refuse if it is not this version any more");
    }
    if (verb.has_values)
        change
            ->add_option(
                "JSON", options->values, "its fields as a JSON object; - reads it from standard input"
            )
            ->required();
    change->add_flag("--dry-run", options->dry_run, "say what would become of it, and do nothing");
    change->callback([&action, options, type] {
        options->type = *type;
        action = [options](Program& program) { return change_record(program, *options); };
    });
}

void add_files(CLI::App& records, const TypeName& type, VerbAction& action)
{
    const auto in = std::make_shared<FileVerbOptions>();
    CLI::App* attach = records.add_subcommand("attach", "put a file into a field of one")->fallthrough();
    attach->add_option("ID", in->id, "the record")->required();
    attach->add_option("FIELD", in->field, "a field of the kind file")->required();
    attach->add_option("FILE", in->file, "the file")->required();
    attach->add_option("--name", in->name, "what people are to call it; without it the file's name");
    attach->add_option("--media-type", in->media_type, "such as application/pdf; without it by the name");
    attach->callback([&action, in, type] {
        in->type = *type;
        action = [in](Program& program) { return attach_file(program, *in); };
    });
    const auto out = std::make_shared<FileVerbOptions>();
    CLI::App* save = records.add_subcommand("file", "give the file of a field of one")->fallthrough();
    save->add_option("ID", out->id, "the record")->required();
    save->add_option("FIELD", out->field, "a field of the kind file")->required();
    save->add_option("-o,--output", out->file, "a new file; without it standard output");
    save->callback([&action, out, type] {
        out->type = *type;
        action = [out](Program& program) { return save_file(program, *out); };
    });
}

void add_record_actions(CLI::App& records, const TypeName& type, VerbAction& action)
{
    constexpr ChangeVerb changes[]{
        {"create", "make one", "records.create", false, true},
        {"update", "change fields of one; null clears a field", "records.update", true, true},
        {"delete", "delete one; restore brings it back", "records.delete", true, false},
        {"restore", "bring a deleted one back", "records.restore", true, false},
    };
    records.require_subcommand(1);
    add_list(records, type, action);
    add_reading(records, type, action);
    for (const ChangeVerb& verb : changes)
        add_change(records, type, action, verb);
    add_files(records, type, action);
}

void add_merging(CLI::App& contacts, VerbAction& action)
{
    const auto options = std::make_shared<MergeOptions>();
    CLI::App* merge = contacts.add_subcommand("merge", "make one of several")->fallthrough();
    merge->add_option("SURVIVOR", options->survivor, "the contact that stays")->required();
    merge->add_option("ID", options->losers, "those that are merged into it")->required();
    merge->add_flag("--preview", options->preview, "say what would become of it, and do nothing");
    merge
        ->add_option(
            "--take",
            options->take,
            "FIELD=ID of the contact whose value counts, or FIELD=VALUE; without it the latest value counts"
        )
        ->allow_extra_args(false);
    merge->add_option("--reason", options->reason, "why they are the same; kept with the merge");
    merge->add_option("--version", options->version, "refuse if the survivor is not this version any more");
    merge->callback([&action, options] {
        action = [options](Program& program) { return merge_contacts(program, *options); };
    });
    struct Undo {
        std::string merge{};
        bool preview{false};
    };
    const auto undo = std::make_shared<Undo>();
    CLI::App* unmerge
        = contacts.add_subcommand("unmerge", "take a merge back; undo does the same")->fallthrough();
    unmerge->add_option("MERGE", undo->merge, "the merge's id")->required();
    unmerge->add_flag("--preview", undo->preview, "say what would become of it, and do nothing");
    unmerge->callback([&action, undo] {
        action = [undo](Program& program) { return unmerge_contacts(program, undo->merge, undo->preview); };
    });
}

void add_privacy(CLI::App& contacts, VerbAction& action)
{
    struct Options {
        std::string contact{};
        std::string file{};
        bool as_page{false};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* verb = contacts.add_subcommand("export-subject", "all that is held about a person, for them")
                         ->fallthrough();
    verb->add_option("ID", options->contact, "the contact")->required();
    verb->add_flag("--html", options->as_page, "a page for people; without it JSON");
    verb->add_option("-o,--output", options->file, "a new file; without it standard output");
    verb->callback([&action, options] {
        action = [options](Program& program) {
            return export_subject(program, options->contact, options->as_page, options->file);
        };
    });
}

void add_restriction(CLI::App& contacts, VerbAction& action)
{
    struct Options {
        std::string contact{};
        std::string reason{};
    };
    for (const auto& [name, help, command] :
         {std::tuple{"restrict", "keep a person's data and let nothing be done with it", "contacts.restrict"},
          std::tuple{"unrestrict", "lift that again", "contacts.unrestrict"}}) {
        const auto options = std::make_shared<Options>();
        CLI::App* verb = contacts.add_subcommand(name, help)->fallthrough();
        verb->add_option("ID", options->contact, "the contact")->required();
        verb->add_option("--reason", options->reason, "why; whoever is refused is told");
        verb->callback([&action, options, command = std::string{command}] {
            action = [options, command](Program& program) {
                return change_restriction(program, command, options->contact, options->reason);
            };
        });
    }
    contacts.add_subcommand("restricted", "persons whose data is restricted")
        ->fallthrough()
        ->callback([&action] { action = [](Program& program) { return list_restrictions(program); }; });
}

void add_query(CLI::App& app, VerbAction& action)
{
    const auto options = std::make_shared<QueryOptions>();
    CLI::App* query
        = app.add_subcommand("query", "run a SQL SELECT over the views of the records")->fallthrough();
    query->add_option("SQL", options->sql, "the statement; - reads it from standard input")->required();
    query
        ->add_option(
            "--param", options->params, "NAME=TEXT, or NAME:=JSON for numbers; :NAME in the statement"
        )
        ->allow_extra_args(false);
    query->add_option(
        "--as-of", options->as_of, "as things were at a time (RFC 3339) or after a transaction (its number)"
    );
    query->callback([&action, options] {
        action = [options](Program& program) { return run_query(program, *options); };
    });
}

void add_search(CLI::App& app, VerbAction& action)
{
    struct Options {
        std::vector<std::string> text{};
        std::string type{};
        std::uint64_t limit{20};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* search = app.add_subcommand("search", "find records by words, best first")->fallthrough();
    search
        ->add_option(
            "TEXT", options->text, "words, an e-mail address or a phone number; the last may be a beginning"
        )
        ->required();
    search->add_option("--type", options->type, "only records of this type");
    search->add_option("--limit", options->limit, "how many, 20 without it");
    search->callback([&action, options] {
        action = [options](Program& program) {
            std::string text;
            for (const std::string& word : options->text)
                text.append(text.empty() ? "" : " ").append(word);
            return search_records(program, text, options->type, options->limit);
        };
    });
}

} // namespace

void add_record_verbs(CLI::App& app, VerbAction& action)
{
    const auto type = std::make_shared<std::string>();
    CLI::App* records = app.add_subcommand("records", "list, show and change records")->fallthrough();
    records->add_option("TYPE", *type, "a record type")->required();
    add_record_actions(*records, type, action);

    const auto contact = std::make_shared<std::string>("contact");
    CLI::App* contacts = app.add_subcommand("contacts", "short for: records contact")->fallthrough();
    add_record_actions(*contacts, contact, action);
    add_merging(*contacts, action);
    add_duplicate_verbs(*contacts, action);
    add_privacy(*contacts, action);
    add_restriction(*contacts, action);
    add_relation_verbs(*contacts, action);
    add_identity_verbs(*contacts, action);
    const auto timeline = std::make_shared<EventListOptions>();
    timeline->newest_first = true;
    CLI::App* show
        = contacts->add_subcommand("timeline", "show what happened around one, newest first")->fallthrough();
    show->add_option("ID", timeline->subject, "the contact")->required();
    show->add_option("--limit", timeline->limit, "how many, 100 without it");
    show->add_flag(
        "--with-people{now}",
        timeline->people,
        "an organisation's or household's people too, those of today; with =then what happened to anybody "
        "while it was one "
        "of them"
    );
    show->callback([&action, timeline] {
        action = [timeline](Program& program) { return list_events(program, *timeline); };
    });

    add_query(app, action);
    add_search(app, action);
    add_exchange_verbs(app, action);
}

} // namespace mortise::host
