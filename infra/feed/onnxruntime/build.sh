#!/usr/bin/env bash
# Compiles Microsoft's C# API from its sources and packs it with Microsoft's native library under NuGet's own id.
# Run in a folder that holds node_modules; $1 is where the results go, laid out as under .sentinel.
set -euo pipefail
out=$1
api=node_modules/com.github.asus4.onnxruntime

mv "$api/Runtime" api
cp "$api/LICENSE" LICENSE.txt
cp "$api/ThirdPartyNotices.txt" ThirdPartyNotices.txt
mv node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1 libonnxruntime.so
chmod 644 libonnxruntime.so

dotnet pack Microsoft.ML.OnnxRuntime.Gpu.csproj -c Release -v quiet -nologo -nodeReuse:false \
  -p:UseSharedCompilation=false -o "$out/feed"
