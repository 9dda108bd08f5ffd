#!/usr/bin/env bash
# Deploys a version. It only writes down what it was asked; the checklist's own line stands beside it: put it in its place.
set -euo pipefail
# gh workflow run deploy-production.yml --ref "$1" --field environment=production --field strategy=blue-green
echo "$1" >> deploy.log
