#!/bin/bash
# Run once, on an empty volume, before the server listens: the databases and their logins, empty or from a backup. The owner migrates;
# the application's login owns nothing, so that row-level security binds it.
set -euo pipefail
# A first start that fails leaves nothing behind: the next one begins again, and says the same.
trap '[ $? = 0 ] || { pg_ctl -D "$PGDATA" -m immediate stop >/dev/null 2>&1; rm -rf "${PGDATA:?}"/*; }' EXIT
fail() { echo "RESTORE FAILED: $*" >&2; exit 1; }
whole() { (cd "/backups/$RESTORE" 2>/dev/null && sha256sum --check --quiet SHA256SUMS) >/dev/null 2>&1; }

if [ -n "${RESTORE:-}" ]; then
  # It may have to be copied here first.
  for ((waited = 0; waited < 3600; waited += 2)); do
    whole && break
    ((waited % 30)) || echo "waiting for the backup $RESTORE, whole, in /backups; there: $(ls /backups | tr '\n' ' ')"
    sleep 2
  done
  whole || fail "there is no whole backup $RESTORE in /backups: a file is missing or is not what SHA256SUMS says"
fi
psql -qX -v ON_ERROR_STOP=1 -U postgres -c 'create role atrium_app nologin'
for database in $DATABASES; do
  owner=$(printenv "OWNER_PASSWORD_$database") app=$(printenv "APP_PASSWORD_$database")
  psql -qX -v ON_ERROR_STOP=1 -U postgres <<SQL
create role ${database}_owner login password '$owner';
create role ${database}_app login password '$app' in role atrium_app;
create database ${database} owner ${database}_owner;
revoke all on database ${database} from public;
grant connect on database ${database} to ${database}_app;
SQL
  if [ -n "${RESTORE:-}" ]; then
    pg_restore -U postgres -d "$database" --exit-on-error "/backups/$RESTORE/$database.dump" || fail "$database: see above"
    psql -qX -U postgres -d "$database" -c analyze
    echo "$database: restored from $RESTORE"
  fi
done
