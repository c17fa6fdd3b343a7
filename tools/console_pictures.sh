#!/usr/bin/env bash
# Makes the pictures of the console that the documentation shows, from sample data: tools/console_pictures.sh
# Wants a release build. The sample data depends on the day, so the pictures differ each time; commit them when the
# console looks otherwise than before.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=build/release/bin
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$bin/mortise" --data "$folder/house" init >/dev/null
for plugin in mortise.pipelines mortise.segmentation mortise.reporting; do
  "$bin/mortise" --data "$folder/house" plugins enable "$plugin" >/dev/null
done
"$bin/mortise" --data "$folder/house" demo >/dev/null
mkdir -p docs/images
picture() { # NAME SCREEN THEME
    (cd "$folder" && "$OLDPWD/$bin/mortise-console" --data house --screen "$2" --theme "$3" --size 1280x800 --screenshot "$1.png")
    mv "$folder/$1.png" "docs/images/console-$1.png"
    echo "docs/images/console-$1.png"
}
picture contacts list/contact light
picture board view/pipelines.board light
picture board-dark view/pipelines.board dark
picture record record/contact/19 light
segment=$("$bin/mortise" --data "$folder/house" --json call segmentation.create_segment '{"name": "Austrian customers",
  "definition": {"all": [{"field": "country", "is": "eq", "value": "AT"}, {"any": [
    {"field": "lifecycle", "is": "eq", "value": "customer"},
    {"events": "note.logged", "within": {"last": {"count": 30, "unit": "day"}}}]},
    {"related": "opportunity", "by": "organisation", "of": "organisation"}]}}' | sed 's/[^0-9]*\([0-9]*\).*/\1/')
picture segment "segment/$segment" light
report=$("$bin/mortise" --data "$folder/house" --json call reporting.create_report '{"name": "Closed deals by stage",
  "definition": {"source": "opportunity", "filters": [{"field": "status", "is": "in", "value": ["won", "lost"]}],
    "period": {"field": "close_date", "is": "this_year"}, "rows": ["stage"],
    "columns": [{"field": "close_date", "bucket": "quarter"}],
    "measures": [{"as": "deals", "label": "Deals", "of": "count"},
                 {"as": "amount", "label": "Amount", "of": "sum", "field": "amount"}]}}' | sed 's/[^0-9]*\([0-9]*\).*/\1/')
picture report "report/$report" light
"$bin/mortise" --data "$folder/house" call reporting.set_up_standard >/dev/null
picture dashboard dashboards/Sales light
"$bin/mortise" --data "$folder/house" contacts duplicates scan >/dev/null 2>&1
picture duplicates duplicates light
picture bundles bundles/marketing-ready light
