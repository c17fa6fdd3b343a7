#include "base/base64.hpp"
#include "base/json_read.hpp"
#include "panels/import_screen.hpp"

#include <fstream>
#include <utility>

namespace mortise::ui {
namespace {

constexpr std::size_t part_bytes = std::size_t{512} << 10;
constexpr std::string_view modes[] = {"create", "update", "upsert", "skip"};

bool write_beside(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream stream{file.native() + ".refused.csv", std::ios::binary};
    stream << text;
    return static_cast<bool>(stream.flush());
}

} // namespace

void ImportScreen::begin(Console& console, bool is_trial)
{
    m_is_trial = is_trial;
    m_step = Step::running;
    m_error.reset();
    m_complaints.clear();
    m_refused.clear();
    m_progress = nullptr;
    m_outcome = nullptr;
    m_undone = false;
    m_sent = 0;
    m_began = console.clock.steady();
    m_call = console.link.call(
        "upload.open",
        {{"name", m_file.filename().native()}},
        [this, &console](Result<boost::json::value> answer) {
            if (!answer) return finish(console, std::move(answer));
            m_upload = text_at(*answer, "upload");
            send_part(console);
        }
    );
}

void ImportScreen::send_part(Console& console)
{
    if (m_sent >= m_bytes.size()) return run(console);
    const std::string_view part = std::string_view{m_bytes}.substr(m_sent, part_bytes);
    m_call = console.link.call(
        "upload.write",
        {{"upload", m_upload}, {"offset", m_sent}, {"base64", base64_of(part)}},
        [this, &console, size = part.size()](Result<boost::json::value> answer) {
            if (!answer) return finish(console, std::move(answer));
            m_sent += size;
            send_part(console);
        }
    );
}

void ImportScreen::run(Console& console)
{
    boost::json::object params{{"upload", m_upload}, {"type", m_type}, {"mode", modes[m_mode]}};
    if (m_is_trial) params["context"] = boost::json::object{{"dry_run", true}};
    const std::string kind = lower(m_file.extension().native());
    if (kind != ".vcf" && kind != ".jsonl") {
        boost::json::object columns;
        const TypeInfo* type = console.store.type(m_type);
        for (std::size_t i = 0; i < m_fields.size(); ++i) {
            if (m_fields[i].empty()) continue;
            const FieldInfo* field = type ? type->find(m_fields[i]) : nullptr;
            const TypeInfo* target
                = field && field->is_reference() ? console.store.type(field->reference) : nullptr;
            if (target && !target->title_field.empty())
                columns[m_preview.header[i]] = boost::json::object{
                    {"field", m_fields[i]}, {"ref", {{"type", target->name}, {"by", target->title_field}}}
                };
            else
                columns[m_preview.header[i]] = boost::json::string{m_fields[i]};
        }
        params["mapping"] = boost::json::object{
            {"type", m_type}, {"columns", std::move(columns)}, {"on_missing_ref", "leave"}
        };
        params["format"] = "csv";
    }
    if (!m_match.empty()) {
        boost::json::array fields;
        for (const auto& one : array_of(parse_edit({.name = "match", .kind = "list", .label = ""}, m_match)))
            fields.emplace_back(one);
        params["match"] = std::move(fields);
    }
    m_call = console.link.call_with_progress(
        "import.run",
        std::move(params),
        [this, &console](Result<boost::json::value> answer) { finish(console, std::move(answer)); },
        [this](const boost::json::value& part) {
            if (const auto& complaint = at(part, "complaint");
                complaint.is_object() && m_complaints.size() < 10'000)
                m_complaints.push_back(complaint);
            if (const auto& refused = at(part, "refused"); refused.is_string()) m_refused += text_of(refused);
        },
        [this](const boost::json::value& progress) { m_progress = progress; }
    );
}

void ImportScreen::finish(Console& console, Result<boost::json::value> answer)
{
    static_cast<void>(console);
    ++m_version;
    if (!answer) {
        m_error = std::move(answer).error();
        m_step = Step::match;
        return;
    }
    m_outcome = *std::move(answer);
    m_step = m_is_trial ? Step::trial : Step::over;
}

void ImportScreen::save_refused(Console& console)
{
    static_cast<void>(console);
    m_saving = std::async(std::launch::async, write_beside, m_file, m_refused);
}

void ImportScreen::undo(Console& console)
{
    const std::string import = text_at(m_outcome, "import");
    const std::string count
        = counted(integer_at(m_outcome, "created") + integer_at(m_outcome, "updated"), "record", "records");
    console.desk.ask(
        {.title = "Undo this import?",
         .text = "What it did to " + count + " is taken back. What was changed since stays, and is told.",
         .action = "Undo the import of " + count,
         .is_dangerous = true,
         .run =
             [this, &console, import] {
                 m_undoing = console.link.call(
                     "undo",
                     {{"target", import}, {"kind", "import"}},
                     [this, &console](const Result<boost::json::value>& answer) {
                         if (!answer) return console.desk.tell(answer.error());
                         m_undone = true;
                         const auto conflicts = std::ssize(array_at(*answer, "conflicts"));
                         console.desk.toast(
                             conflicts == 0 ? Tone::positive : Tone::warning,
                             "Took back " + text_at(*answer, "records") + " records"
                                 + (conflicts > 0
                                        ? "; " + std::to_string(conflicts) + " were changed since and stay"
                                        : "")
                         );
                     }
                 );
             }}
    );
}

} // namespace mortise::ui
