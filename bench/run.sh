#!/usr/bin/env bash
# Compares the gateway with the upstream alone and with YARP, and prints one table. See docs/performance.md.
#
#   TARGETS="direct yarp gateway"  SCENARIOS="json sse"  CONNECTIONS="1 16 64"
#                 more targets, each a gateway of the same process: lean (no bodies in the log), limited (rate limit), spend (spend limit),
#                 hit (answered from the cache); compat-openai, compat-anthropic (the OpenAI-compatible endpoint, relayed and translated);
#                 one more scenario: json2k
#   ROUNDS=5      rounds; every round runs all targets in turn
#   DURATION=5    seconds of one run
#   WARM=40       seconds of full load before the first round, for every target and scenario
#   OUT=          folder for the raw results; a new temporary one if empty
#   TARGET_CORE=0 LOAD_CORE=1
set -uo pipefail
source "$(dirname "$0")/lib.sh"

read -ra TARGETS <<<"${TARGETS:-direct yarp gateway}"
read -ra SCENARIOS <<<"${SCENARIOS:-json sse}"
read -ra CONNECTIONS <<<"${CONNECTIONS:-1 16 64}"
ROUNDS=${ROUNDS:-5}
DURATION=${DURATION:-5}
WARM=${WARM:-40}
OUT=${OUT:-$(mktemp -d "${TMPDIR:-/tmp}/gateway-bench-results.XXXXXX")}

for target in "${TARGETS[@]}"; do [[ $target =~ ^(direct|yarp|gateway|lean|limited|spend|hit|compat-openai|compat-anthropic)$ ]] || fail "TARGETS: '$target' is none of direct, yarp, gateway, lean, limited, spend, hit, compat-openai, compat-anthropic."; done
for scenario in "${SCENARIOS[@]}"; do [[ $scenario =~ ^(json|json2k|sse)$ ]] || fail "SCENARIOS: '$scenario' is none of json, json2k, sse."; done
has() { [[ " ${TARGETS[*]} " == *" $1 "* ]]; }
has_gateway() { has gateway || has lean || has limited || has spend || has hit || has compat-openai || has compat-anthropic; }
is_gateway() { [[ $1 != direct && $1 != yarp ]]; }

# run TARGET SCENARIO CONNECTIONS ROUND: one run, one line of results.
run() {
  local target=$1 pid ticks result rss log=(0 0 0) before=(0 0 0) requests
  pid=$(process "$target")
  ! is_gateway "$target" || read -ra before < <(log_counts)
  ticks=$(cpu_ticks "$pid")
  result=$(load "$target" "$2" "$3" "$DURATION") || exit 1
  requests=${result%% *}
  if is_gateway "$target"; then
    # What is logged after the last answer is work of these requests too.
    local waited
    for waited in {1..120}; do
      read -ra log < <(log_counts)
      ((log[0] + log[1] - before[0] - before[1] < requests)) || break
      sleep 0.5
    done
  fi
  ticks=$(($(cpu_ticks "$pid") - ticks))
  rss=$(rss_mib "$pid")
  awk -v OFS=, -v round="$4" -v scenario="$2" -v connections="$3" -v target="$target" -v ticks="$ticks" -v hz="$USER_HZ" -v rss="$rss" \
    -v logged="$((log[0] - before[0])),$((log[1] - before[1])),$((log[2] - before[2]))" \
    '{ print round, scenario, connections, target, $1, $2, sprintf("%.0f", $1 / $2), $3, $4, sprintf("%.2f", $1 ? ticks / hz * 1e6 / $1 : 0), rss, $5, logged }' <<<"$result" >>"$OUT/results.csv"
}

# Whether the last answer is OpenAI's format with the end of what the upstream says in Anthropic's.
is_translated() { grep -q '"object":"chat.completion' "$WORK/actual" && grep -q '"finish_reason":"stop"' "$WORK/actual" && grep -Eq 'two bulges of water form|word94' "$WORK/actual"; }

need_tools
echo "Building …" >&2
build bench/Upstream bench/Yarp src/Front
start_upstream
! has yarp || start_yarp
! has_gateway || start_gateway

for scenario in "${SCENARIOS[@]}"; do
  ask direct "$scenario" none >"$WORK/expected.$scenario" || fail "direct: no answer ($scenario)."
  for target in "${TARGETS[@]}"; do
    ask "$target" "$scenario" "${TOKEN:-none}" >"$WORK/actual" || fail "$target: no answer ($scenario)."
    # Of a translated answer the text is the upstream's, the form is not.
    [[ $target != compat-anthropic ]] || { is_translated || fail "$target: the answer is not a translated one ($scenario)."; continue; }
    cmp -s "$WORK/expected.$scenario" "$WORK/actual" || fail "$target: the answer is not the upstream's ($scenario)."
  done
done

for scenario in "${SCENARIOS[@]}"; do
  for target in "${TARGETS[@]}"; do
    echo "Warming $target, $scenario: $WARM s …" >&2
    load "$target" "$scenario" 64 "$WARM" >/dev/null || exit 1
  done
done

mkdir -p "$OUT"
echo "round,scenario,connections,target,requests,seconds,rps,p50_us,p99_us,cpu_us,rss_mib,errors,log_written,log_dropped_entries,log_dropped_bodies" >"$OUT/results.csv"
for ((round = 1; round <= ROUNDS; round++)); do
  echo "Round $round of $ROUNDS …" >&2
  for scenario in "${SCENARIOS[@]}"; do
    for connections in "${CONNECTIONS[@]}"; do
      # Another target begins each round, so that none always has the quiet or the noisy moment.
      for ((i = 0; i < ${#TARGETS[@]}; i++)); do
        run "${TARGETS[(i + round) % ${#TARGETS[@]}]}" "$scenario" "$connections" "$round"
      done
    done
  done
done

awk -f "$ROOT/bench/table.awk" "$OUT/results.csv"
echo
for name in yarp gateway; do [[ -z ${READY_MS[$name]:-} ]] || echo "$name: first answer ${READY_MS[$name]} ms after its start"; done
echo "Raw results: $OUT/results.csv"
