"""What runs in Qlib's environment: `inside.py features BARS OUT` computes Alpha158 and tells its processor seconds.

A script: it knows nothing of this project, and its last line of output is the answer.
"""

import resource
import sys

# The checker's environment has no Qlib, on purpose.
import qlib  # pyright: ignore[reportMissingImports]
from qlib.contrib.data.handler import Alpha158  # pyright: ignore[reportMissingImports]


def processor_seconds() -> float:
    """Of this process and its children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def features(bars: str, out: str) -> None:
    """All rows of all shares, no cache, one process, a label that costs nothing; told of the second run."""
    qlib.init(provider_uri=bars, region="us", kernels=1, expression_cache=None, dataset_cache=None)
    for _ in range(2):
        before = processor_seconds()
        handler = Alpha158(instruments="all", infer_processors=[], learn_processors=[], label=(["$close"], ["LABEL0"]))
        spent = processor_seconds() - before
    handler.fetch(col_set="feature").reset_index().to_parquet(out)
    print(spent)


if __name__ == "__main__":
    features(*sys.argv[2:])
