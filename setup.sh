#!/bin/sh
# Makes .venv, the one thing that must exist before Python code of ours can run.
#
#   sh setup.sh        what `workspace` needs
#   sh setup.sh dev    also what the tests and linters need
#
# Running it again costs nothing until a lock or pyproject.toml changes.
set -eu
cd "$(dirname "$0")"
profile=${1:-base}
lock=requirements/$profile.txt
stamp=.venv/.installed-$profile

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

has_python() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for python in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        if has_python "$python"; then
            return 0
        fi
    done
    return 1
}

install_python() {
    command -v apt-get >/dev/null 2>&1 ||
        fail "Python 3.11 or newer with its venv module is needed. Install it and run this again."
    [ "$(id -u)" = 0 ] ||
        fail "Python 3.11 with venv is missing, and installing it needs root. Run: sudo make up"
    echo 'setup: installing python3 and python3-venv'
    apt-get update -q </dev/null || fail "apt-get update failed. Check the network and apt's sources."
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
        python3 python3-venv ca-certificates </dev/null ||
        fail "python3-venv could not be installed; apt's own words are above."
    find_python || fail "this system's Python is older than 3.11. Use Debian 12, Ubuntu 24.04 or newer."
}

wanted=$(cat "$lock" pyproject.toml setup.sh | cksum)
if [ -x .venv/bin/workspace ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

find_python || install_python
# An environment whose interpreter is gone (an upgraded or removed Python) cannot be repaired.
if ! .venv/bin/python -c '' 2>/dev/null; then
    echo 'setup: making .venv'
    rm -rf .venv
    "$python" -m venv .venv || fail ".venv could not be made in $(pwd)."
fi

echo "setup: installing the packages of $lock"
pip() {
    .venv/bin/python -m pip --disable-pip-version-check --no-input "$@" </dev/null
}
pip install -q --require-hashes -r "$lock" ||
    fail "the packages of $lock could not be installed; pip's own words are above. Check the network and pip's configuration (pip config list)."
pip install -q --no-deps --no-build-isolation -e . ||
    fail "the project itself could not be installed into .venv; pip's own words are above."
printf '%s' "$wanted" > "$stamp"
