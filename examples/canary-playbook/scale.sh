#!/usr/bin/env bash
# Scales the capturer to $WEIGHT percent of ten instances. Replace the line by `docker compose up -d --scale log_capturer=…`.
set -euo pipefail
echo "${1:-$((WEIGHT / 10))}" > instances
