// Power cuts, full disks and failing syncs under all that a write passes through: records, writer, log and
// deliveries.

#include "power_cut_vfs.hpp"
#include "store/tests/temp_folder.hpp"
#include "writing_house.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <set>
#include <thread>

namespace mortise::host::test {

namespace {

/// Of all images; the environment may ask for more.
std::size_t image_count()
{
    const char* wanted = std::getenv("MORTISE_POWER_CUTS");
    return wanted ? static_cast<std::size_t>(std::atoll(wanted)) : 300;
}

DatabaseOptions options_on(const FaultyDisk& disk, Synchronous synchronous = Synchronous::full)
{
    DatabaseOptions options = frequent_checkpoints();
    options.vfs = disk.vfs_name();
    options.synchronous = synchronous;
    return options;
}

/// Four threads write `count` contacts each, and mark those that were acknowledged.
void write_from_four_threads(WritingHouse& house, FaultyDisk& disk, int count)
{
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            for (int i = 0; i < count; ++i)
                disk.mark(take(house.write_contact(std::to_string(thread) + "/" + std::to_string(i))));
        });
}

/// Opens what the disk holds as the host would after the power is back, and says what is wrong with it.
std::vector<std::string>
judge(const std::filesystem::path& file, const std::vector<std::int64_t>& acknowledged)
{
    DatabaseOptions options;
    options.create = true;
    options.readers = 2;
    options.synchronous = Synchronous::off; // the image is thrown away
    auto house = WritingHouse::open(file, options);
    if (!house) return {"it does not open: " + house.error().message};
    if (const std::string structure = structure_of(*(*house)->database); structure != "ok")
        return {"it is damaged: " + structure};
    auto wrong = lost(*(*house)->database, acknowledged);
    std::ranges::move(broken_promises(*(*house)->database), std::back_inserter(wrong));
    return wrong;
}

/// How many of the images break a promise; prints the first that does.
std::size_t count_broken(const FaultyDisk& disk, std::size_t images, unsigned seed)
{
    std::mt19937 random{seed};
    std::multiset<std::size_t> moments;
    for (std::size_t i = 0; i < images; ++i)
        moments.insert(std::uniform_int_distribution<std::size_t>{0, disk.events().size()}(random));
    PowerCut cut{disk, DiskModel::honest, seed};
    std::size_t broken = 0;
    for (const std::size_t moment : moments) {
        cut.advance_to(moment);
        const TempFolder folder{TempFolder::in_memory};
        cut.write_image(folder / "");
        const auto wrong = judge(folder / "a.db", cut.all_acknowledged());
        if (!wrong.empty() && broken++ == 0) std::cout << "at " << moment << ": " << wrong.front() << '\n';
    }
    std::cout << images << " images, " << broken << " broken\n";
    return broken;
}

std::size_t cut_power(Synchronous synchronous)
{
    const TempFolder folder{TempFolder::in_memory};
    FaultyDisk disk;
    auto house = take(WritingHouse::open(folder / "a.db", options_on(disk, synchronous)));
    must(house->greet());
    write_from_four_threads(*house, disk, 150);
    house->dispatcher->wait_until(house->log->last(), std::chrono::seconds{60});
    house.reset();
    return count_broken(disk, image_count(), 3);
}

} // namespace

TEST(RecordsPowerCut, KeepsContactsEventsAndEffectsTogether)
{
    EXPECT_EQ(cut_power(Synchronous::full), 0U);
}

TEST(RecordsPowerCut, IsSeenToFailWithSynchronousNormal)
{
    EXPECT_GT(cut_power(Synchronous::normal), 0U);
}

TEST(RecordsPowerCut, IsSeenToFailWithSynchronousOff)
{
    EXPECT_GT(cut_power(Synchronous::off), 0U);
}

TEST(RecordsOnAFullDisk, RefuseReadOnAndGoOnWithoutARestart)
{
    const TempFolder folder{TempFolder::in_memory};
    FaultyDisk disk;
    auto house = take(WritingHouse::open(folder / "a.db", options_on(disk)));
    must(house->greet());
    std::vector<std::int64_t> acknowledged{take(house->write_contact("first"))};
    for (std::int64_t space = 0; space < 120'000; space += 5'777) {
        disk.set_space(space);
        Result<std::int64_t> written{0};
        for (int i = 0; i < 500 && written; ++i) {
            written = house->write_contact("while it fills");
            if (!written) break;
            acknowledged.push_back(*written);
            disk.mark(*written);
        }
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().key, "store.full") << written.error().message;
        EXPECT_EQ(written.error().code, ErrorCode::io);
        EXPECT_FALSE(written.error().hint.empty());
        EXPECT_EQ(house->writer->stopped_because(), "");
        EXPECT_TRUE(house->records->get(Principal::system(), "contact", Id{acknowledged.back()}))
            << "reads go on";
        disk.set_space(-1);
        acknowledged.push_back(take(house->write_contact("after it")));
        disk.mark(acknowledged.back());
    }
    EXPECT_TRUE(house->dispatcher->wait_until(house->log->last(), std::chrono::seconds{60}))
        << "deliveries go on too";
    for (const std::string& each : lost(*house->database, acknowledged))
        ADD_FAILURE() << each;
    for (const std::string& each : broken_promises(*house->database))
        ADD_FAILURE() << each;
    EXPECT_EQ(structure_of(*house->database), "ok");
    house.reset();
    EXPECT_EQ(count_broken(disk, 100, 4), 0U);
}

/// Any sync may be the one that fails, of a commit or of a checkpoint: after it nothing is accepted any more,
/// because what the disk holds is not known; what was acknowledged before is there.
TEST(RecordsOnADiskThatDoesNotSync, StopAndClaimNothing)
{
    for (std::int64_t failing = 0; failing < 120; failing += 3) {
        const TempFolder folder{TempFolder::in_memory};
        FaultyDisk disk;
        auto house = take(WritingHouse::open(folder / "a.db", options_on(disk)));
        const std::int64_t known = take(house->write_contact("before"));
        disk.mark(known);
        disk.fail_sync_after(failing, false);
        Result<std::int64_t> written{0};
        for (int i = 0; i < 2000 && written; ++i) {
            written = house->write_contact("n");
            if (written) disk.mark(*written);
        }
        ASSERT_FALSE(written) << "sync " << failing;
        if (written.error().key != "store.read_only") {
            EXPECT_EQ(written.error().key, "store.io");
            EXPECT_EQ(written.error().code, ErrorCode::outcome_unknown);
        }
        const auto later = house->write_contact("later");
        ASSERT_FALSE(later) << "sync " << failing;
        EXPECT_EQ(later.error().key, "store.read_only") << later.error().message;
        EXPECT_NE(house->writer->stopped_because(), "");
        EXPECT_TRUE(house->records->get(Principal::system(), "contact", Id{known})) << "reads go on";
        const std::size_t end = disk.events().size();
        house.reset();
        PowerCut cut{disk, DiskModel::honest, static_cast<unsigned>(failing)};
        cut.advance_to(end);
        for (int i = 0; i < 3; ++i) {
            const TempFolder image{TempFolder::in_memory};
            cut.write_image(image / "");
            for (const std::string& each : judge(image / "a.db", cut.all_acknowledged()))
                ADD_FAILURE() << "sync " << failing << ": " << each;
        }
    }
}

/// Those who wait for their turn when a sync fails are refused as well. Their own sync would succeed, and say
/// nothing about what the failed one was to keep.
TEST(RecordsOnADiskThatDoesNotSync, WriteNothingOfWhatWaitedAfterIt)
{
    for (std::int64_t failing = 3; failing < 40; failing += 4) {
        const TempFolder folder{TempFolder::in_memory};
        FaultyDisk disk;
        auto house = take(WritingHouse::open(folder / "a.db", options_on(disk)));
        disk.fail_sync_after(failing, false);
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 8; ++thread)
                threads.emplace_back([&] {
                    while (house->write_contact("n"))
                        ;
                });
        }
        house.reset();
        const auto wal
            = static_cast<std::size_t>(std::ranges::find(disk.files(), "a.db-wal") - disk.files().begin());
        const auto& events = disk.events();
        const auto failed = std::ranges::find(events, DiskEvent::Kind::failed_sync, &DiskEvent::kind);
        ASSERT_NE(failed, events.end());
        EXPECT_EQ(
            std::count_if(
                failed,
                events.end(),
                [&](const DiskEvent& each) { return each.kind == DiskEvent::Kind::write && each.file == wal; }
            ),
            0
        ) << "sync "
          << failing;
    }
}

} // namespace mortise::host::test
