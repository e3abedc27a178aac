"""Times one training step of the Graph VAE (He et al., ICLR 2019) in PyTorch on the CPU.

Prints one line of JSON: the median time of a step in milliseconds (step_ms), after a warm-up of 20 steps.

    python torch_graph_vae.py --structure gated --nodes 5 --node-dim 16 --batch 64 [--compile]

The networks are those of the paper's appendix B, with batch norm, ELU, and Adam at 1e-3. The images are
random bits, of which a fifth are ones: only the speed is measured.

Table: none; "A training step" of Benchmarks/RESULTS.md has the times of jax_graph_vae.py.
Our side: benchmark-training-step with the same options.
"""
import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

WARM_UP, BATCHES = 20, 50


def mlp(*sizes):
    """Dense layers; a batch norm and an ELU follow each but the last."""
    layers = []
    for index, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(inputs, outputs))
        if index < len(sizes) - 2:
            layers += [nn.BatchNorm1d(outputs), nn.ELU()]
    return nn.Sequential(*layers)


class Head(nn.Module):
    """A perceptron whose output two dense layers map to a mean and the logarithm of a variance."""

    def __init__(self, inputs, d):
        super().__init__()
        self.body = mlp(inputs, 128, d)
        self.mean, self.log_variance = nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x):
        h = self.body(x)
        return self.mean(h), self.log_variance(h)


class GraphVAE(nn.Module):
    """The model; its output for a batch is the negative evidence lower bound, in nats an image."""

    def __init__(self, pixels, nodes, d, structure):
        super().__init__()
        self.nodes, self.structure = nodes, structure
        self.encoder = mlp(pixels, 512, 512, 256, 128)
        self.decoder = mlp(nodes * d, 256, 512, 512, pixels)
        self.evidence = nn.ModuleList(Head(128, d) for _ in range(nodes))
        self.posterior, self.prior = (
            nn.ModuleList(Head((nodes - 1 - i) * d, d) for i in range(nodes - 1)) for _ in range(2))
        self.logits = nn.Parameter(torch.zeros(nodes, nodes))

    def gates(self, temperature=1.0):
        """The gate of each edge; those of a Graph VAE are drawn by the Gumbel-softmax."""
        n = self.nodes
        if self.structure == "gated":
            uniform = torch.rand(2, n, n).clamp_(1e-9, 1 - 1e-7)
            gumbel = -torch.log(-torch.log(uniform))
            return torch.sigmoid((self.logits + gumbel[0] - gumbel[1]) / temperature)
        if self.structure == "full":
            return torch.ones(n, n)
        if self.structure == "chain":
            return torch.diag(torch.ones(n - 1), 1)
        return torch.zeros(n, n)

    def forward(self, x):
        features, gate = self.encoder(x), self.gates()
        z, divergence = [None] * self.nodes, 0.0
        for i in reversed(range(self.nodes)):
            mean, log_variance = self.evidence[i](features)
            if i == self.nodes - 1:
                prior_mean, prior_log_variance = torch.zeros_like(mean), torch.zeros_like(log_variance)
            else:
                parents = torch.cat([z[j] * gate[i, j] for j in range(i + 1, self.nodes)], 1)
                predicted, predicted_log_variance = self.posterior[i](parents)
                prior_mean, prior_log_variance = self.prior[i](parents)
                u, w = torch.exp(-log_variance), torch.exp(-predicted_log_variance)
                mean, log_variance = (mean * u + predicted * w) / (u + w), -torch.log(u + w)
            z[i] = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
            squares = (torch.exp(log_variance) + (mean - prior_mean) ** 2) * torch.exp(-prior_log_variance)
            divergence = divergence + 0.5 * (prior_log_variance - log_variance + squares - 1).sum(1)
        pixels = self.decoder(torch.cat(z, 1))
        log_likelihood = -F.binary_cross_entropy_with_logits(pixels, x, reduction="none").sum(1)
        return -(log_likelihood - divergence).mean()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--structure", default="gated", choices=["gated", "full", "chain", "none"],
                        help="the edges between the nodes (default: %(default)s)")
    for name, value, text in (
            ("nodes", 5, "nodes of the latent graph"), ("node-dim", 16, "variables of a node"),
            ("batch", 64, "images of a batch"), ("pixels", 784, "pixels of an image"),
            ("steps", 200, "timed steps"), ("threads", 2, "threads of torch")):
        parser.add_argument(f"--{name}", type=int, default=value, metavar="N",
                            help=f"{text} (default: %(default)s)")
    parser.add_argument("--compile", action="store_true",
                        help="compile the model by torch.compile, which needs a C++ compiler")
    a = parser.parse_args()

    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    model = GraphVAE(a.pixels, a.nodes, a.node_dim, a.structure)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    images = (torch.rand(BATCHES, a.batch, a.pixels) < 0.2).float()
    loss_of = torch.compile(model) if a.compile else model

    times = []
    for index in range(WARM_UP + a.steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(images[index % BATCHES])
        loss.backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    print(json.dumps({
        "peer": "torch " + torch.__version__, "compile": a.compile, "structure": a.structure,
        "nodes": a.nodes, "node_dim": a.node_dim, "batch": a.batch, "threads": a.threads,
        "step_ms": round(1e3 * statistics.median(times[WARM_UP:]), 3),
        "loss": round(loss.item(), 2)}))


if __name__ == "__main__":
    main()
