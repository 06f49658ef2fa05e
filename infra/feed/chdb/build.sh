#!/usr/bin/env bash
# Takes ClickHouse's in-process library out of its package. It is half a gigabyte: moved, never copied.
# Run in a folder that holds node_modules; $1 is where the results go, laid out as under .sentinel.
set -euo pipefail
out=$1/native

mkdir -p "$out"
mv node_modules/@chdb/lib-linux-x64-gnu/libchdb.so "$out/libchdb.so"
