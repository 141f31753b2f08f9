#!/usr/bin/env bash
# Compares realtime sessions through the gateway with WebSockets through YARP, and prints one table. See docs/performance.md.
#
#   ROUNDS=5        rounds; every round runs all targets in turn
#   MESSAGES=20000  round trips of one run
#   SOCKETS=1000    silent sessions whose memory is read
#   TARGET_CORE=0 LOAD_CORE=1
set -uo pipefail
source "$(dirname "$0")/lib.sh"

ROUNDS=${ROUNDS:-5}
MESSAGES=${MESSAGES:-20000}
SOCKETS=${SOCKETS:-1000}

socket_url() {
  case $1 in
    direct) echo "ws://127.0.0.1:${PORT[upstream]}/v1/realtime?model=gpt-realtime" ;;
    yarp) echo "ws://127.0.0.1:${PORT[yarp]}/v1/realtime?model=gpt-realtime" ;;
    gateway) echo "ws://127.0.0.1:${PORT[gateway]}/v1/$ACCOUNT/default/openai?model=gpt-realtime" ;;
  esac
}

measure() { taskset -c "$LOAD_CORE" dotnet "$ROOT/bench/Sockets/bin/Release/net10.0/GatewayActors.Bench.Sockets.dll" "$@" 2>"$WORK/measure.log" || { cat "$WORK/measure.log" >&2; fail "The measurement failed."; }; }

need_tools
echo "Building …" >&2
build bench/Upstream bench/Yarp bench/Sockets src/Front
start_upstream
start_yarp
start_gateway
targets=(direct yarp gateway)
for ((round = 1; round <= ROUNDS; round++)); do
  echo "Round $round of $ROUNDS …" >&2
  for ((i = 0; i < ${#targets[@]}; i++)); do
    target=${targets[(i + round) % ${#targets[@]}]}
    read -r _ p50 p99 < <(measure echo "$(socket_url "$target")" "$TOKEN" "$MESSAGES")
    echo "$target $p50 $p99" >>"$WORK/echo"
  done
done

median() { awk -v target="$1" -v column="$2" '$1 == target { print $column }' "$WORK/echo" | sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
echo "| target | p50 µs | p99 µs | p50 above YARP |"
echo "|---|---:|---:|---:|"
yarp=$(median yarp 2)
for target in "${targets[@]}"; do
  p50=$(median "$target" 2)
  echo "| $target | $p50 | $(median "$target" 3) | $(awk -v a="$p50" -v b="$yarp" 'BEGIN { printf "%.0f µs", a - b }') |"
done

echo
for target in yarp gateway; do
  read -r _ bytes rss < <(measure idle "$(socket_url "$target")" "$TOKEN" "$SOCKETS" "${PID[$target]}")
  echo "$target: $((bytes / 1024)) KiB for each of $SOCKETS silent WebSockets (process: $rss MiB)"
done
