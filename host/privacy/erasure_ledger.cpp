#include "privacy/erasure_ledger.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace mortise::host {

namespace {

constexpr std::string_view form = "1";
constexpr std::size_t check_digits = 16;

std::string check_of(std::string_view text)
{
    return hex(hash(text)).substr(0, check_digits);
}

Error failed(const std::string& doing, const std::filesystem::path& file, int number)
{
    ErrorCode code = ErrorCode::io;
    if (number == ENOENT) code = ErrorCode::not_found;
    if (number == EACCES || number == EPERM) code = ErrorCode::denied;
    if (number == ENOSPC || number == EDQUOT) code = ErrorCode::limit;
    return {
        .code = code,
        .message = "cannot " + doing + " the list of erasures " + file.native() + ": "
            + std::generic_category().message(number),
        .key = "privacy.ledger",
        .where = file.native(),
    };
}

template <class Number>
bool read_number(std::string_view text, Number& number)
{
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    return wrong == std::errc{} && end == text.data() + text.size();
}

/// Takes what is before the next `mark` off `rest`; all of it if there is none.
std::string_view take(std::string_view& rest, char mark)
{
    const std::string_view part = rest.substr(0, rest.find(mark));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
}

bool read_contacts(std::string_view text, std::vector<ErasedContact>& contacts)
{
    while (!text.empty()) {
        std::string_view one = take(text, ',');
        ErasedContact contact;
        if (!read_number(take(one, '@'), contact.id.number)
            || !read_number(one, contact.created.microseconds))
            return false;
        contacts.push_back(contact);
    }
    return !contacts.empty();
}

Result<std::string> read_all(int descriptor, const std::filesystem::path& file)
{
    std::string text;
    std::array<char, 65'536> buffer{};
    for (;;) {
        const ssize_t count
            = ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("read", file, errno);
        if (count == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

/// Where the whole lines end.
std::size_t end_of_lines(std::string_view text)
{
    const std::size_t end = text.rfind('\n') + 1;
    return parse_ledger_line(text.substr(end)) ? text.size() : end;
}

LedgerContents contents_of(std::string_view text)
{
    LedgerContents contents;
    const std::size_t end = end_of_lines(text);
    contents.is_cut = end < text.size();
    text = text.substr(0, end);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = take(text, '\n');
        if (line.empty()) continue;
        if (auto person = parse_ledger_line(line))
            contents.persons.push_back(*std::move(person));
        else
            contents.damaged.push_back(number);
    }
    return contents;
}

Result<std::vector<ErasedPerson>> persons_of(const std::filesystem::path& file, LedgerContents contents)
{
    if (contents.damaged.empty()) return std::move(contents.persons);
    return Error{
        .code = ErrorCode::invalid,
        .message = "line " + std::to_string(contents.damaged.front()) + " of the list of erasures "
            + file.native() + " was changed: whom it names is not known",
        .key = "privacy.ledger",
        .where = file.native(),
        .hint = "give another copy of the list with --erasures, or take the line out: a host notes at its "
                "start again whom its database knows to be erased",
    };
}

Result<void> sync_name(const std::filesystem::path& file)
{
    const std::filesystem::path folder
        = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return failed("make", file, errno);
    const int done = ::fsync(descriptor);
    const int number = errno;
    ::close(descriptor);
    return done == 0 ? Result<void>{} : failed("make", file, number);
}

} // namespace

bool ErasedPerson::names(const ErasedContact& contact) const
{
    return std::ranges::find(contacts, contact) != contacts.end();
}

std::string line_of(const ErasedPerson& person)
{
    std::string text{form};
    text.append(" ").append(person.database).append(" ");
    bool first = true;
    for (const ErasedContact& contact : person.contacts) {
        text.append(first ? "" : ",")
            .append(std::to_string(contact.id.number))
            .append("@")
            .append(std::to_string(contact.created.microseconds));
        first = false;
    }
    text.append(" ").append(std::to_string(person.erased.microseconds));
    return text + ' ' + check_of(text);
}

std::optional<ErasedPerson> parse_ledger_line(std::string_view line)
{
    const std::size_t end = line.rfind(' ');
    if (end == std::string_view::npos || check_of(line.substr(0, end)) != line.substr(end + 1))
        return std::nullopt;
    std::string_view rest = line.substr(0, end);
    ErasedPerson person;
    if (take(rest, ' ') != form) return std::nullopt;
    person.database = take(rest, ' ');
    if (person.database.empty() || !read_contacts(take(rest, ' '), person.contacts)
        || !read_number(rest, person.erased.microseconds))
        return std::nullopt;
    return person;
}

Result<LedgerContents> read_ledger(const std::filesystem::path& file)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return failed("read", file, errno);
    auto text = read_all(descriptor, file);
    ::close(descriptor);
    MORTISE_TRY(const std::string read, std::move(text));
    return contents_of(read);
}

Result<std::vector<ErasedPerson>> read_whole_ledger(const std::filesystem::path& file)
{
    MORTISE_TRY(LedgerContents contents, read_ledger(file));
    return persons_of(file, std::move(contents));
}

Result<std::vector<ErasedPerson>> read_given_ledger(const std::filesystem::path& file)
{
    MORTISE_TRY(LedgerContents contents, read_ledger(file));
    std::error_code failed; // that of a house in which nobody was erased
    if (std::filesystem::file_size(file, failed) == 0 && !failed) return std::vector<ErasedPerson>{};
    const bool is_cut = contents.is_cut;
    MORTISE_TRY(std::vector<ErasedPerson> persons, persons_of(file, std::move(contents)));
    if (!is_cut && !persons.empty()) return persons;
    return Error{
        .code = ErrorCode::invalid,
        .message = persons.empty() ? file.native() + " names nobody: it is no list of erasures"
                                   : "the last line of the list of erasures " + file.native()
                + " was cut: whom it names is not known",
        .key = "privacy.ledger",
        .where = file.native(),
        .hint = persons.empty() ? "name a copy of erasures.ledger, or leave --erasures out"
                                : "copy it again from where it came; nothing was changed",
    };
}

ErasureLedger::ErasureLedger(int descriptor, std::filesystem::path file)
    : m_file{std::move(file)},
      m_descriptor{descriptor}
{
}

ErasureLedger::ErasureLedger(ErasureLedger&& other) noexcept
    : m_file{std::move(other.m_file)},
      m_descriptor{std::exchange(other.m_descriptor, -1)},
      m_end{other.m_end},
      m_lacks_end{other.m_lacks_end},
      m_content{other.m_content},
      m_damaged{std::move(other.m_damaged)},
      m_persons{std::move(other.m_persons)},
      m_known{std::move(other.m_known)}
{
}

ErasureLedger::~ErasureLedger()
{
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Result<ErasureLedger> ErasureLedger::open(const std::filesystem::path& file)
{
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return failed("open", file, errno);
    ErasureLedger ledger{descriptor, file};
    MORTISE_CHECK(sync_name(file));
    MORTISE_CHECK(ledger.read());
    return ledger;
}

Result<void> ErasureLedger::read()
{
    m_end = -1; // if it cannot be read now, it is read before anything is written
    MORTISE_TRY(const std::string text, read_all(m_descriptor, m_file));
    const std::string_view lines = std::string_view{text}.substr(0, end_of_lines(text));
    m_lacks_end = !lines.empty() && lines.back() != '\n';
    m_content = Hasher{};
    m_content.add(lines);
    m_persons.clear();
    m_known.clear();
    LedgerContents contents = contents_of(text);
    m_damaged = std::move(contents.damaged);
    for (const ErasedPerson& person : contents.persons)
        remember(person);
    m_end = std::ssize(lines);
    return {};
}

/// Reads the file again if it is another one by now, or somebody wrote to it. Gives those whom it named if it
/// was taken away.
Result<std::vector<ErasedPerson>> ErasureLedger::look_again()
{
    struct stat named{};
    struct stat opened{};
    if (::fstat(m_descriptor, &opened) != 0) return failed("read", m_file, errno);
    const bool is_there = ::stat(m_file.c_str(), &named) == 0;
    if (!is_there && errno != ENOENT) return failed("read", m_file, errno);
    const bool is_same = is_there && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
    if (is_same && opened.st_size == m_end) return std::vector<ErasedPerson>{};
    if (!is_same) {
        const int fresh = ::open(m_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fresh < 0) return failed("open", m_file, errno);
        ::close(std::exchange(m_descriptor, fresh));
        MORTISE_CHECK(sync_name(m_file));
    }
    std::vector<ErasedPerson> lost;
    if (!is_there) lost = m_persons;
    MORTISE_CHECK(read());
    return lost;
}

void ErasureLedger::remember(const ErasedPerson& person)
{
    for (const ErasedContact& contact : person.contacts)
        m_known.emplace(person.database, contact.id.number, contact.created.microseconds);
    m_persons.push_back(person);
}

/// Behind the last whole line: what a writer that was killed began there is cut off.
Result<void> ErasureLedger::write(const std::string& lines)
{
    const std::string text = (m_lacks_end ? "\n" : "") + lines;
    const auto take_back = [this](int number) {
        static_cast<void>(::ftruncate(m_descriptor, m_end));
        return failed("write", m_file, number);
    };
    if (::ftruncate(m_descriptor, m_end) != 0) return failed("write", m_file, errno);
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count = ::pwrite(
            m_descriptor, text.data() + done, text.size() - done, m_end + static_cast<std::int64_t>(done)
        );
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return take_back(errno);
        done += static_cast<std::size_t>(count);
    }
    if (::fsync(m_descriptor) != 0) return take_back(errno);
    m_end += std::ssize(text);
    m_lacks_end = false;
    m_content.add(text);
    return {};
}

Result<void> ErasureLedger::add(const std::vector<ErasedPerson>& persons)
{
    const std::scoped_lock lock{m_mutex};
    MORTISE_TRY(std::vector<ErasedPerson> wanted, look_again());
    wanted.insert(wanted.end(), persons.begin(), persons.end());
    std::string lines;
    std::vector<const ErasedPerson*> fresh;
    Known queued;
    for (const ErasedPerson& person : wanted) {
        bool is_fresh = false;
        for (const ErasedContact& contact : person.contacts) {
            const Known::value_type key{person.database, contact.id.number, contact.created.microseconds};
            if (!m_known.contains(key) && queued.insert(key).second) is_fresh = true;
        }
        if (!is_fresh) continue;
        lines += line_of(person) + '\n';
        fresh.push_back(&person);
    }
    if (lines.empty()) return {};
    MORTISE_CHECK(write(lines));
    for (const ErasedPerson* person : fresh)
        remember(*person);
    return {};
}

std::vector<std::size_t> ErasureLedger::damaged() const
{
    const std::scoped_lock lock{m_mutex};
    return m_damaged;
}

std::string ErasureLedger::mark() const
{
    const std::scoped_lock lock{m_mutex};
    Hasher content = m_content;
    return std::to_string(m_end) + ":" + hex(content.finish());
}

std::vector<ErasedPerson> ErasureLedger::persons() const
{
    const std::scoped_lock lock{m_mutex};
    return m_persons;
}

bool ErasureLedger::knows(std::string_view database, const ErasedContact& contact) const
{
    const std::scoped_lock lock{m_mutex};
    return m_known.contains({std::string{database}, contact.id.number, contact.created.microseconds});
}

} // namespace mortise::host
