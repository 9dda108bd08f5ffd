#!/usr/bin/env bash
# Installs the migration tools that the tests run: install.sh FOLDER. Needs npm, go, java and mvn.
# Flyway and Liquibase are on Maven Central as libraries; a line of shell makes commands of them.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
folder="$1"
mkdir -p "$folder/bin"
cp "$here/package.json" "$here/package-lock.json" "$folder/"
# Not `npm ci`: it refuses a lock that lacks the packages of other platforms, which dbmate has.
(cd "$folder" && npm install --no-audit --no-fund --ignore-scripts)
GOBIN="$folder/bin" go install -tags postgres github.com/golang-migrate/migrate/v4/cmd/migrate@v4.18.3

command_of() {
  local name="$1" class="$2"
  mvn --batch-mode --quiet --file "$here/$name/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies \
    "-DoutputDirectory=$folder/$name"
  printf '#!/bin/sh\nexec java -cp "%s/*" %s "$@"\n' "$folder/$name" "$class" > "$folder/bin/$name"
  chmod +x "$folder/bin/$name"
}

command_of flyway org.flywaydb.commandline.Main
command_of liquibase liquibase.integration.commandline.LiquibaseCommandLine
