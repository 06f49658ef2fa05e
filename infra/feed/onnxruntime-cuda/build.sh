#!/usr/bin/env bash
# Takes the CUDA provider out of its package. It is 230 MB and of use only with an NVIDIA GPU, so it is no part of the
# NuGet package; ONNX Runtime looks for it beside its own library.
# Run in a folder that holds node_modules; $1 is where the results go, laid out as under .sentinel.
set -euo pipefail
out=$1/native/cuda

mkdir -p "$out"
for name in libonnxruntime_providers_shared.so libonnxruntime_providers_cuda.so; do
  found=$(find node_modules/com.github.asus4.onnxruntime.linux-x64-gpu -name "$name" -print -quit)
  [[ -n $found ]] || { echo "the package holds no $name"; exit 1; }
  mv "$found" "$out/$name"
done
