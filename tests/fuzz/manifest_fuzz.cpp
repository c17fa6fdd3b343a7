/// \file
/// Manifests: a plugin.json is understood, or refused with what is wrong and where; what was understood means
/// the same when the host writes it down and reads it again.

#include "base/json.hpp"
#include "fuzz_check.hpp"
#include "plugins/manifest.hpp"

#include <boost/json/value.hpp>

using namespace mortise::host;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const ManifestReading reading = read_manifest(text_of(data, size));
    for (const mortise::Error& error : reading.errors) {
        FUZZ_CHECK(!error.message.empty());
        FUZZ_CHECK(!error.key.empty());
    }
    if (!reading.errors.empty()) return 0;
    const Manifest& manifest = reading.manifest;
    FUZZ_CHECK(!manifest.id.empty() && !manifest.name.empty());
    FUZZ_CHECK(manifest.prefix().find('-') == std::string::npos);
    for (const EventDeclaration& event : manifest.events)
        FUZZ_CHECK(manifest.find_event(event.type) != nullptr);
    for (const JobDeclaration& job : manifest.jobs)
        FUZZ_CHECK(manifest.find_job(job.name) != nullptr);

    const ManifestReading again = read_manifest(to_json(manifest.json));
    FUZZ_CHECK(again.errors.empty());
    FUZZ_CHECK(again.manifest.json == manifest.json);
    FUZZ_CHECK(again.manifest.own_permissions() == manifest.own_permissions());
    return 0;
}
