#!/bin/bash
# Dumps the databases as they were at one moment. For that moment no service hears anything: what one has heard, another has stated
# in the same backup. Nobody who asks or buys waits. See docs/adr/0036. Never prints what a database holds.
set -uo pipefail
trap '' PIPE
fail() { echo "BACKUP FAILED: $*" >&2; exit 1; }
backups=${BACKUPS:-/backups}
pipes=$(mktemp -d)
trap 'rm -rf "$pipes"' EXIT
name=$(date -u +%Y%m%dT%H%M%SZ)
folder=$backups/$name.partial
declare -A to from heard

# Tried again because it could not be sent: another dump would push an older one out.
if [ -n "${JOB:-}" ] && [ "$JOB" = "$(cat "$backups/.job" 2>/dev/null)" ]; then
  echo "this job's backup is whole already: $(basename "$(ls -d "$backups"/*Z | tail -1)")"
  exit 0
fi

# One session for each database, held open until its dump is done.
open() {
  mkfifo "$pipes/$1"
  exec {fd}> >(exec psql -qAtX -d "$1" >"$pipes/$1" 2>&1)
  to[$1]=$fd
  exec {fd}<"$pipes/$1"
  from[$1]=$fd
}
tell() { printf '%s\n' "$2" >&"${to[$1]}" || fail "$1: the session has ended"; }
hear() {
  read -r -t 60 "heard[$1]" <&"${from[$1]}" || fail "$1: no answer from PostgreSQL within 60 s"
  [[ ${heard[$1]} == $2 ]] || fail "$1: ${heard[$1]}"
}
everywhere() { # SQL, and how its last line begins
  local database
  for database in $DATABASES; do tell "$database" "$1"; done
  for database in $DATABASES; do hear "$database" "$2"; done
}

# What it will take: as much as the last one and a fifth, or the databases themselves when there is none.
last=$(ls -d "$backups"/*Z 2>/dev/null | tail -1)
if [ -n "$last" ]; then need=$(($(du -sk "$last" | cut -f1) * 6 / 5))
else need=$(psql -qAtX -d postgres -c "select sum(pg_database_size(datname)) / 1024 from pg_database where not datistemplate" 2>&1) ||
  fail "no connection to PostgreSQL at $PGHOST: ${need##*$'\n'}"
fi
rm -rf "$backups"/*.partial
free=$(df -Pk "$backups" | awk 'NR == 2 { print $4 }')
[ "$free" -ge "${need%.*}" ] ||
  fail "no room: it takes about $((${need%.*} / 1024)) MiB and $((free / 1024)) MiB are free; raise backup.storage or lower backup.keep ($KEEP). Older backups are untouched"

mkdir "$folder" || fail "cannot write to $backups"
for database in $DATABASES; do open "$database"; done
# A select would take the snapshot before the others are quiet; show takes none.
everywhere "set lock_timeout = '20s'; begin isolation level repeatable read; savepoint quiet; lock table inbox in share mode; show lock_timeout;" 20s
everywhere "select 'seen';" seen
# Back to the savepoint: consumers go on, the snapshot stays.
everywhere "rollback to quiet; release quiet; select pg_export_snapshot();" '*-*-*'
for database in $DATABASES; do
  pg_dump -Fc --snapshot="${heard[$database]}" -d "$database" -f "$folder/$database.dump" 2>"$pipes/$database.said" ||
    fail "$database: $(tail -1 "$pipes/$database.said")$(df -Pk "$backups" | awk 'NR == 2 && $4 < 1024 { print " (no room left: raise backup.storage)" }')"
  pg_restore --list "$folder/$database.dump" >/dev/null || fail "$database: the dump cannot be read"
done
(cd "$folder" && sha256sum ./*.dump >SHA256SUMS) && sync && mv -T "$folder" "$backups/$name" || fail "cannot write to $backups"
echo "${JOB:-}" >"$backups/.job"
echo "backup $name: $(du -sm "$backups/$name" | cut -f1) MiB, $(($(df -Pk "$backups" | awk 'NR == 2 { print $4 }') / 1024)) MiB left"
ls -d "$backups"/*Z | head -n "-$KEEP" | while read -r old; do rm -rf "$old" && echo "removed ${old#$backups/}: $KEEP are kept"; done
