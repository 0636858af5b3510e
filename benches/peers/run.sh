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

GENERATE="cargo run --release --quiet -p dualtrack-assurance --example generate --"
OURS="cargo bench --quiet -p dualtrack-assurance --bench scan"
FAIRLEARN_OPTIONS=${FAIRLEARN_OPTIONS:-"--favourable-label 0 --favourable-decision 1"}

# With DATA set to a folder that holds the three files, nothing is generated.
if [[ -z ${DATA:-} ]]; then
  DATA=$(mktemp -d)
  trap 'rm -rf "$DATA"' EXIT
  $GENERATE "$DATA" "$ROWS"
else
  ROWS="as given"
fi
export BENCH_DATA=$DATA
decisions=$DATA/decisions.parquet
reference=$DATA/reference.parquet
current=$DATA/current.parquet

results=$(mktemp)
# turn TASK WHO COMMAND…: one run; a party that cannot run is named and left out of the table.
turn() {
  local task=$1 who=$2 line
  shift 2
  [[ $# -gt 0 ]] || return 0
  if line=$("$@" 2>"$results.error" | tail -n 1) && [[ $line == \{* ]]; then
    printf '%s\t%s\t%s\n' "$task" "$who" "$line" >>"$results"
  else
    printf 'left out: %s, %s: %s\n' "$task" "$who" "$(tail -n 1 "$results.error")" >&2
  fi
}

ours() {
  if ! $OURS 2>"$results.error" | "$PYTHON" "$here/bench_lines.py" >>"$results"; then
    printf 'left out: ours: %s\n' "$(tail -n 1 "$results.error")" >&2
  fi
}

for ((i = 0; i < ROUNDS; i++)); do
  turn "group by" duckdb "$PYTHON" "$here/duckdb_group_by.py" --threads "$THREADS" "$decisions"
  ours
done
for ((i = 0; i < SLOW_ROUNDS; i++)); do
  turn "ten fairness metrics" fairlearn "$PYTHON" "$here/fairlearn_metrics.py" $FAIRLEARN_OPTIONS "$decisions"
  turn "drift, exact" scipy "$PYTHON" "$here/evidently_or_scipy_drift.py" --with scipy "$reference" "$current"
  if [[ $EVIDENTLY == 1 ]]; then
    turn "drift, binned" evidently "$PYTHON" "$here/evidently_or_scipy_drift.py" --with evidently "$reference" "$current"
  fi
done

printf '\nrows: %s; threads: %s; %s\n' "$ROWS" "$THREADS" "$(uname -sm)"
"$PYTHON" "$here/table.py" <"$results"
rm -f "$results" "$results.error"
