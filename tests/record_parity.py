"""Records what PyTorch does on every sample of the op database, and its type promotion. Needs torch==2.13.0.

python tests/record_parity.py writes tests/data/op_parity.npz and tests/data/promotion.json
"""

import json
import warnings

import torch
from op_db import OPS, promotion
from op_db.recorded import PATH, Writer
from op_db.run import Call, first_gradients, to_numpy
from op_db.spec import ALL


def plain_type(error: Exception) -> str:
    """The type that tapegrad raises: NotImplementedError is torch's word for a missing kernel."""
    return "RuntimeError" if isinstance(error, NotImplementedError) else type(error).__name__


def record(op, dtype: str, writer: Writer) -> dict:
    if dtype not in op.dtypes:
        try:
            Call(torch, op, op.small(dtype)[0]).outputs()
        except Exception as error:
            return {"error": plain_type(error)}
        raise AssertionError(f"{op} takes {dtype} in torch, but not in its entry")
    results = []
    for sample in op.small(dtype):
        outputs, gradients = first_gradients(torch, op, sample)
        results.append(
            {
                "outputs": [writer.array(to_numpy(o), o.stride() if op.view else None) for o in outputs],
                "gradients": [None if g is None else writer.array(to_numpy(g)) for g in gradients],
            }
        )
    return {"digest": op.digest(dtype), "results": results}


def main() -> None:
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", r"torch\.[a-z_]+ is deprecated in favor of torch.linalg")
    warnings.filterwarnings("ignore", r"index_reduce\(\) is in beta")
    writer = Writer()
    for op in OPS:
        for dtype in ALL:
            writer.index.setdefault(op.id, {})[dtype] = record(op, dtype, writer)
    writer.save()
    promotion.PATH.write_text(
        json.dumps(promotion.table(torch)).replace("]], ", "]],\n").replace("], ", "],\n")
    )
    print(f"{PATH}: {PATH.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
