#!/usr/bin/env bash
# Reinicia a aplicação. Este só anota o que foi pedido: ponha aqui o seu próprio.
set -euo pipefail
echo restart >> deploy.log
