// Reads as a vendor's plugin does, and answers with the seconds that it took.
#include <mortise/plugin.hpp>

#include <chrono>

namespace {

class Reader : public mortise::Plugin {
public:
    explicit Reader(mortise::Host given) : Plugin(std::move(given))
    {
        command("bench.get", [this](const mortise::Arguments& arguments) {
            return timed([&](std::int64_t& found) {
                for (const mortise::ValueView id : arguments["ids"].items())
                    found += mortise::require(host().get("contact", mortise::Id{id.integer()})).id()
                        != mortise::Id{};
            });
        });
        command("bench.find", [this](const mortise::Arguments& arguments) {
            return timed([&](std::int64_t& found) {
                for (const mortise::ValueView email : arguments["emails"].items())
                    found += static_cast<std::int64_t>(
                        mortise::require(host().find("contact", "email", email.text())).size()
                    );
            });
        });
        command("bench.pages", [this](const mortise::Arguments& arguments) {
            return timed([&](std::int64_t& found) {
                for (const mortise::ValueView name : arguments["names"].items())
                    found += static_cast<std::int64_t>(
                        mortise::require(
                            host().query(arguments["sql"].text(), mortise::Map{{"name", name.text()}})
                        ).size()
                    );
            });
        });
        command("bench.scan", [this](const mortise::Arguments& arguments) {
            std::uint64_t seen = 0;
            return timed([&](std::int64_t& found) {
                mortise::require(host().query_batches(
                    arguments["sql"].text(),
                    {},
                    [&](const mortise::BatchView& batch) { return take(batch, found, seen); },
                    {.max_rows = 100'000'000, .deadline_ms = 600'000}
                ));
            });
        });
    }

private:
    /// Looks at every value.
    static bool take(const mortise::BatchView& batch, std::int64_t& found, std::uint64_t& seen)
    {
        for (const mortise::ColumnView& column : batch.columns()) {
            for (const std::int64_t number : column.integers())
                seen += static_cast<std::uint64_t>(number);
            if (column.kind() == mortise::Kind::text)
                for (std::uint32_t row = 0; row < batch.rows(); ++row)
                    seen += static_cast<std::uint64_t>(column.text(row).size());
        }
        found += batch.rows();
        return seen != 0;
    }

    template <class Body>
    static mortise::Value timed(Body body)
    {
        std::int64_t found = 0;
        const auto start = std::chrono::steady_clock::now();
        body(found);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        return mortise::Map{{"seconds", seconds.count()}, {"found", found}};
    }
};

} // namespace

MORTISE_PLUGIN(Reader)
