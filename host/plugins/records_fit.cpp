#include "plugins/records_fit.hpp"

#include "records/declaration_fit.hpp"

namespace mortise::host {

Result<void>
check_records_fit(const Manifest& manifest, Connection& reader, const Schema& before, const Schema& now)
{
    MORTISE_TRY(const auto misfits, find_misfits(reader, before, now, manifest.id, manifest.types));
    if (misfits.empty()) return {};
    Error error{
        .code = ErrorCode::state,
        .message = manifest.id + ' ' + manifest.version.text() + " does not fit the records that there are: ",
        .key = std::string{records_unfit_key},
        .where = "/types/" + std::to_string(misfits.front().type) + "/fields/"
            + std::to_string(misfits.front().field),
    };
    bool takes_options = false;
    bool requires_values = false;
    for (const Misfit& misfit : misfits) {
        const TypeDeclaration& type = manifest.types[misfit.type];
        const std::string& field = type.fields[misfit.field].name;
        if (&misfit != &misfits.front()) error.message += "; ";
        error.message += std::to_string(misfit.records) + " of " + type.plural + " ";
        error.message += misfit.records == 1 ? "has " : "have ";
        if (misfit.option.empty())
            error.message += "no value for \"" + field + "\", which becomes required and has no default";
        else
            error.message += "the option \"" + misfit.option + "\" in \"" + field + "\", which is taken away";
        (misfit.option.empty() ? requires_values : takes_options) = true;
    }
    if (takes_options)
        error.hint = "keep the option in plugin.json (its label can say that it is not used any more), or "
                     "change those records in migrate, or by hand before";
    if (requires_values)
        error.hint += (takes_options ? "; " : "")
            + std::string{"give the field a default, or fill it in migrate for the records that there are"};
    return error;
}

} // namespace mortise::host
