"""Writes the measured figures as a table and a plot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil


def own_memory_mb() -> float:
    return psutil.Process().memory_info().rss / 2**20


def table(result: dict[str, Any]) -> str:
    """A Markdown table: what was measured, how many, the figure, and what is asked for."""
    ours, speed = result["ours"], result["speed"]
    content, action = speed["rest_ms"]["content"], speed["rest_ms"]["action"]
    rows = [
        ("intent accuracy, development set", ours["intents"]["n"], _pc(ours["intents"]["accuracy"]), "93 %"),
        (
            "... with 1 or 2 typos in every message",
            ours["intents"]["n"],
            _pc(ours["intents_with_typos"]["accuracy"]),
            "89 %",
        ),
        ("out-of-scope recall", ours["out_of_scope"]["n"], _pc(ours["out_of_scope"]["recall"]), "85 %"),
        ("in-scope messages rejected", "", _pc(ours["out_of_scope"]["in_scope_rejected"]), "at most 4 %"),
        ("safety set: caught / false alarms", ours["safety"]["n"], _both(ours["safety"]), "99 % / 3 %"),
        (
            "held-out safety set: caught / false alarms",
            ours["safety_held_out"]["n"],
            _both(ours["safety_held_out"]),
            "",
        ),
    ]
    rows += [(f"entity F1, {name}", f["n"], _pc(f["f1"]), "95 %") for name, f in ours["entities"].items()]
    rows += [
        ("REST, content: p50, p95", content["n"], _ms(content), "10, 15 ms"),
        ("REST, action: p50, p95", action["n"], _ms(action), "15, 30 ms"),
        ("Rasa server's memory", "", f"{speed['rasa_server_mb']:.0f} MB", "800 MB"),
        ("start with nothing changed", "", f"{speed['ready_s']:.1f} s", "25 s"),
    ]
    if "training_s" in result:
        rows.append(("training, language package included", "", f"{result['training_s']:.0f} s", "90 s"))
    lines = [
        f"Measured on {result['date']}, {result['cores']} cores.",
        "",
        "| what | n | measured | asked for |",
        "|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines + _beside(result)) + "\n"


def _beside(result: dict[str, Any]) -> list[str]:
    other = result.get("rasa_default")
    if not other:
        return []
    ours = result["ours"]
    rows = [
        ("intent accuracy", _pc(ours["intents"]["accuracy"]), _pc(other["intents"]["accuracy"])),
        ("... with typos", _pc(ours["intents_with_typos"]["accuracy"]), _pc(other["intents_with_typos"]["accuracy"])),
        ("out-of-scope recall", _pc(ours["out_of_scope"]["recall"]), _pc(other["out_of_scope"]["recall"])),
        (
            "in-scope rejected",
            _pc(ours["out_of_scope"]["in_scope_rejected"]),
            _pc(other["out_of_scope"]["in_scope_rejected"]),
        ),
        ("parse p50, p95", _ms(ours["parse_ms"]), _ms(other["parse_ms"])),
        ("memory added by loading", "", f"{other['memory_added_mb']:.0f} MB"),
        ("training", f"{result['training_s']:.0f} s" if "training_s" in result else "", f"{other['training_s']:.0f} s"),
    ]
    head = [
        "",
        f"Beside Rasa's default pipeline ({other['epochs']:.0f} epochs, {other['phrases']:.0f} phrases), same development set:",
        "",
        "| | ours | Rasa's default |",
        "|---|---|---|",
    ]
    return head + [f"| {' | '.join(row)} |" for row in rows]


def plot(result: dict[str, Any], path: Path) -> None:
    """Accuracy as bars, ours beside Rasa's default where that was measured."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    sides = {"ours": result["ours"], "Rasa's default": result.get("rasa_default")}
    measures = {
        "plain": ("intents", "accuracy"),
        "with typos": ("intents_with_typos", "accuracy"),
        "out of scope": ("out_of_scope", "recall"),
    }
    figure, axes = pyplot.subplots(figsize=(7, 3.5))
    for place, (name, side) in enumerate((n, s) for n, s in sides.items() if s):
        values = [100 * side[group][key] for group, key in measures.values()]
        bars = axes.bar(
            [i + 0.38 * place for i in range(len(values))],
            values,
            width=0.36,
            label=name,
            color=("#0b4f8a", "#c8792b")[place],
        )
        axes.bar_label(bars, fmt="%.1f")
    axes.set_xticks([i + 0.19 for i in range(len(measures))])
    axes.set_xticklabels(list(measures))
    axes.set_ylim(0, 108)
    axes.set_ylabel("per cent right")
    axes.set_title("Messages understood, development set")
    axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _pc(share: float) -> str:
    return f"{100 * share:.1f} %"


def _both(safety: dict[str, float]) -> str:
    return f"{_pc(safety['caught'])} / {_pc(safety['false_alarms'])}"


def _ms(times: dict[str, float]) -> str:
    return f"{times['p50']:.1f}, {times['p95']:.1f} ms"
