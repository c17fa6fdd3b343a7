// Power cuts, full disks and disks that fail to sync, under the store as the host opens it. Each run is also
// made with what must not be used (synchronous NORMAL and OFF, a disk that ignores syncs), which has to fail:
// a harness that finds nothing there would find nothing anywhere.

#include "power_cut_vfs.hpp"
#include "store/database.hpp"
#include "store/tests/temp_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

namespace mortise::host::test {

namespace {

/// Of all images of one kind; the environment may ask for more.
std::size_t image_count()
{
    const char* wanted = std::getenv("MORTISE_POWER_CUTS");
    return wanted ? static_cast<std::size_t>(std::atoll(wanted)) : 1000;
}

/// Writes contacts, each with its event in one transaction, and marks each one that was acknowledged. Stops
/// at the first refusal, and returns it.
Result<void> write_contacts(Database& database, FaultyDisk& disk, std::int64_t first, std::int64_t last)
{
    Connection& writer = database.writer();
    const std::string name(700, 'n');
    for (std::int64_t id = first; id <= last; ++id) {
        MORTISE_CHECK(writer.begin());
        const auto written = [&]() -> Result<void> {
            MORTISE_TRY(Statement * contact, writer.cached("INSERT INTO contact VALUES(?, ?)"));
            contact->bind(1, id);
            contact->bind_borrowed(2, name);
            MORTISE_CHECK(contact->run());
            MORTISE_TRY(Statement * event, writer.cached("INSERT INTO event(contact, data) VALUES(?, ?)"));
            event->bind(1, id);
            event->bind_borrowed(2, name);
            MORTISE_CHECK(event->run());
            return writer.commit();
        }();
        if (!written) {
            (void)writer.rollback();
            return written;
        }
        disk.mark(id);
        MORTISE_CHECK(database.checkpoint_if_large());
    }
    return {};
}

DatabaseOptions options_on(const FaultyDisk& disk, Synchronous synchronous)
{
    DatabaseOptions options;
    options.create = true;
    options.vfs = disk.vfs_name();
    options.synchronous = synchronous;
    options.readers = 1;
    options.cache_bytes = 1 << 20;
    options.checkpoint_bytes = 256 << 10; // often, so that many cuts fall into one
    return options;
}

constexpr std::string_view schema
    = "CREATE TABLE contact(id INTEGER PRIMARY KEY, name TEXT);"
      "CREATE TABLE event(number INTEGER PRIMARY KEY, contact INTEGER, data TEXT)";

struct Findings {
    std::size_t images{0};
    std::size_t corrupt{0};
    std::size_t torn{0}; ///< a contact without its event, or the other way round
    std::size_t lost{0}; ///< an acknowledged contact is not there

    bool clean() const { return corrupt == 0 && torn == 0 && lost == 0; }
};

std::ostream& operator<<(std::ostream& out, const Findings& findings)
{
    return out << findings.images << " images: " << findings.corrupt << " corrupt, " << findings.torn
               << " torn, " << findings.lost << " lost an acknowledged contact";
}

/// Opens one image as the host would after the power is back.
void judge(const std::filesystem::path& file, std::int64_t acknowledged, Findings& findings)
{
    ++findings.images;
    if (!std::filesystem::exists(file)) {
        findings.lost += acknowledged > 0 ? 1 : 0;
        return;
    }
    DatabaseOptions options;
    options.create = true;
    options.readers = 1;
    options.synchronous = Synchronous::off;
    auto opened = Database::open(file, options);
    if (!opened) {
        ++findings.corrupt;
        return;
    }
    Connection& writer = (*opened)->writer();
    try {
        if (text(writer, "PRAGMA integrity_check") != "ok") {
            ++findings.corrupt;
            return;
        }
        if (number(writer, "SELECT count(*) FROM sqlite_schema") < 2) { // cut before the schema was there
            findings.lost += acknowledged > 0 ? 1 : 0;
            return;
        }
        const std::int64_t contacts = number(writer, "SELECT count(*) FROM contact");
        const bool paired = contacts == number(writer, "SELECT count(*) FROM event")
            && contacts
                == number(writer, "SELECT count(*) FROM contact JOIN event ON event.contact = contact.id");
        findings.torn += paired ? 0 : 1;
        findings.lost += contacts < acknowledged ? 1 : 0;
    } catch (const std::runtime_error&) {
        ++findings.corrupt;
    }
}

Findings examine(const FaultyDisk& disk, DiskModel model, unsigned seed)
{
    std::mt19937 random{seed};
    std::multiset<std::size_t> moments;
    for (std::size_t i = 0; i < image_count(); ++i)
        moments.insert(std::uniform_int_distribution<std::size_t>{0, disk.events().size()}(random));
    PowerCut cut{disk, model, seed};
    Findings findings;
    for (const std::size_t moment : moments) {
        cut.advance_to(moment);
        const TempFolder folder{TempFolder::in_memory};
        cut.write_image(folder / "");
        judge(folder / "a.db", cut.acknowledged(), findings);
    }
    std::cout << findings << '\n';
    return findings;
}

Findings cut_power(Synchronous synchronous, DiskModel model, unsigned seed = 7)
{
    const TempFolder folder{TempFolder::in_memory};
    FaultyDisk disk;
    auto database = take(Database::open(folder / "a.db", options_on(disk, synchronous)));
    must(database->writer().execute(schema));
    must(write_contacts(*database, disk, 1, 1000));
    database.reset();
    return examine(disk, model, seed);
}

} // namespace

TEST(PowerCut, LosesNothingThatWasAcknowledged)
{
    EXPECT_TRUE(cut_power(Synchronous::full, DiskModel::honest).clean());
}

TEST(PowerCut, LeavesAFileThatIsOursInEveryMomentOfItsCreation)
{
    const TempFolder folder{TempFolder::in_memory};
    FaultyDisk disk;
    auto database = take(Database::open(folder / "a.db", options_on(disk, Synchronous::full)));
    must(database->writer().execute(schema));
    const std::size_t created = disk.events().size();
    database.reset();
    PowerCut cut{disk, DiskModel::honest, 5};
    Findings findings;
    for (std::size_t moment = 0; moment <= created; ++moment) {
        cut.advance_to(moment);
        for (int i = 0; i < 20; ++i) {
            const TempFolder image{TempFolder::in_memory};
            cut.write_image(image / "");
            judge(image / "a.db", cut.acknowledged(), findings);
        }
    }
    EXPECT_TRUE(findings.clean()) << findings;
}

TEST(PowerCut, LosesCommitsWithSynchronousNormal)
{
    const Findings findings = cut_power(Synchronous::normal, DiskModel::honest);
    EXPECT_EQ(findings.corrupt, 0U);
    EXPECT_EQ(findings.torn, 0U);
    EXPECT_GT(findings.lost, 0U) << "the harness must see what NORMAL loses";
}

TEST(PowerCut, DestroysTheDatabaseWithSynchronousOff)
{
    const Findings findings = cut_power(Synchronous::off, DiskModel::honest);
    EXPECT_GT(findings.corrupt + findings.torn, 0U) << "the harness must see what OFF destroys";
}

TEST(PowerCut, DestroysTheDatabaseOnADiskThatIgnoresSyncs)
{
    const Findings findings = cut_power(Synchronous::full, DiskModel::ignores_sync);
    EXPECT_GT(findings.corrupt + findings.torn + findings.lost, 0U);
}

TEST(FaultyDisk, SaysThatTheDiskIsFullAndGoesOnOnceItIsNot)
{
    const TempFolder folder{TempFolder::in_memory};
    FaultyDisk disk;
    auto database = take(Database::open(folder / "a.db", options_on(disk, Synchronous::full)));
    must(database->writer().execute(schema));
    must(write_contacts(*database, disk, 1, 20));
    for (std::int64_t space = 0; space < 60'000; space += 1777) {
        disk.set_space(space);
        const std::int64_t before = number(database->writer(), "SELECT max(id) FROM contact");
        const auto refused = write_contacts(*database, disk, before + 1, before + 500);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().key, "store.full") << refused.error().message;
        EXPECT_FALSE(database->writer().in_transaction());
        EXPECT_GE(number(*database->read(), "SELECT max(id) FROM contact"), before) << "reads go on";
        disk.set_space(-1);
        const std::int64_t next = number(database->writer(), "SELECT max(id) + 1 FROM contact");
        must(write_contacts(*database, disk, next, next + 1)); // goes on without a restart
    }
    EXPECT_EQ(text(database->writer(), "PRAGMA integrity_check"), "ok");
    database.reset();
    EXPECT_TRUE(examine(disk, DiskModel::honest, 11).clean());
}

TEST(FaultyDisk, ClaimsNothingThatASyncRefused)
{
    for (std::int64_t failing = 0; failing < 40; ++failing) {
        const TempFolder folder{TempFolder::in_memory};
        FaultyDisk disk;
        auto database = take(Database::open(folder / "a.db", options_on(disk, Synchronous::full)));
        must(database->writer().execute(schema));
        disk.fail_sync_after(failing, false);
        const auto refused = write_contacts(*database, disk, 1, 1000);
        ASSERT_FALSE(refused) << failing;
        EXPECT_EQ(refused.error().key, "store.io");
        EXPECT_EQ(refused.error().where, "sync");
        const std::size_t end = disk.events().size();
        PowerCut cut{disk, DiskModel::honest, static_cast<unsigned>(failing)};
        cut.advance_to(end);
        Findings findings;
        for (int i = 0; i < 10; ++i) {
            const TempFolder image{TempFolder::in_memory};
            cut.write_image(image / "");
            judge(image / "a.db", cut.acknowledged(), findings);
        }
        EXPECT_TRUE(findings.clean()) << "sync " << failing << ": " << findings;
    }
}

} // namespace mortise::host::test
