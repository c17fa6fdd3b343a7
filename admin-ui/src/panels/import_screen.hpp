#pragma once

/// \file
/// The import wizard: choose a file, look at it, match its columns, try it, run it, take it back.

#include "model/csv_preview.hpp"
#include "model/table_rows.hpp"
#include "shell/console.hpp"

#include <filesystem>
#include <future>

namespace mortise::ui {

struct FoundFile {
    std::string name;
    bool is_folder{false};
    std::int64_t bytes{0};
};

/// Thread-safety: the UI thread; files are read on others.
class ImportScreen final : public Screen {
public:
    explicit ImportScreen(Console& console);
    std::string title() const override { return "Import"; }
    Icon icon() const override { return Icon::upload; }
    void draw(Console& console) override;

private:
    enum class Step : std::uint8_t { file, match, trial, running, over };

    void list_folder();
    void choose(const std::filesystem::path& file);
    void draw_steps(Console& console);
    void draw_file(Console& console);
    void draw_match(Console& console);
    void draw_mapping(Console& console, const TypeInfo& type);
    void draw_outcome(Console& console);
    void draw_running(Console& console);
    void take_futures(Console& console);
    void begin(Console& console, bool is_trial);
    void send_part(Console& console);
    void run(Console& console);
    void finish(Console& console, Result<boost::json::value> answer);
    void save_refused(Console& console);
    void undo(Console& console);

    Step m_step{Step::file};
    std::filesystem::path m_folder;
    std::string m_path;
    std::vector<FoundFile> m_files;
    std::future<std::vector<FoundFile>> m_listing;
    std::future<std::optional<std::string>> m_reading;
    std::future<bool> m_saving;
    std::filesystem::path m_file;
    std::string m_bytes;
    CsvPreview m_preview;
    std::string m_type{"contact"};
    std::string m_guessed_for;
    std::vector<std::string> m_fields; ///< for each column
    std::size_t m_mode{0};
    std::string m_match;
    std::string m_upload;
    std::size_t m_sent{0};
    bool m_is_trial{true};
    boost::json::value m_progress;
    boost::json::value m_outcome;
    boost::json::array m_complaints;
    std::string m_refused;
    std::optional<Error> m_error;
    Grid m_grid;
    ObjectRows m_rows;
    int m_version{0};
    bool m_undone{false};
    Clock::Steady m_began{};
    Ticket m_call;
    Ticket m_undoing;
};

} // namespace mortise::ui
