"""PyTorch; options: channels_last, compiled, fused (Adam)."""

from __future__ import annotations

from benchmarks.workers.bench import Bench, split

THREADS = 2


def prepare(options):
    import torch

    torch.set_num_threads(THREADS)
    torch.set_num_interop_threads(1)


def versions():
    import torch

    return {"PyTorch": torch.__version__}


def make(task):
    import torch

    torch.manual_seed(1)
    x, y = task.data()
    module, inputs_of, targets_of, loss_of = task.network.torch_model(task.options["channels_last"])
    count = sum(t.numel() for t in module.state_dict().values() if t.is_floating_point())
    compiled = task.options["compiled"]
    if task.action != "train":
        module.eval()
        run = torch.compile(module) if compiled else module
        inputs = inputs_of(x)

        def forward():
            with torch.inference_mode():
                return run(inputs)

        return Bench(forward, 1, count)

    def forward_loss(inputs, targets):
        return loss_of(module(inputs), targets)

    run = torch.compile(forward_loss) if compiled else forward_loss
    optimizer = torch.optim.Adam(module.parameters(), 1e-3, fused=task.options["fused"])
    batches = [(inputs_of(a), targets_of(b)) for a, b in zip(split(x, task.samples), split(y, task.samples))]

    def steps():
        for inputs, targets in batches:
            run(inputs, targets).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    return Bench(steps, len(batches), count)
