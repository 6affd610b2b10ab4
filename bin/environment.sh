# Sourced by the commands beside it: makes .venv and keeps it in step with requirements/*.txt.
# Wants uv, or Python 3.11 or newer with its venv module; nothing else.
set -eu
cd -- "$(dirname -- "$0")/.."

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

find_uv() {
    for candidate in uv .venv/bin/uv; do
        if "$candidate" --version >/dev/null 2>&1; then
            printf '%s' "$candidate"
            return
        fi
    done
}

find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s' "$candidate"
            return
        fi
    done
    fail "Helpdesk needs Python 3.11 or newer, or uv, and found neither."
}

make_venv() {
    rm -rf .venv
    uv=$(find_uv)
    if [ -n "$uv" ]; then
        "$uv" venv --quiet --python '>=3.11' .venv
        return
    fi
    python=$(find_python)
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        fail "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"
    fi
    # Ten times faster than pip; where it can't be had, pip does.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check uv || true
}

install() {
    uv=$(find_uv)
    if [ -n "$uv" ]; then
        "$uv" pip install --quiet --python .venv/bin/python --requirement "$1"
    else
        .venv/bin/python -m pip install --quiet --require-hashes --requirement "$1"
    fi
}

# make_environment embedded|dev: dev holds all of embedded.
make_environment() {
    .venv/bin/python -c '' >/dev/null 2>&1 || make_venv
    wanted=$(cksum <"requirements/$1.txt")
    stamp=".venv/$1.cksum"
    if [ "$wanted" != "$(cat "$stamp" 2>/dev/null)" ]; then
        printf 'Installing requirements/%s.txt into .venv\n' "$1"
        install "requirements/$1.txt"
        printf '%s\n' "$wanted" >"$stamp"
        if [ "$1" = dev ]; then
            cksum <requirements/embedded.txt >.venv/embedded.cksum
        fi
    fi
}
