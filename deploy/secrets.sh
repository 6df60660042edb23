#!/bin/sh
# Makes the secrets of compose.yml in deploy/secrets/, by chance, once, and an empty plan.env; what is there already stays.
# The folder is its owner's alone; the files are readable, because the servers run as other users in their containers.
set -eu
cd "$(dirname "$0")"
umask 022
mkdir -p secrets
chmod 700 secrets
keep() {
    [ -s "secrets/$1" ] || printf '%s' "$2" > "secrets/$1"
}
chance() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}
for name in POSTGRES_PASSWORD REDIS_PASSWORD RABBITMQ_PASSWORD GRAFANA_PASSWORD PLAN_SECRET PLAN_ACTION_SECRET PLAN_METRICS_TOKEN; do
    keep "$name" "$(chance)"
done
database="postgresql://plan:$(cat secrets/POSTGRES_PASSWORD)@postgres:5432/plan"
keep TRACKER_DB "$database"
keep PLAN_STATISTICS_DB "$database"
keep PLAN_REDIS "redis://:$(cat secrets/REDIS_PASSWORD)@redis:6379/0"
if [ ! -e plan.env ]; then
    : > plan.env
    chmod 600 plan.env
fi
