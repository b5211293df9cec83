"""Piper's ONNX graph, changed in memory so that it can be repeated and timed, and the session that runs it.

Belongs here: the graph surgery and one run of it. Not here: phonemes, word timings, the speech interface (`piper.py`).
As published, the graph draws its noise from a generator that no caller can seed and that moves on with every run, so a
sentence sounds different each time. Here the noise is an input, made from the sentence, and durations are an output.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelineage.errors import PermanentError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto
    from onnxruntime import InferenceSession

HOP_SAMPLES = 256
# The voice's own settings: less of either sounds flat, more sounds hurried (values from its configuration file).
_NOISE_SCALE = 0.667
_DURATION_NOISE_SCALE = 0.8
_LATENT_CHANNELS = 192
_NOISE_FRAMES_PER_ID = 8  # an id lasts 3-4 frames on average; beyond this the noise repeats


@dataclass(frozen=True)
class Take:
    """One run: mono samples at the voice's rate, and how many samples each id takes."""

    samples: NDArray[np.float32]
    id_samples: NDArray[np.int64]


def load_session(model_path: Path) -> "InferenceSession":
    """Load a Piper voice with noise as input and durations as output, on one thread.

    One thread is the cheapest: 0.07 CPU-seconds per second of speech, against 0.10 with two.

    Raises:
        PermanentError: the file is no Piper graph of the known shape.
    """
    import onnx  # noqa: PLC0415 — heavy import, only when used
    import onnxruntime  # noqa: PLC0415 — as above

    model = onnx.load(str(model_path))
    _open_up(model, model_path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def run(session: "InferenceSession", ids: Sequence[int], *, length_scale: float, seed: int) -> Take:
    """Speak a sequence of phoneme ids.

    Args:
        session: From `load_session`.
        ids: Phoneme ids with the marks and pads that Piper expects.
        length_scale: 1.0 is the voice's own speed, 2.0 half of it.
        seed: Chooses the noise. `RandomState` streams are frozen by numpy's policy (NEP 19), unlike `Generator`'s.
    """
    random = np.random.RandomState(seed)
    duration_noise = random.standard_normal((1, 2, len(ids))).astype(np.float32)
    latent_noise = random.standard_normal((1, _LATENT_CHANNELS, _NOISE_FRAMES_PER_ID * len(ids))).astype(np.float32)
    audio, frames = session.run(
        None,
        {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": np.array([_NOISE_SCALE, length_scale, _DURATION_NOISE_SCALE], dtype=np.float32),
            "duration_noise": duration_noise,
            "latent_noise": latent_noise,
        },
    )
    samples = np.asarray(audio, dtype=np.float32).reshape(-1)
    id_samples = (np.asarray(frames).reshape(-1) * HOP_SAMPLES).astype(np.int64)
    return Take(samples=samples, id_samples=id_samples)


def _open_up(model: "ModelProto", path: Path) -> None:
    from onnx import TensorProto, helper  # noqa: PLC0415 — heavy import, only when used

    graph = model.graph
    makers = {output: node for node in graph.node for output in node.output}
    noises = [node for node in graph.node if node.op_type == "RandomNormalLike"]
    ceils = [output for node in graph.node if node.op_type == "Ceil" for output in node.output]
    by_shape = [node for node in noises if makers[node.input[0]].op_type == "ConstantOfShape"]
    by_value = [node for node in noises if node not in by_shape]
    if len(by_shape) != 1 or len(by_value) != 1 or len(ceils) != 1:
        raise PermanentError(
            f"Loading the voice {path.name}: expected one duration noise, one latent noise and one duration tensor in"
            f" its graph, found {len(by_shape)}, {len(by_value)} and {len(ceils)}."
            " Use a Piper voice exported from VITS."
        )
    graph.input.extend(
        [
            helper.make_tensor_value_info("duration_noise", TensorProto.FLOAT, [1, 2, "ids"]),
            helper.make_tensor_value_info("latent_noise", TensorProto.FLOAT, [1, _LATENT_CHANNELS, "noise_frames"]),
        ]
    )
    graph.output.append(helper.make_tensor_value_info(ceils[0], TensorProto.FLOAT, None))
    nodes: list[NodeProto] = []
    for node in graph.node:
        if node is by_shape[0] or node.name == by_shape[0].name:
            nodes.append(helper.make_node("Identity", ["duration_noise"], [node.output[0]]))
        elif node.name == by_value[0].name:
            nodes.extend(_cycled_noise(node))
        else:
            nodes.append(node)
    copies = [type(node).FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)


def _cycled_noise(node: "NodeProto") -> "list[NodeProto]":
    """Nodes that give `latent_noise`, repeated or cut to as many frames as `node`'s input has."""
    from onnx import TensorProto, helper  # noqa: PLC0415 — heavy import, only when used

    def constant(name: str, value: int) -> "NodeProto":
        return helper.make_node(
            "Constant", [], [name], value=helper.make_tensor(f"{name}_value", TensorProto.INT64, [], [value])
        )

    return [
        constant("noise/zero", 0),
        constant("noise/one", 1),
        constant("noise/axis", 2),
        helper.make_node("Shape", [node.input[0]], ["noise/shape"]),
        helper.make_node("Gather", ["noise/shape", "noise/axis"], ["noise/frames"], axis=0),
        helper.make_node("Shape", ["latent_noise"], ["noise/given_shape"]),
        helper.make_node("Gather", ["noise/given_shape", "noise/axis"], ["noise/given"], axis=0),
        helper.make_node("Range", ["noise/zero", "noise/frames", "noise/one"], ["noise/range"]),
        helper.make_node("Mod", ["noise/range", "noise/given"], ["noise/index"]),
        helper.make_node("Gather", ["latent_noise", "noise/index"], [node.output[0]], axis=2),
    ]
