#!/bin/sh
# Writes the passwords that servers.yaml asks for into .env beside it, which only its owner may read. What is there
# already is kept: the servers took those passwords when their volumes were made.
set -eu
cd "$(dirname "$0")"
umask 077
touch .env
for name in POSTGRES_PASSWORD REDIS_PASSWORD; do
  grep -q "^$name=" .env || printf '%s=%s\n' "$name" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >>.env
done
