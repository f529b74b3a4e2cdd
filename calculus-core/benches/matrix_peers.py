"""Matrix functions against NumPy, SciPy, JAX and PyTorch, in one run.

    python -m pip install numpy scipy jax torch
    python calculus-core/benches/matrix_peers.py

Run from the root of the workspace on an idle machine. For one thread and for two, runs
`cargo bench -p calculus-core --bench matrix` and then times the peers on matrices of the same kind
and sizes, and prints Markdown tables: the time of the value, and value with pullback over value.
With `--keeping-memory` the processes of all libraries keep what they free
(`MALLOC_TRIM_THRESHOLD_`); by default glibc returns large pieces to the system, and faulting them in
again is part of the times.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

SIZES = [64, 256, 512]
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000"}
ROWS = ["matmul", "solve", "inverse", "cholesky", "log_det", "lu", "qr", "symmetric_eigen", "svd"]


def best(f, seconds=0.5):
    """The median of repeated calls, in seconds."""
    f()
    start = time.perf_counter()
    f()
    once = time.perf_counter() - start
    count = max(5, min(2000, int(seconds / max(once, 1e-7))))
    times = []
    for _ in range(count):
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def inputs(numpy, n):
    random = numpy.random.default_rng(n)
    uniform = lambda *shape: random.uniform(-1, 1, shape)
    b = uniform(n, n)
    return {
        "general": uniform(n, n) + 2 * numpy.eye(n),
        "b": b,
        "vector": uniform(n),
        "definite": b @ b.T + n * numpy.eye(n),
        "symmetric": b + b.T,
    }


def peers():
    """Times the peers in this process, whose threads the environment has set."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import numpy
    import scipy.linalg
    import torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    results = {}
    for n in SIZES:
        x = inputs(numpy, n)
        value = {
            "matmul": lambda: x["general"] @ x["b"],
            "solve": lambda: numpy.linalg.solve(x["general"], x["vector"]),
            "inverse": lambda: numpy.linalg.inv(x["general"]),
            "cholesky": lambda: numpy.linalg.cholesky(x["definite"]),
            "log_det": lambda: numpy.log(numpy.diag(numpy.linalg.cholesky(x["definite"]))).sum(),
            "lu": lambda: scipy.linalg.lu_factor(x["general"]),
            "qr": lambda: numpy.linalg.qr(x["general"]),
            "symmetric_eigen": lambda: numpy.linalg.eigh(x["symmetric"]),
            "svd": lambda: numpy.linalg.svd(x["general"], full_matrices=False),
        }
        for row in ROWS:
            results[f"numpy/{row}/{n}"] = [best(value[row]), None]

        j = {
            "matmul": (lambda a, b: a @ b, ["general", "b"]),
            "solve": (jnp.linalg.solve, ["general", "vector"]),
            "inverse": (jnp.linalg.inv, ["general"]),
            "cholesky": (jnp.linalg.cholesky, ["definite"]),
            "log_det": (
                lambda a: 2 * jnp.sum(jnp.log(jnp.diag(jnp.linalg.cholesky(a)))),
                ["definite"],
            ),
            "lu": (lambda a: jax.lax.linalg.lu(a)[0], ["general"]),
            "qr": (lambda a: tuple(jnp.linalg.qr(a)), ["general"]),
            "symmetric_eigen": (lambda a: tuple(jnp.linalg.eigh(a)), ["symmetric"]),
            "svd": (lambda a: tuple(jnp.linalg.svd(a, full_matrices=False)), ["general"]),
        }
        for row, (f, names) in j.items():
            args = [jnp.asarray(x[name]) for name in names]
            compiled = jax.jit(f)
            out = compiled(*args)
            cotangent = jax.tree.map(lambda y: jnp.sin(jnp.arange(y.size * 1.0)).reshape(y.shape), out)

            def both(*args, cotangent=cotangent, f=f):
                y, pullback = jax.vjp(f, *args)
                return y, pullback(cotangent)

            compiled_both = jax.jit(both)
            results[f"jax/{row}/{n}"] = [
                best(lambda: jax.block_until_ready(compiled(*args))),
                best(lambda: jax.block_until_ready(compiled_both(*args))),
            ]

        t = {
            "matmul": (lambda a, b: a @ b, ["general", "b"]),
            "solve": (torch.linalg.solve, ["general", "vector"]),
            "inverse": (torch.linalg.inv, ["general"]),
            "cholesky": (torch.linalg.cholesky, ["definite"]),
            "log_det": (
                lambda a: 2 * torch.log(torch.diagonal(torch.linalg.cholesky(a))).sum(),
                ["definite"],
            ),
            "lu": (lambda a: torch.linalg.lu_factor(a)[0], ["general"]),
            "qr": (lambda a: tuple(torch.linalg.qr(a)), ["general"]),
            "symmetric_eigen": (lambda a: tuple(torch.linalg.eigh(a)), ["symmetric"]),
            "svd": (lambda a: tuple(torch.linalg.svd(a, full_matrices=False)), ["general"]),
        }
        for row, (f, names) in t.items():
            plain = [torch.tensor(x[name]) for name in names]
            leaves = [torch.tensor(x[name], requires_grad=True) for name in names]
            out = f(*plain)
            out = out if isinstance(out, tuple) else (out,)
            # PyTorch refuses cotangents that depend on the signs of singular vectors: those of U
            # and V match.
            cotangents = tuple(torch.cos(torch.arange(y.numel() * 1.0, dtype=y.dtype)).reshape(y.shape) for y in out)
            if row == "svd":
                cotangents = (out[0] @ torch.diag(out[1]), cotangents[1], torch.zeros_like(out[2]))

            def both(f=f, leaves=leaves, cotangents=cotangents):
                y = f(*leaves)
                y = y if isinstance(y, tuple) else (y,)
                return torch.autograd.grad(y, leaves, cotangents)

            results[f"torch/{row}/{n}"] = [best(lambda: f(*plain)), best(both)]
    print(json.dumps(results))


def cotangent(threads):
    """The bench of this crate, from criterion's estimates."""
    environment = {**os.environ, "RAYON_NUM_THREADS": str(threads)}
    command = ["cargo", "bench", "-p", "calculus-core", "--bench", "matrix", "--", "--noplot"]
    command += ["--warm-up-time", "0.3", "--measurement-time", "0.7"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "criterion"
    results = {}
    for n in SIZES:
        for row in ROWS:
            times = []
            for what in ["value", "value and pullback"]:
                folder = target / f"matrix_{n}" / f"{row}_{what}" / "new"
                estimates = json.loads((folder / "estimates.json").read_text())
                times.append(estimates["median"]["point_estimate"] * 1e-9)
            results[f"cotangent/{row}/{n}"] = times
    return results


def main():
    if "--keeping-memory" in sys.argv:
        os.environ.update(KEEP_MEMORY)
    for threads in [1, 2]:
        variables = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
        environment = {**os.environ, **{name: str(threads) for name in variables}}
        command = [sys.executable, __file__, "--peers"]
        if threads == 1:
            # JAX counts processors, so one thread is one processor.
            command = ["taskset", "-c", "0"] + command
        results = cotangent(threads)
        run = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        results.update(json.loads(run.stdout.splitlines()[-1]))
        print(f"\n{threads} thread(s): milliseconds for the value, and value with pullback over it\n")
        print("| function | n | Cotangent | NumPy/SciPy | JAX | PyTorch |")
        print("|---|---|---|---|---|---|")
        for row in ROWS:
            for n in SIZES:
                cells = []
                for peer in ["cotangent", "numpy", "jax", "torch"]:
                    value, both = results[f"{peer}/{row}/{n}"]
                    cell = f"{value * 1e3:.3g}"
                    cells.append(cell if both is None else f"{cell}, {both / value:.2f}")
                print(f"| `{row}` | {n} | {' | '.join(cells)} |")


if __name__ == "__main__":
    peers() if "--peers" in sys.argv else main()
