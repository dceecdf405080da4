#!/bin/bash
# Makes the databases and logins for which there are passwords, OWNER_PASSWORD_<database> and APP_PASSWORD_<database>. What is there
# stays as it is, passwords too. The owner migrates; the application's login owns nothing, so that row-level security binds it.
# Run on an empty volume before the server listens, there from a backup when one is named; and by a Job with each revision (with PGHOST),
# as services may be switched on later. The Job restores nothing: it fails when a backup is named that these databases did not begin with.
set -euo pipefail
fail() { echo "$*" >&2; exit 1; }
backups=${BACKUPS:-/backups}
whole() { (cd "$backups/$RESTORE" 2>/dev/null && sha256sum --check --quiet SHA256SUMS) >/dev/null 2>&1; }
sql() { psql -qX -v ON_ERROR_STOP=1 -U postgres "$@"; }
# The comment of a database says which backup it began with.
began() { sql -At -v name="$1" <<<"select shobj_description(oid, 'pg_database') from pg_database where datname = :'name'"; }

if [ -n "${PGHOST:-}" ]; then
  # As long as it takes: its first start may be a restore.
  for ((waited = 0; ; waited += 2)); do
    pg_isready -q && break
    ((waited % 30)) || echo "waiting for PostgreSQL at $PGHOST"
    sleep 2
  done
  sql -c '' || fail "PostgreSQL at $PGHOST does not let postgres in: is POSTGRES_PASSWORD the one that its volume was made with?"
  for variable in "${!OWNER_PASSWORD_@}"; do
    database=${variable#OWNER_PASSWORD_}
    [ -z "${RESTORE:-}" ] || [ "$(began "$database")" = "began with backup $RESTORE" ] ||
      fail "NOT RESTORED: $database did not begin with backup $RESTORE, as its volume was not empty. Delete the release and the volumes of PostgreSQL and NATS first, or leave backup.restore out"
  done
else
  # A first start that fails leaves nothing behind: the next one begins again, and says the same.
  trap '[ $? = 0 ] || { pg_ctl -D "$PGDATA" -m immediate stop >/dev/null 2>&1; rm -rf "${PGDATA:?}"/*; }' EXIT
  if [ -n "${RESTORE:-}" ]; then
    # It may have to be copied here first.
    for ((waited = 0; waited < 3600; waited += 2)); do
      whole && break
      ((waited % 30)) || echo "waiting for the backup $RESTORE, whole, in $backups; there: $(ls "$backups" | tr '\n' ' ')"
      sleep 2
    done
    whole || fail "RESTORE FAILED: there is no whole backup $RESTORE in $backups: a file is missing or is not what SHA256SUMS says"
  fi
fi

ensure() { # its name; two passwords in the environment
  sql -v name="$1" <<'SQL'
\getenv owner OWNER
\getenv app APP
select 'create role atrium_app nologin' where not exists (select from pg_roles where rolname = 'atrium_app') \gexec
select format('create role %I login password %L', :'name' || '_owner', :'owner')
  where not exists (select from pg_roles where rolname = :'name' || '_owner') \gexec
select format('create role %I login password %L in role atrium_app', :'name' || '_app', :'app')
  where not exists (select from pg_roles where rolname = :'name' || '_app') \gexec
select format('create database %I owner %I', :'name', :'name' || '_owner')
  where not exists (select from pg_database where datname = :'name') \gexec
select format('revoke all on database %I from public', :'name') \gexec
select format('grant connect on database %I to %I', :'name', :'name' || '_app') \gexec
SQL
}

restore() { # a database, from the backup when it has it
  if [ -e "$backups/$RESTORE/$1.dump" ]; then
    pg_restore -U postgres -d "$1" --exit-on-error "$backups/$RESTORE/$1.dump" || fail "RESTORE FAILED: $1: see above"
    sql -d "$1" -c analyze
    echo "$1: restored from $RESTORE"
  else
    echo "$1: not in the backup $RESTORE, so it begins empty"
  fi
  sql -c "comment on database \"$1\" is 'began with backup $RESTORE'"
}

for variable in "${!OWNER_PASSWORD_@}"; do
  database=${variable#OWNER_PASSWORD_} app=APP_PASSWORD_${variable#OWNER_PASSWORD_}
  [ -n "${!app:-}" ] || fail "$database: $app is missing"
  OWNER=${!variable} APP=${!app} ensure "$database" || fail "$database: see above"
  [ -n "${PGHOST:-}" ] || [ -z "${RESTORE:-}" ] || restore "$database"
done
echo "databases: ${!OWNER_PASSWORD_*}" | sed 's/OWNER_PASSWORD_//g'
