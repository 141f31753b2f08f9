#!/usr/bin/env bash
# Does a request notice when the log store is slow or does not answer? Prints one table. See docs/performance.md.
#
# Another process holds the write lock of the log's file: for a second again and again (slow), or all the time (stopped).
#
#   CONNECTIONS="1 16"   ROUNDS=5   DURATION=8 (seconds of one run)   WARM=30
set -uo pipefail
source "$(dirname "$0")/lib.sh"
read -ra CONNECTIONS <<<"${CONNECTIONS:-1 16}"
ROUNDS=${ROUNDS:-5}
DURATION=${DURATION:-8}
WARM=${WARM:-30}
STATES=(usual slow stopped)

need_tools
command -v sqlite3 >/dev/null || fail "Missing: sqlite3 (Debian: apt-get install sqlite3)"

# hold SECONDS: takes the write lock, says so, and keeps it that long.
hold() {
  { echo "PRAGMA busy_timeout = 30000; BEGIN IMMEDIATE;"; echo ".shell touch $WORK/held"; sleep "$1"; echo "ROLLBACK;"; } \
    | taskset -c "$LOAD_CORE" sqlite3 "$WORK/data/logs.db" >/dev/null
}

# disturb STATE: until it is killed.
disturb() {
  case $1 in
    slow) while :; do hold 1; sleep 0.05; done ;;
    stopped) hold 3600 ;;
  esac
}

wait_held() {
  local waited
  for waited in {1..300}; do
    [[ ! -e $WORK/held ]] || return 0
    sleep 0.1
  done
  fail "The log's file could not be locked."
}

# settle: until everything that waits is written.
settle() {
  local waited
  for waited in {1..240}; do
    [[ $(waiting) != 0 ]] || return 0
    sleep 0.5
  done
  fail "The log does not settle."
}

waiting() { metrics | awk '/^gateway_log_queue/ { sum += $2 } END { printf "%.0f\n", sum }'; }

# run STATE CONNECTIONS ROUND
run() {
  local state=$1 disturber="" before after result
  settle
  rm -f "$WORK/held"
  if [[ $state != usual ]]; then
    set -m
    disturb "$state" &
    disturber=$!
    set +m
    wait_held
  fi
  read -ra before < <(log_counts)
  result=$(load gateway json "$2" "$DURATION") || exit 1
  read -ra after < <(log_counts)
  if [[ -n $disturber ]]; then
    kill -- "-$disturber" 2>/dev/null
    wait "$disturber" 2>/dev/null
  fi
  awk -v OFS=, -v round="$3" -v connections="$2" -v state="$state" -v logged="$((after[0] - before[0])),$((after[1] - before[1])),$((after[2] - before[2]))" \
    '{ print round, connections, state, $1, sprintf("%.0f", $1 / $2), $3, $4, $5, logged }' <<<"$result" >>"$WORK/results.csv"
}

echo "Building …" >&2
build bench/Upstream src/Front
start_upstream
start_gateway
echo "Warming: $WARM s …" >&2
load gateway json 64 "$WARM" >/dev/null || exit 1
for ((round = 1; round <= ROUNDS; round++)); do
  echo "Round $round of $ROUNDS …" >&2
  for connections in "${CONNECTIONS[@]}"; do
    for ((i = 0; i < ${#STATES[@]}; i++)); do run "${STATES[(i + round) % ${#STATES[@]}]}" "$connections" "$round"; done
  done
done

# Medians over the rounds, and the median of the ratios within one.
awk -F, '
  { key = $2 "," $3; n = ++count[key]; for (f = 5; f <= 7; f++) value[key, f, n] = $f; p50[$1, key] = $6
    for (f = 8; f <= 11; f++) sum[key, f] += $f; rounds = $1; if (!($2 in seen)) { seen[$2] = 1; order[++sizes] = $2 } }
  END {
    print "| connections | log store | req/s | p50 µs | p99 µs | p50 ÷ usual | errors | log written | log entries / bodies dropped |"
    print "|---:|---|---:|---:|---:|---:|---:|---:|---:|"
    split("usual slow stopped", states, " ")
    for (c = 1; c <= sizes; c++) for (s = 1; s <= 3; s++) {
      key = order[c] "," states[s]
      for (round = 1; round <= rounds; round++) ratios[round] = p50[round, key] / p50[round, order[c] ",usual"]
      printf "| %s | %s | %.0f | %.0f | %.0f | %s | %d | %d | %d / %d |\n", order[c], states[s], middle(key, 5), middle(key, 6), middle(key, 7), \
        s == 1 ? "–" : sprintf("%.2f", median(ratios, rounds)), sum[key, 8], sum[key, 9], sum[key, 10], sum[key, 11]
    }
  }
  function middle(key, number,    i, values) { for (i = 1; i <= count[key]; i++) values[i] = value[key, number, i]; return median(values, count[key]) }
  function median(values, n,    i, j, swap, sorted) {
    for (i = 1; i <= n; i++) sorted[i] = values[i]
    for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (sorted[j] < sorted[i]) { swap = sorted[i]; sorted[i] = sorted[j]; sorted[j] = swap }
    return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
  }' "$WORK/results.csv"
