#pragma once

/// \file
/// `mortise::Log`: the plugin's own log. `key` names the case for programs, `message` is for people. No
/// personal data, no secrets.

#include <mortise/detail/call.hpp>

namespace mortise {

/// Thread-safety: from any thread. Never fails: a line that cannot be written is lost.
class Log {
public:
    explicit Log(const detail::Tables& tables) noexcept : m_tables{&tables} { }

    void debug(std::string_view key, std::string_view message, const Map& fields = {}) const noexcept
    {
        write(MORTISE_LEVEL_DEBUG, key, message, fields);
    }
    void info(std::string_view key, std::string_view message, const Map& fields = {}) const noexcept
    {
        write(MORTISE_LEVEL_INFO, key, message, fields);
    }
    void warning(std::string_view key, std::string_view message, const Map& fields = {}) const noexcept
    {
        write(MORTISE_LEVEL_WARNING, key, message, fields);
    }
    void error(std::string_view key, std::string_view message, const Map& fields = {}) const noexcept
    {
        write(MORTISE_LEVEL_ERROR, key, message, fields);
    }

private:
    void write(std::uint32_t level, std::string_view key, std::string_view message, const Map& fields)
        const noexcept
    {
        if (m_tables->log == nullptr) return;
        try {
            const auto block = detail::encode_arguments(fields);
            const mortise_tree tree = block ? block->tree() : mortise_tree{nullptr, 0};
            m_tables->log->write(
                m_tables->self, level, detail::as_text(key), detail::as_text(message), tree, nullptr
            );
        } catch (...) {
            m_tables->log->write(
                m_tables->self, level, detail::as_text(key), detail::as_text(message), {}, nullptr
            );
        }
    }

    const detail::Tables* m_tables;
};

} // namespace mortise
