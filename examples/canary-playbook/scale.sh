#!/usr/bin/env bash
# Scales the log capturer: `scale.sh` to $WEIGHT percent, `scale.sh previous` back to the backup image, `scale.sh weight` tells.
# It only writes down what it was asked. The playbook's own lines stand beside it: put them in its place.
set -euo pipefail

case "${1:-}" in
  '')
    case "$WEIGHT" in 10) instances=2 ;; 50) instances=5 ;; *) instances=10 ;; esac
    # docker-compose up -d --scale log_capturer="$instances"
    echo "$WEIGHT% $instances" > scale.state
    ;;
  previous)
    # docker tag ssw-logs-capture:v0.0.2-backup ssw-logs-capture:v0.0.2 && docker-compose up -d --force-recreate
    echo '0% 10' > scale.state
    ;;
  weight) cut -d ' ' -f 1 scale.state ;;
esac
