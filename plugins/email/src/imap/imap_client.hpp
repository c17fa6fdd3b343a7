#pragma once

/// \file
/// A session with an IMAP server: what a mailbox needs that is read, and in which a copy of what was sent is
/// filed. Folders are examined, so that messages keep their "unseen"; only `append` and `create` change one.

#include "imap/imap_stream.hpp"
#include "smtp/smtp_client.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

struct ImapOptions {
    std::string server_name; ///< whom the certificate is for
    Security security{Security::tls}; ///< tls or starttls: without, nothing is said
    Login login;
    StreamLimits limits;
};

/// What a server says about a folder when it is opened.
struct FolderState {
    std::int64_t exists{0};
    std::int64_t uid_validity{0};
    std::int64_t uid_next{0}; ///< 0: it does not say
    std::int64_t highest_modseq{0}; ///< 0: it keeps none
};

/// A message in a folder, as it is listed.
struct Listed {
    std::int64_t uid{0};
    std::int64_t size{0}; ///< what the server says; some are wrong
    std::optional<std::int64_t> received; ///< seconds since 1970
    std::string flags; ///< "seen answered", without backslashes and in lower case, sorted
};

/// Every function throws mortise::Failure. After the key "imap.refused" (the server said NO or BAD to one
/// command, in its words) the session is good for more; after any other it is over. "imap.login" tells that
/// the account is not let in. Thread-safety: none.
class ImapClient {
public:
    ImapClient(Wire& wire, ImapOptions options);

    /// Greets, encrypts, logs in.
    void open();
    /// Opens a folder, by its name in UTF-8, to read it.
    FolderState examine(std::string_view folder);
    /// The names of the folders that can be opened.
    std::vector<std::string> folders();
    /// The messages whose UID is within the two, in order; messages that vanish meanwhile are not among them.
    std::vector<Listed> list(std::int64_t first, std::int64_t last);
    /// Those of them whose flags changed after `modseq`. Only where the folder has a `highest_modseq`.
    std::vector<Listed> changed(std::int64_t first, std::int64_t last, std::int64_t modseq);
    /// The bytes of a message, at most `most`; nothing if it is gone.
    std::optional<std::string> fetch(std::int64_t uid, std::size_t most);
    /// The folder that the server marks as that of sent messages (RFC 6154); nothing if it marks none.
    std::optional<std::string> sent_folder();
    /// Whether the folder that is open has a message with that Message-ID, without angle brackets.
    bool has_message(std::string_view message_id);
    /// Adds a message, seen, to a folder. Its lines end with CR LF. False: there is no such folder.
    bool append(std::string_view folder, std::string_view message);
    void create(std::string_view folder);
    /// Says goodbye; ignores what goes wrong.
    void log_out() noexcept;

    /// Begins to be told of what happens in the folder that is open.
    void begin_idle();
    /// Takes what the server said meanwhile; waits for it if nothing is here. True if there may be new
    /// messages.
    bool read_idle();
    bool has_line() const { return m_stream.has_line(); }
    void end_idle();

    bool offers(std::string_view capability) const;

private:
    using Take = std::function<void(ImapResponse& response)>;

    static std::string quoted_folder(std::string_view folder);

    std::string send(std::string_view command);
    ImapResponse finish(const std::string& tag, const Take& take);
    /// Runs a command; throws "imap.refused" unless it is answered by OK.
    ImapResponse run(std::string_view command, const Take& take = {});
    void take_capabilities(const std::vector<ImapValue>& values, std::size_t from);
    void ask_capabilities();
    void log_in();
    ImapResponse authenticate(std::string_view way, const std::string& token);
    std::vector<Listed> fetch_listed(const std::string& command, std::int64_t first, std::int64_t last);

    ImapStream m_stream;
    ImapOptions m_options;
    std::vector<std::string> m_capabilities; ///< in capitals
    std::uint64_t m_tag{0};
    std::string m_idle_tag;
};

} // namespace mortise::plugins::email
