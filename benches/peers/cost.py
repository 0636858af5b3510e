"""What a piece of work costs: wall time, processor time of this process with its threads, peak memory."""

import json
import resource
import statistics
import time


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(work, runs, warm_up):
    """Runs `work` and gives the median costs and its last result. The peak is that of the whole process, so
    `start_mib` (what the interpreter and its libraries take before) stands beside it."""
    start = peak_mib()
    for _ in range(warm_up):
        work()
    walls, cpus, result = [], [], None
    for _ in range(runs):
        wall, cpu = time.perf_counter(), cpu_s()
        result = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(cpu_s() - cpu)
    costs = {
        "wall_s": round(statistics.median(walls), 6),
        "cpu_s": round(statistics.median(cpus), 6),
        "wall_least_s": round(min(walls), 6),
        "peak_mib": round(peak_mib(), 1),
        "start_mib": round(start, 1),
        "runs": runs,
    }
    return costs, result


def say(name, costs, **more):
    print(json.dumps({"name": name} | costs | more))
