"""The timing that the peers' programs share. It is that of `medianSeconds` in Benchmarks/Measurements."""
import json
import time


def median_seconds(work, budget=1.0, least=5, most=200):
    """The median time of a call of `work`, in seconds.

    The first call is not timed, because it compiles and fills caches. Then at least `least` calls are
    timed, and more until `budget` seconds have passed, up to `most`.
    """
    work()
    times, start = [], time.perf_counter()
    while len(times) < least or (time.perf_counter() - start < budget and len(times) < most):
        before = time.perf_counter()
        work()
        times.append(time.perf_counter() - before)
    return sorted(times)[len(times) // 2]


def emit(**fields):
    """Prints a line of JSON and flushes it."""
    print(json.dumps(fields), flush=True)
