#!/bin/sh
# Starts what the image is asked for: worker, actions, or any command of planbot.
# Each file /run/secrets/NAME becomes the environment variable NAME.
set -eu
cd "$(dirname "$0")/.."
for file in "${PLAN_SECRETS_FOLDER:-/run/secrets}"/*; do
    [ -f "$file" ] || continue
    case "${file##*/}" in *[!A-Z0-9_]* | [0-9]*) continue ;; esac
    export "${file##*/}=$(cat "$file")"
done
if [ -L .build/pictures ]; then
    mkdir -p "$(readlink .build/pictures)"
fi
# the list of fonts, made with the image: the first chart would wait for it
if [ -n "${MPLCONFIGDIR:-}" ] && [ ! -e "$MPLCONFIGDIR" ] && [ -d .build/matplotlib ]; then
    cp -r .build/matplotlib "$MPLCONFIGDIR"
fi
case "${1:-worker}" in
worker)
    set -- models/plan-*.tar.gz
    exec .venv/bin/python -m bot.server --interface 0.0.0.0 --port 5005 --model "$1"
    ;;
actions)
    exec .venv/bin/python -m actions.server 5055 --interface 0.0.0.0
    ;;
*)
    exec .venv/bin/planbot "$@"
    ;;
esac
