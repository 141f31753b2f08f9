#!/usr/bin/env bash
# Full load on the gateway for a while: does its memory settle, does logging keep up, does every request get its answer?
#
#   DURATION=600  seconds        SCENARIO=json   json or sse
#   CONNECTIONS=64               INTERVAL=30     seconds between two readings
set -uo pipefail
source "$(dirname "$0")/lib.sh"
DURATION=${DURATION:-600}
INTERVAL=${INTERVAL:-30}
SCENARIO=${SCENARIO:-json}
CONNECTIONS=${CONNECTIONS:-64}

need_tools
echo "Building …" >&2
build bench/Upstream src/Front
start_upstream
start_gateway

(load gateway "$SCENARIO" "$CONNECTIONS" "$DURATION" >"$WORK/result") &
generator=$!
started=$SECONDS
printf '%8s %9s %14s %18s %17s\n' seconds "RSS MiB" "log written" "entries dropped" "bodies dropped"
while kill -0 "$generator" 2>/dev/null && ((SECONDS - started + INTERVAL <= DURATION)); do
  sleep "$INTERVAL"
  read -r written entries bodies < <(log_counts)
  rss=$(rss_mib "${PID[gateway]}")
  echo "$((SECONDS - started)) $rss" >>"$WORK/rss"
  printf '%8d %9d %14d %18d %17d\n' "$((SECONDS - started))" "$rss" "$written" "$entries" "$bodies"
done
wait "$generator" || exit 1

echo
# Least squares over the second half: the first one fills pools and caches.
awk -v half="$((DURATION / 2))" '
  $1 >= half { n++; x = $1 / 60; sx += x; sy += $2; sxx += x * x; sxy += x * $2 }
  END { if (n < 2) print "RSS slope: too few readings"; else printf "RSS slope of the second half: %.2f MiB/min\n", (n * sxy - sx * sy) / (n * sxx - sx * sx) }' "$WORK/rss"
awk '{ printf "Requests: %d in %.0f s (%.0f/s), p50 %d µs, p99 %d µs, errors seen by the client: %d\n", $1, $2, $1 / $2, $3, $4, $5 }' "$WORK/result"
echo "Answers by status:"
metrics | awk '/^gateway_exchanges_total/ && match($0, /http_response_status_code="[^"]*"/) { count[substr($0, RSTART + 27, RLENGTH - 28)] += $2 } END { for (status in count) printf "  %s  %d\n", status, count[status] }'
