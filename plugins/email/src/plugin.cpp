#include "commands/message_commands.hpp"
#include "commands/send_commands.hpp"
#include "consent/consent.hpp"
#include "mime/glib.hpp"
#include "outbox/deliver.hpp"
#include "outbox/pass_gate.hpp"
#include "sequences/sequences.hpp"
#include "smtp/host_server.hpp"
#include "sync/sync_job.hpp"
#include "sync/watch_job.hpp"

#include <mortise/plugin.hpp>

namespace mortise::plugins::email {

namespace {

/// Binds what plugin.json declares. Everything else is in the folders beside this file.
class Email : public Plugin {
public:
    explicit Email(Host given) : Plugin{std::move(given)}, m_started{host().now()}
    {
        prepare_gmime();
        read("email.parse", parse);
        write("email.ingest", ingest);
        read("email.import_messages", import_messages); // each message has a unit of its own
        write("email.add_mailbox", add_mailbox);
        write("email.adopt_sender", adopt_sender);
        write("email.suppress", suppress);
        write("email.allow", allow);
        write("email.send", send);
        write("email.cancel_delivery", cancel_delivery);
        write("email.send_again", send_again);
        write("email.enrol", enrol);
        write("email.stop_enrolment", stop_enrolment);
        command("email.advance_enrolments", [this](const Arguments&, Work& work) {
            return advance_enrolments(host(), work);
        });
        on_batch("stops", [this](const Events& events, Work& work) { stop_for(host(), events, work); });
        command("email.recover_deliveries", [this](const Arguments&, Work& work) {
            return recover_deliveries(host(), m_started, work);
        });
        job("email.deliver", [this](Job& running) { return deliver(running); });
        write("email.set_up_purposes", set_up_purposes);
        write("email.sync_mailbox", sync_mailbox_now);
        job("email.sync", [this](Job& running) { return sync_mailboxes(host(), m_syncing, running); });
        job("email.watch", [this](Job& running) { return watch_mailboxes(host(), m_syncing, running); });
    }

    void activate() override
    {
        require(host().post("email.set_up_purposes"));
        require(host().post("email.recover_deliveries"));
    }

private:
    void write(std::string_view name, Value (*run)(const Host&, const Arguments&, Work&))
    {
        command(name, [this, run](const Arguments& arguments, Work& work) {
            return run(host(), arguments, work);
        });
    }
    void read(std::string_view name, Value (*run)(const Host&, const Arguments&))
    {
        command(name, [this, run](const Arguments& arguments) { return run(host(), arguments); });
    }

    /// Goes through the outbox, unless another job is at it.
    Value deliver(const Job& running)
    {
        const Host& host = this->host();
        require(host.post("email.advance_enrolments"));
        DeliverReport report;
        const bool is_mine = m_delivering.run([&] {
            report += deliver_due(host, connect_through(host), secrets_of(host), [&running] {
                return running.is_cancelled();
            });
        });
        return Map{
            {"left_to_another", !is_mine},
            {"sent", report.sent},
            {"deferred", report.deferred},
            {"failed", report.failed},
            {"ambiguous", report.ambiguous}
        };
    }

    Instant m_started; ///< what was begun before is of a run that ended
    PassGate m_delivering;
    SyncState m_syncing;
};

} // namespace

} // namespace mortise::plugins::email

MORTISE_PLUGIN(mortise::plugins::email::Email)
