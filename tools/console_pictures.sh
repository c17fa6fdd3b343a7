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
for plugin in mortise.pipelines mortise.segmentation; do
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
picture segment segment/new light
picture plugins plugins light
picture startup startup light
