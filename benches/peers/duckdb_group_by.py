"""The floor: DuckDB's bare GROUP BY count over the Parquet file that our cube is made from, warm."""

import argparse

import cost
import duckdb

COLUMNS = "sex, age_band, region, label, decision"

if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file")
    options.add_argument("--runs", type=int, default=11)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--columns", default=COLUMNS)
    o = options.parse_args()

    db = duckdb.connect()
    db.execute(f"SET threads = {o.threads}")
    # Metadata is read each time, as it is for us; the file itself is in the page cache.
    query = f"SELECT {o.columns}, count(*) FROM read_parquet(?) GROUP BY {o.columns}"
    costs, rows = cost.measure(lambda: db.execute(query, [o.file]).fetchall(), o.runs, warm_up=2)
    cost.say("duckdb group by", costs, rows=sum(r[-1] for r in rows), cells=len(rows), threads=o.threads, version=duckdb.__version__)
