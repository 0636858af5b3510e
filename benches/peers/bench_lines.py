"""Turns the table that our `scan` bench prints (name, wall ms, CPU ms, peak KiB, growth KiB) into lines for `table.py`."""

import json
import re
import sys

# the task whose peers a line of ours stands beside, by how the line's name begins
TASKS = {
    "decision cube": "group by",
    "the same with score": "group by and scores",
    "ten fairness metrics": "ten fairness metrics",
    "profiles of 20": "drift, binned: profiles",
    "drift of 20 columns, exact": "drift, exact",
    "drift of 20": "drift, binned",
}

if __name__ == "__main__":
    for line in sys.stdin:
        found = re.fullmatch(r"(\S.*?)\s+([\d.]+)\s+([\d.]+)\s+(\d+)\s+(\d+)\s*", line.rstrip("\n"))
        if found:
            name, wall, cpu, peak, growth = found.groups()
            task = next((t for start, t in TASKS.items() if name.startswith(start)), name)
            costs = {"wall_s": float(wall) / 1e3, "cpu_s": float(cpu) / 1e3, "peak_mib": int(peak) / 1024}
            print(task, "ours", json.dumps(costs | {"start_mib": (int(peak) - int(growth)) / 1024}), sep="\t")
