"""One class or several labels: the same digits under two heads, and labels made to compete."""

import torch
from lessons.context import Context
from sklearn.datasets import load_digits

LABELS = ("even", "five", "loop")


def labelled_digits() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pictures [1797, 64] from 0 to 1, their digits, and three labels that may go together."""
    data = load_digits()
    pictures = torch.tensor(data.data / 16, dtype=torch.float32)
    digits = torch.tensor(data.target)
    loop = torch.isin(digits, torch.tensor([0, 6, 8, 9]))
    return pictures, digits, torch.stack([digits % 2 == 0, digits >= 5, loop], dim=1).float()


def trained(
    ctx: Context, name: str, wanted: torch.Tensor, loss_of: torch.nn.Module
) -> torch.nn.Sequential:
    """A small network for the wanted outputs, trained on the first 1 200 pictures."""
    pictures = labelled_digits()[0][:1200]
    torch.manual_seed(ctx.seed)
    outputs = 10 if wanted.ndim == 1 else wanted.shape[1]
    model = torch.nn.Sequential(
        torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, outputs)
    ).to(ctx.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    x, y = pictures.to(ctx.device), wanted[:1200].to(ctx.device)
    for step in ctx.train(name, 250, model=model, optimizer=optimizer):
        loss = loss_of(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step.report(loss=loss.item())
    return model.cpu()


def f1_of(truth: torch.Tensor, said: torch.Tensor) -> float:
    """Mean over the labels of F1, of two tables of yes and no."""
    hits = (truth & said).sum(0)
    return (2 * hits / (truth.sum(0) + said.sum(0))).mean().item()


def two_heads(ctx: Context) -> dict[str, float | list[float]]:
    """Trains a ten-way softmax and three sigmoids on the same pictures."""
    pictures, digits, labels = labelled_digits()
    one_of_ten = trained(ctx, "softmax", digits, torch.nn.CrossEntropyLoss())
    each = trained(ctx, "sigmoids", labels, torch.nn.BCEWithLogitsLoss())
    with torch.no_grad():
        classes = torch.softmax(one_of_ten(pictures[1200:]), 1)
        chances = torch.sigmoid(each(pictures[1200:]))
    unseen, truth = digits[1200:], labels[1200:] > 0
    accuracy = (classes.argmax(1) == unseen).float().mean().item()
    macro = f1_of(truth, chances > 0.5)
    rows = []
    for digit in (1, 3, 4, 8):
        own = chances[unseen == digit].mean(0)
        total = classes[unseen == digit].sum(1).mean().item()
        rows.append([digit, total, *(round(float(one), 3) for one in own), own.sum().item()])
    names = [f"demo.{label}" for label in LABELS]
    ctx.table(["demo.digit", "demo.softmax_sum", *names, "demo.sigmoid_sum"], rows)
    ctx.say("demo.scores", accuracy=accuracy, f1=macro)
    sums = chances.sum(1)
    fig, axis = ctx.subplots(figsize=(6, 3.2))
    axis.hist(sums.numpy(), bins=30, label=ctx.t("demo.sigmoid_sum"))
    axis.axvline(1, color="black", label=ctx.t("demo.softmax_sum"))
    axis.set(xlabel=ctx.t("demo.sum"), ylabel=ctx.t("demo.pictures"))
    axis.legend()
    ctx.figure(fig, "sums_of_rows")
    return {
        "accuracy": accuracy,
        "macro_f1": macro,
        "softmax_sum_error": float((classes.sum(1) - 1).abs().max()),
        "sigmoid_sums": [float(sums.min()), float(sums.max())],
    }


def competing_labels(ctx: Context) -> dict[str, float | list[float]]:
    """Forces the three labels through a softmax and looks at what becomes of an 8."""
    pictures, digits, labels = labelled_digits()
    # Rows without any label have nothing to share out; they get equal parts.
    parts = (labels + 1e-6) / (labels + 1e-6).sum(1, keepdim=True)
    model = trained(ctx, "competing", parts, torch.nn.CrossEntropyLoss())
    with torch.no_grad():
        chances = torch.softmax(model(pictures[1200:]), 1)
    unseen, truth = digits[1200:], labels[1200:] > 0
    means = {digit: chances[unseen == digit].mean(0) for digit in (1, 8)}
    fig, axes = ctx.subplots(1, 2, figsize=(7, 3), sharey=True)
    for axis, (digit, mean) in zip(axes, means.items(), strict=True):
        axis.bar([ctx.t(f"demo.{label}") for label in LABELS], mean.numpy())
        axis.axhline(0.5, ls="--", color="gray")
        axis.set(title=ctx.t("demo.of_digit", digit=digit), ylim=(0, 1))
    axes[0].set(ylabel=ctx.t("demo.chance"))
    ctx.figure(fig, "competing_labels")
    macro = f1_of(truth, chances > 0.5)
    ctx.say("demo.competing", f1=macro)
    return {"macro_f1": macro, "eight": means[8].tolist(), "one": means[1].tolist()}
