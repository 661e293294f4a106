#!/bin/sh
# Installs the Debian packages that the tests need, if they are missing and we are root; otherwise says what is missing.
# With an argument, only that part: `python` (for python3 -m venv) or `npm`.
set -eu

case "${1:-test}" in
    python) wanted="python3:python3-venv" ; check=ensurepip ;;
    npm) wanted="npm:npm" ; check= ;;
    *) wanted="mariadbd:mariadb-server chromium:chromium nginx:nginx-light zstd:zstd setpriv:util-linux" ; check=postgres ;;
esac

missing=
for pair in $wanted; do
    PATH="$PATH:/usr/sbin" command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
if [ "$check" = postgres ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    missing="$missing postgresql"
fi
if [ "$check" = ensurepip ]; then
    missing="python3-venv"
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed:$missing. Tests that need them are skipped or fail; on Debian: apt-get install$missing" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# the servers' own services must not start: tests start theirs
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=yes
fi
apt-get update -q >/dev/null
# shellcheck disable=SC2086
apt-get install -y -q --no-install-recommends $missing >/dev/null
[ -z "$made" ] || rm -f "$policy"
