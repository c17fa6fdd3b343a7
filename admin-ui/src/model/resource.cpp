#include "model/resource.hpp"

#include <utility>

namespace mortise::ui {

Resource::Resource(Link& link, const Clock& clock, std::string method, boost::json::object params)
    : m_link{link},
      m_clock{clock},
      m_method{std::move(method)},
      m_params{std::move(params)}
{
}

void Resource::keep_fresh(std::chrono::milliseconds age)
{
    if (m_link.state() != LinkState::open || m_call.is_under_way()) return;
    const bool is_new_session = m_session != m_link.session();
    if (!m_was_asked || is_new_session || m_clock.steady() - m_asked_at >= age) start();
}

void Resource::refresh()
{
    if (m_call.is_under_way())
        m_wants_more = true;
    else if (m_link.state() == LinkState::open)
        start();
}

void Resource::ask(boost::json::object params)
{
    m_call = {};
    m_params = std::move(params);
    m_value.reset();
    m_error.reset();
    m_was_asked = false;
    m_wants_more = false;
}

std::chrono::seconds Resource::age() const
{
    return std::chrono::duration_cast<std::chrono::seconds>(m_clock.steady() - m_answered_at);
}

void Resource::start()
{
    m_was_asked = true;
    m_wants_more = false;
    m_session = m_link.session();
    m_asked_at = m_clock.steady();
    m_call = m_link.call(m_method, m_params, [this](Result<boost::json::value> answer) {
        if (answer) {
            const bool had_failed = std::exchange(m_error, std::nullopt).has_value();
            m_answered_at = m_clock.steady();
            if (!m_value || *m_value != *answer) {
                m_value = *std::move(answer);
                ++m_version;
            } else if (!had_failed) {
                m_link.note_nothing_new();
            }
        } else {
            m_error = std::move(answer).error();
            ++m_version;
        }
        if (m_wants_more && m_link.state() == LinkState::open) start();
    });
}

} // namespace mortise::ui
