#!/usr/bin/env bash
# Peers and our engine on the same data, in the same run, in turns. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

PYTHON=${PYTHON:-python3}             # an environment with requirements.txt
ROWS=${ROWS:-1000000}
ROUNDS=${ROUNDS:-5}                   # how often the cheap tasks take turns
SLOW_ROUNDS=${SLOW_ROUNDS:-1}         # Fairlearn, scipy and Evidently
EVIDENTLY=${EVIDENTLY:-0}             # 1: also Evidently, about two minutes and 3 GiB
export THREADS=${THREADS:-2}

# Our generator and our side. Each prints one line of JSON with wall_s, cpu_s and peak_mib.
EXAMPLE=${EXAMPLE:-"cargo run --release --quiet -p dualtrack-assurance --example"}
GENERATE=${GENERATE:-"$EXAMPLE generate --"}
MEASURE=${MEASURE:-"$EXAMPLE measure --"}

# With DATA set to a folder that holds the three files, nothing is generated.
if [[ -z ${DATA:-} ]]; then
  DATA=$(mktemp -d)
  trap 'rm -rf "$DATA"' EXIT
  $GENERATE decisions --rows "$ROWS" --seed 1 --out "$DATA/decisions.parquet"
  $GENERATE features --rows "$ROWS" --seed 1 --out "$DATA/reference.parquet"
  $GENERATE features --rows "$ROWS" --seed 2 --out "$DATA/current.parquet"
fi
decisions=$DATA/decisions.parquet
reference=$DATA/reference.parquet
current=$DATA/current.parquet

OURS_CUBE=${OURS_CUBE:-"$MEASURE cube $decisions"}
OURS_METRICS=${OURS_METRICS:-"$MEASURE fairness $decisions"}
OURS_DRIFT=${OURS_DRIFT:-"$MEASURE drift $reference $current"}
OURS_DRIFT_EXACT=${OURS_DRIFT_EXACT:-"$MEASURE drift --exact $reference $current"}
FAIRLEARN_OPTIONS=${FAIRLEARN_OPTIONS:-} # such as: --favourable-label 0 --favourable-decision approve

results=$(mktemp)
# turn TASK WHO COMMAND… : one run; a party that is not there (yet) is left out of the table.
turn() {
  local task=$1 who=$2 line
  shift 2
  if line=$("$@" 2>"$results.error" | tail -n 1) && [[ $line == \{* ]]; then
    printf '%s\t%s\t%s\n' "$task" "$who" "$line" >>"$results"
  else
    printf 'left out: %s, %s: %s\n' "$task" "$who" "$(tail -n 1 "$results.error")" >&2
  fi
}

for ((i = 0; i < ROUNDS; i++)); do
  turn "group by" duckdb "$PYTHON" "$here/duckdb_group_by.py" --threads "$THREADS" "$decisions"
  turn "group by" ours $OURS_CUBE
done
for ((i = 0; i < SLOW_ROUNDS; i++)); do
  turn "ten fairness metrics" fairlearn "$PYTHON" "$here/fairlearn_metrics.py" $FAIRLEARN_OPTIONS "$decisions"
  turn "ten fairness metrics" ours $OURS_METRICS
  turn "drift, binned" ours $OURS_DRIFT
  turn "drift, exact" scipy "$PYTHON" "$here/evidently_or_scipy_drift.py" --with scipy "$reference" "$current"
  turn "drift, exact" ours $OURS_DRIFT_EXACT
  if [[ $EVIDENTLY == 1 ]]; then
    turn "drift, binned" evidently "$PYTHON" "$here/evidently_or_scipy_drift.py" --with evidently "$reference" "$current"
  fi
done

printf '\n%s rows, %s threads, %s\n' "$ROWS" "$THREADS" "$(uname -sm)"
"$PYTHON" "$here/table.py" <"$results"
rm -f "$results" "$results.error"
