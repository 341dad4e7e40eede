"""Run by a Python that has recordlinkage 0.16: pairs of a list by its unsupervised classifier.

    python _by_recordlinkage.py LIST.json      # {"columns", "blocks", "rows"}; prints pairs

As its documentation has it: blocks, Jaro-Winkler at 0.85 on what is written, equality on the rest,
and the classifier of Fellegi and Sunter fitted by expectation and maximisation.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

WRITTEN = {"given", "family", "email", "street", "city"}


def main() -> None:
    # Not among the packages of this project: it needs an older pandas.
    rl: Any = importlib.import_module("recordlinkage")
    pandas: Any = importlib.import_module("pandas")
    told = json.loads(Path(sys.argv[1]).read_text())
    frame = pandas.DataFrame(told["rows"], columns=told["columns"])
    index = rl.Index()
    for block in told["blocks"]:
        index.block(block)
    compare = rl.Compare()
    for name in told["columns"]:
        if name in WRITTEN:
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
        else:
            compare.exact(name, name, label=name)
    features = compare.compute(index.index(frame), frame)
    found = rl.ECMClassifier(binarize=0.5).fit_predict(features)
    print(json.dumps([[int(left), int(right)] for left, right in found]))


if __name__ == "__main__":
    main()
