"""Reads the JSON lines of a run and prints the medians, each peer's ratio to ours beside them."""

import collections
import json
import statistics
import sys

found = collections.defaultdict(lambda: collections.defaultdict(list))
for line in sys.stdin:
    task, who, result = line.rstrip("\n").split("\t", 2)
    costs = json.loads(result)
    if "peak_mib" in costs and "start_mib" in costs:
        costs["growth_mib"] = costs["peak_mib"] - costs["start_mib"]
    found[task][who].append(costs)

middle = lambda results, key: statistics.median(r[key] for r in results) if all(key in r for r in results) else None
times = lambda a, b: f"{a / b:8.2f}×" if a is not None and b else " " * 9
print(f"{'task':24} {'who':12} {'rounds':>6} {'wall s':>10} {'cpu s':>10} {'growth MiB':>10}  {'wall/ours':>9} {'cpu/ours':>9}")
for task, parties in found.items():
    ours = parties.get("ours", [])
    for who, results in sorted(parties.items(), key=lambda p: p[0] != "ours"):
        wall, cpu, growth = (middle(results, k) for k in ("wall_s", "cpu_s", "growth_mib"))
        show = lambda v, d: " " * 10 if v is None else f"{v:10.{d}f}"
        against = (times(wall, middle(ours, "wall_s")), times(cpu, middle(ours, "cpu_s"))) if ours and who != "ours" else ("", "")
        print(f"{task:24} {who:12} {len(results):6} {show(wall, 4)} {show(cpu, 4)} {show(growth, 1)}  {against[0]:>9} {against[1]:>9}")

# The goal: scan, ten metrics and 1,000 replicates in 1.5 times the bare group by and 30 ms.
floor, ours = found["group by"].get("duckdb"), found["ten fairness metrics"].get("ours")
if floor and ours:
    allowed, wall = 1.5 * middle(floor, "wall_s") + 0.030, middle(ours, "wall_s")
    print(f"\nten fairness metrics with 1,000 replicates: {wall:.4f} s of {allowed:.4f} s allowed ({wall / allowed:.2f}×)")
