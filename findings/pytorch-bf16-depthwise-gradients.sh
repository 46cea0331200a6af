#!/bin/sh
# PyTorch on CPUs with AVX512-BF16: the input's gradient of a depthwise convolution with stride 2 takes many times
# as long in bfloat16 as in float32, though its forward pass does not. oneDNN has a depthwise kernel for the float32
# gradient (jit_dw) and takes a kernel for dense convolutions for the bfloat16 one (brgconv_strided).
# Other CPUs take other kernels, so nothing is compared there.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.14.1 numpy==2.3.5
cd "$folder"
cat > measure.py <<'PY'
import sys
import time

import torch

torch.set_num_threads(1)
kind = getattr(torch, sys.argv[1])
x = torch.randn(10, 176, 24, 24, dtype=kind).contiguous(memory_format=torch.channels_last).requires_grad_()
kernel = torch.randn(176, 1, 3, 3, dtype=kind)
times = {"forward": [], "gradient": []}
for _ in range(12):
    began = time.perf_counter()
    y = torch.nn.functional.conv2d(x, kernel, None, 2, 1, 1, 176)
    middle = time.perf_counter()
    y.backward(torch.ones_like(y))
    times["forward"].append(middle - began)
    times["gradient"].append(time.perf_counter() - middle)
print("result", *(min(values) * 1e3 for values in times.values()))
PY
"$folder/venv/bin/python" - <<'PY'
import os
import pathlib
import re
import subprocess
import sys

import torch

print("PyTorch", torch.__version__)
if "avx512_bf16" not in pathlib.Path("/proc/cpuinfo").read_text():
    raise SystemExit(print("no AVX512-BF16 here, nothing to compare"))
gradient = {}
for kind in ("float32", "bfloat16"):
    said = subprocess.run(
        [sys.executable, "measure.py", kind],
        env={**os.environ, "ONEDNN_VERBOSE": "1"}, check=True, capture_output=True, text=True,
    ).stdout
    kernels = re.findall(r"exec,cpu,convolution,([^,]+),backward_data", said)
    forward, gradient[kind] = map(float, re.search(r"result (\S+) (\S+)", said).groups())
    print(f"{kind}: forward {forward:.2f} ms, gradient {gradient[kind]:.2f} ms by {kernels[-1]}")
print(f"bfloat16 takes {gradient['bfloat16'] / gradient['float32']:.1f} times as long")
if gradient["bfloat16"] < 3 * gradient["float32"]:
    raise SystemExit("the behaviour has changed")
PY
