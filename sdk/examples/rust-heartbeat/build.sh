#!/bin/sh
# Builds the example without Cargo: build.sh FOLDER writes FOLDER/rust-heartbeat/{rust-heartbeat.so,plugin.json}.
set -eu
here=$(dirname "$(readlink -f "$0")")
folder=${1:-build}/rust-heartbeat
mkdir -p "$folder"
"${RUSTC:-rustc}" --edition 2021 --crate-type cdylib -C opt-level=1 -C panic=abort -C strip=symbols -D warnings \
    -o "$folder/rust-heartbeat.so" "$here/heartbeat.rs"
cp "$here/plugin.json" "$folder/"
