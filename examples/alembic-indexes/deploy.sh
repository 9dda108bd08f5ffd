#!/usr/bin/env bash
# ./deploy.sh <ambiente> <versão>. Este só anota o que foi pedido: ponha aqui o seu próprio.
set -euo pipefail
echo "$1 $2" >> deploy.log
