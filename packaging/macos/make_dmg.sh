#!/bin/sh
# The disk image for macOS, from the Albumen.app that packaging/bundle.py made.
# SIGN_AS="Developer ID Application: ..." signs it; NOTARY_PROFILE=... has Apple notarise it.
# See packaging/README.md for what of this was checked.
set -eu
cd "$(dirname "$0")/../.."

app=dist/Albumen.app
image=dist/Albumen.dmg
staging=build/dmg

[ -d "$app" ] || { echo "No $app: run make bundle on macOS first." >&2; exit 3; }

if [ -n "${SIGN_AS:-}" ]; then
    codesign --force --deep --options runtime --timestamp --sign "$SIGN_AS" "$app"
fi

rm -rf "$staging" "$image"
mkdir -p "$staging"
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
hdiutil create -volname Albumen -srcfolder "$staging" -format UDZO "$image"

if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
echo "$image"
