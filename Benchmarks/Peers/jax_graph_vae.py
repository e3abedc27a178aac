"""Times one training step of the Graph VAE (He et al., ICLR 2019) in JAX, compiled, on the CPU.

Prints one line of JSON: the median time of a step in milliseconds (step_ms), after a warm-up of 20 steps,
and the time of the compilation in seconds (compile_s).

    python jax_graph_vae.py --structure gated --nodes 5 --node-dim 16 --batch 64

The networks are those of the paper's appendix B, with batch norm, ELU, and Adam at 1e-3. The images are
random bits, of which a fifth are ones: only the speed is measured.

Table: "A training step" of Benchmarks/RESULTS.md. Our side: benchmark-training-step with the same options.
Scripts/compare-training-step runs both sides and floor.c alternately.
"""
import argparse
import json
import os
import statistics
import time

import jax
import jax.numpy as jnp
import optax

WARM_UP, BATCHES = 20, 50


def dense_init(key, inputs, outputs):
    weight = jax.random.uniform(key, (inputs, outputs), minval=-1, maxval=1) / inputs**0.5
    return {"weight": weight, "bias": jnp.zeros(outputs)}


def dense(layer, x):
    return x @ layer["weight"] + layer["bias"]


def mlp_init(key, *sizes):
    keys = jax.random.split(key, len(sizes))
    return [
        {**dense_init(key, inputs, outputs), "scale": jnp.ones(outputs), "shift": jnp.zeros(outputs)}
        for key, inputs, outputs in zip(keys, sizes, sizes[1:])]


def mlp(layers, x):
    """Dense layers; a batch norm and an ELU follow each but the last."""
    for index, layer in enumerate(layers):
        x = dense(layer, x)
        if index < len(layers) - 1:
            mean, variance = x.mean(0), x.var(0)
            normalized = (x - mean) * jax.lax.rsqrt(variance + 1e-5)
            x = jax.nn.elu(normalized * layer["scale"] + layer["shift"])
    return x


def head_init(key, inputs, d):
    """A perceptron whose output two dense layers map to a mean and the logarithm of a variance."""
    body, mean, log_variance = jax.random.split(key, 3)
    return {"body": mlp_init(body, inputs, 128, d), "mean": dense_init(mean, d, d),
            "log_variance": dense_init(log_variance, d, d)}


def head(parameters, x):
    h = mlp(parameters["body"], x)
    return dense(parameters["mean"], h), dense(parameters["log_variance"], h)


def model_init(pixels, nodes, d):
    keys = iter(jax.random.split(jax.random.key(0), 3 * nodes + 8))

    def heads_of_parents():
        return [head_init(next(keys), (nodes - 1 - i) * d, d) for i in range(nodes - 1)]

    return {
        "encoder": mlp_init(next(keys), pixels, 512, 512, 256, 128),
        "decoder": mlp_init(next(keys), nodes * d, 256, 512, 512, pixels),
        "evidence": [head_init(next(keys), 128, d) for _ in range(nodes)],
        "posterior": heads_of_parents(),
        "prior": heads_of_parents(),
        "logits": jnp.zeros((nodes, nodes)),
    }


def gates(structure, logits, key, temperature=1.0):
    """The gate of each edge; those of a Graph VAE are drawn by the Gumbel-softmax."""
    shape = logits.shape
    if structure == "gated":
        noise = jax.random.gumbel(key, (2, *shape))
        return jax.nn.sigmoid((logits + noise[0] - noise[1]) / temperature)
    return {"full": jnp.ones(shape), "chain": jnp.eye(*shape, k=1), "none": jnp.zeros(shape)}[structure]


def loss(model, x, key, structure):
    """The negative evidence lower bound, in nats an image."""
    nodes, d = len(model["evidence"]), model["evidence"][0]["mean"]["bias"].shape[0]
    gate_key, noise_key = jax.random.split(key)
    features = mlp(model["encoder"], x)
    gate = gates(structure, model["logits"], gate_key)
    noise = jax.random.normal(noise_key, (nodes, x.shape[0], d))
    z, divergence = [None] * nodes, 0.0
    for i in reversed(range(nodes)):
        mean, log_variance = head(model["evidence"][i], features)
        if i == nodes - 1:
            prior_mean, prior_log_variance = jnp.zeros_like(mean), jnp.zeros_like(log_variance)
        else:
            parents = jnp.concatenate([z[j] * gate[i, j] for j in range(i + 1, nodes)], 1)
            predicted, predicted_log_variance = head(model["posterior"][i], parents)
            prior_mean, prior_log_variance = head(model["prior"][i], parents)
            u, w = jnp.exp(-log_variance), jnp.exp(-predicted_log_variance)
            mean, log_variance = (mean * u + predicted * w) / (u + w), -jnp.log(u + w)
        z[i] = mean + jnp.exp(0.5 * log_variance) * noise[i]
        squares = (jnp.exp(log_variance) + (mean - prior_mean) ** 2) * jnp.exp(-prior_log_variance)
        divergence += 0.5 * (prior_log_variance - log_variance + squares - 1).sum(1)
    pixels = mlp(model["decoder"], jnp.concatenate(z, 1))
    log_likelihood = -optax.sigmoid_binary_cross_entropy(pixels, x).sum(1)
    return -(log_likelihood - divergence).mean()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--structure", default="gated", choices=["gated", "full", "chain", "none"],
                        help="the edges between the nodes (default: %(default)s)")
    for name, value, text in (
            ("nodes", 5, "nodes of the latent graph"), ("node-dim", 16, "variables of a node"),
            ("batch", 64, "images of a batch"), ("pixels", 784, "pixels of an image"),
            ("steps", 200, "timed steps")):
        parser.add_argument(f"--{name}", type=int, default=value, metavar="N",
                            help=f"{text} (default: %(default)s)")
    a = parser.parse_args()

    model = model_init(a.pixels, a.nodes, a.node_dim)
    optimizer = optax.adam(1e-3)
    state = optimizer.init(model)

    def step(model, state, x, key):
        value, gradients = jax.value_and_grad(loss)(model, x, key, a.structure)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(model, updates), state, value

    step = jax.jit(step, donate_argnums=(0, 1))
    key = jax.random.key(1)
    images = (jax.random.uniform(key, (BATCHES, a.batch, a.pixels)) < 0.2).astype(jnp.float32)
    times = []
    for index in range(1 + WARM_UP + a.steps):
        key, step_key = jax.random.split(key)
        start = time.perf_counter()
        model, state, value = step(model, state, images[index % BATCHES], step_key)
        value.block_until_ready()
        times.append(time.perf_counter() - start)
    print(json.dumps({
        "peer": "jax " + jax.__version__, "structure": a.structure, "nodes": a.nodes,
        "node_dim": a.node_dim, "batch": a.batch, "threads": os.cpu_count(),
        "compile_s": round(times[0], 1),
        "step_ms": round(1e3 * statistics.median(times[1 + WARM_UP:]), 3),
        "loss": round(float(value), 2)}))


if __name__ == "__main__":
    main()
