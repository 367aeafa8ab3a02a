#!/usr/bin/env bash
# The example for Spark in an environment of its own, made in a temporary folder: spark.sh [FOLDER THAT STAYS]
# Needs Java 17 or later. Exit status 1 where the answer is not the local one.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

if [ $# -gt 0 ]; then
  folder="$1"
  mkdir -p "$folder"
else
  folder="$(mktemp -d)"
  trap 'rm -rf "$folder"' EXIT
fi

python="$folder/venv/bin/python"
if [ ! -x "$python" ]; then
  "${PYTHON:-python3}" -m venv "$folder/venv"
  "$python" -m pip install --quiet --disable-pip-version-check "$here/../..[spark]"
fi
export PYSPARK_PYTHON="$python" PYSPARK_DRIVER_PYTHON="$python"
"$python" "$here/spark_example.py"
