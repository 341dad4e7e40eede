"""Fits by the peers, in a Python of their own: reads columns and settings, prints one JSON value.

    PYTHON _fitting_peers.py COLUMNS.npz PEER MODEL

They are given customers one by one in memory, as their documentation has it. Each has fitted a few
thousand before it is timed, so that nothing is compiled or imported while the clock runs.
"""

import contextlib
import importlib
import json
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

WARM_UP = 3_000
LIFETIMES = {
    "bg_nbd": ("BetaGeoFitter", ("r", "alpha", "a", "b")),
    "pareto_nbd": ("ParetoNBDFitter", ("r", "alpha", "s", "beta")),
    "gamma_gamma": ("GammaGammaFitter", ("p", "q", "v")),
}
PYMC = {"bg_nbd": "BetaGeoModel", "pareto_nbd": "ParetoNBDModel", "gamma_gamma": "GammaGammaModel"}


def by_lifetimes(frame: Any, model: str) -> dict[str, float]:
    name, parameters = LIFETIMES[model]
    fitter = getattr(importlib.import_module("lifetimes"), name)()
    if model == "gamma_gamma":
        fitter.fit(frame["frequency"], frame["monetary_value"])
    else:
        fitter.fit(frame["frequency"], frame["recency"], frame["T"])
    return {parameter: float(fitter.params_[parameter]) for parameter in parameters}


def by_pymc(frame: Any, model: str) -> dict[str, float]:
    """MAP with the priors it comes with."""
    fitted = getattr(importlib.import_module("pymc_marketing.clv"), PYMC[model])(data=frame)
    fitted.build_model()
    fitted.fit(method="map", progressbar=False)
    found = fitted.idata.posterior
    return {p: float(found[p].to_numpy().ravel()[0]) for p in LIFETIMES[model][1]}


PEERS: dict[str, Callable[[Any, str], dict[str, float]]] = {
    "lifetimes": by_lifetimes, "pymc-marketing": by_pymc,
}  # fmt: skip


def used() -> float:
    """Processor seconds of this process and of those it waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def main() -> int:
    path, peer, model = sys.argv[1:4]
    columns = np.load(path)
    frame = pd.DataFrame({name: columns[name] for name in columns.files})
    frame.insert(0, "customer_id", np.arange(len(frame)))
    fit = PEERS[peer]
    fit(frame.iloc[:: max(1, len(frame) // WARM_UP)].reset_index(drop=True), model)
    began, worked = time.perf_counter(), used()
    parameters = fit(frame, model)
    seconds, processor = time.perf_counter() - began, used() - worked
    told = {"parameters": parameters, "seconds": seconds, "processor_seconds": processor}
    sys.__stdout__.write(json.dumps(told))  # type: ignore[union-attr]
    return 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    with contextlib.redirect_stdout(sys.stderr):
        raise SystemExit(main())
