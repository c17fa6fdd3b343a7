#pragma once

/// \file
/// The methods of the control API by subject; each function adds those of one. Their handlers use the host
/// for as long as the API lives.

#include "control/api.hpp"

namespace mortise::host {

class Host;

void add_audit_methods(Api& api, Host& host);
void add_backup_methods(Api& api, Host& host);
void add_backup_plan_methods(Api& api, Host& host);
void add_bundle_methods(Api& api, Host& host);
void add_command_methods(Api& api, Host& host);
void add_event_methods(Api& api, Host& host);
void add_export_methods(Api& api, Host& host);
void add_file_methods(Api& api, Host& host);
void add_import_methods(Api& api, Host& host);
void add_job_methods(Api& api, Host& host);
void add_package_methods(Api& api, Host& host);
void add_plugin_methods(Api& api, Host& host);
void add_query_methods(Api& api, Host& host);
void add_record_methods(Api& api, Host& host);
void add_relation_methods(Api& api, Host& host);
void add_retention_methods(Api& api, Host& host);
void add_role_methods(Api& api, Host& host);
void add_session_methods(Api& api, Host& host);
void add_status_methods(Api& api, Host& host);
void add_subscription_methods(Api& api, Host& host);
void add_trust_methods(Api& api, Host& host);
void add_type_methods(Api& api, Host& host);
void add_undo_methods(Api& api, Host& host);
void add_user_methods(Api& api, Host& host);
void add_view_methods(Api& api, Host& host);

} // namespace mortise::host
