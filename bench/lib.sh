# Common to the scripts of this folder: starts the servers as plain processes on cores of their own and reads what they used.
# To be sourced.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TARGET_CORE=${TARGET_CORE:-0}   # the process under test
LOAD_CORE=${LOAD_CORE:-1}       # the upstream and the load generator
ACCOUNT=0000000000000000000000000000be7c
OPERATOR_TOKEN=bench-operator-token
USER_HZ=$(getconf CLK_TCK)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/gateway-bench.XXXXXX")
declare -A PID PORT READY_MS

stop_all() {
  local name
  for name in "${!PID[@]}"; do kill "${PID[$name]}" 2>/dev/null; done
  for name in "${!PID[@]}"; do wait "${PID[$name]}" 2>/dev/null; done
  rm -rf "$WORK"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "$*" >&2
  exit 1
}

need_tools() {
  local missing=() tool
  for tool in wrk curl taskset dotnet awk; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  if [[ " ${missing[*]} " == *" wrk "* && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    apt-get install -y -q wrk >"$WORK/apt.log" 2>&1 || fail "wrk could not be installed: $(tail -1 "$WORK/apt.log")"
    missing=("${missing[@]/wrk/}")
  fi
  [[ -z "${missing[*]// /}" ]] || fail "Missing: ${missing[*]} (Debian: apt-get install wrk curl util-linux)"
  (($(nproc) >= 2)) || fail "Two cores are needed: one for the process under test, one for the upstream and the load."
}

build() {
  local project
  for project in "$@"; do
    dotnet build -c Release "$ROOT/$project" -v q -nologo >"$WORK/build.log" 2>&1 || { cat "$WORK/build.log" >&2; fail "$project does not build."; }
  done
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# start NAME CORE DLL [ARGUMENT…]: starts a server; its port is in PORT[NAME].
start() {
  local name=$1 core=$2 dll=$3
  shift 3
  PORT[$name]=$(free_port)
  taskset -c "$core" dotnet "$ROOT/$dll" --urls "http://127.0.0.1:${PORT[$name]}" "$@" >"$WORK/$name.log" 2>&1 &
  PID[$name]=$!
}

# The URL at which a target answers a chat completion.
url() {
  case $1 in
    direct) echo "http://127.0.0.1:${PORT[upstream]}/v1/chat/completions" ;;
    yarp) echo "http://127.0.0.1:${PORT[yarp]}/v1/chat/completions" ;;
    gateway) echo "http://127.0.0.1:${PORT[gateway]}/v1/$ACCOUNT/default/openai/chat/completions" ;;
    compat-*) echo "http://127.0.0.1:${PORT[gateway]}/v1/$ACCOUNT/default/compat/chat/completions" ;;
    *) echo "http://127.0.0.1:${PORT[gateway]}/v1/$ACCOUNT/$1/openai/chat/completions" ;;
  esac
}

# The file with the request that a target gets: at the OpenAI-compatible endpoint the model names the provider.
body() {
  case $1 in
    compat-openai) sed 's|"model":"gpt-4o-mini"|"model":"openai/gpt-4o-mini"|' "$ROOT/bench/requests/$2.json" >"$WORK/$1.$2.json" ;;
    compat-anthropic) sed 's|"model":"gpt-4o-mini"|"model":"anthropic/claude-haiku-4-5"|' "$ROOT/bench/requests/$2.json" >"$WORK/$1.$2.json" ;;
    *) echo "$ROOT/bench/requests/$2.json"; return ;;
  esac
  echo "$WORK/$1.$2.json"
}

# The process that a target's CPU and memory are read from.
process() {
  case $1 in
    direct) echo "${PID[upstream]}" ;;
    yarp) echo "${PID[yarp]}" ;;
    *) echo "${PID[gateway]}" ;;
  esac
}

# ask TARGET SCENARIO TOKEN: one request; the body on standard output.
ask() {
  curl -sS --fail --max-time 10 -H "content-type: application/json" -H "authorization: Bearer sk-bench" -H "cf-aig-authorization: Bearer $3" \
    --data-binary "@$(body "$1" "$2")" "$(url "$1")"
}

# wait_ready NAME TARGET: until the first request is answered; how long it took is in READY_MS[NAME].
wait_ready() {
  local name=$1 target=$2 started=${EPOCHREALTIME/./}
  until ask "$target" json "$OPERATOR_TOKEN" >/dev/null 2>&1; do
    kill -0 "${PID[$name]}" 2>/dev/null || { cat "$WORK/$name.log" >&2; fail "$name ended."; }
    ((${EPOCHREALTIME/./} - started < 60000000)) || { tail -5 "$WORK/$name.log" >&2; fail "$name does not answer."; }
    sleep 0.02
  done
  READY_MS[$name]=$(((${EPOCHREALTIME/./} - started) / 1000))
}

start_upstream() {
  start upstream "$LOAD_CORE" bench/Upstream/bin/Release/net10.0/GatewayActors.Bench.Upstream.dll
  wait_ready upstream direct
}

start_yarp() {
  start yarp "$TARGET_CORE" bench/Yarp/bin/Release/net10.0/GatewayActors.Bench.Yarp.dll "--upstream=http://127.0.0.1:${PORT[upstream]}"
  wait_ready yarp yarp
}

# The product with its default settings. Its clients use a token of their account, as they should; the operator's only reads metrics.
start_gateway() {
  start gateway "$TARGET_CORE" src/Front/bin/Release/net10.0/GatewayActors.Front.dll \
    "--Gateway:DataDirectory=$WORK/data" "--Gateway:Bootstrap:AccountId=$ACCOUNT" "--Gateway:Bootstrap:Token=$OPERATOR_TOKEN" \
    "--Gateway:Providers:openai:BaseUrl=http://127.0.0.1:${PORT[upstream]}/v1" "--Gateway:Providers:anthropic:BaseUrl=http://127.0.0.1:${PORT[upstream]}/v1"
  wait_ready gateway gateway
  local api="http://127.0.0.1:${PORT[gateway]}/client/v4/accounts/$ACCOUNT" group answer
  group=$(curl -sS --fail -H "authorization: Bearer $OPERATOR_TOKEN" "$api/tokens/permission_groups" \
    | awk 'BEGIN { RS = "}" } /"AI Gateway Run"/ && match($0, /"id":"[^"]*"/) { print substr($0, RSTART + 6, RLENGTH - 7); exit }')
  answer=$(curl -sS -H "authorization: Bearer $OPERATOR_TOKEN" -H "content-type: application/json" "$api/tokens" --data-binary \
    "{\"name\":\"bench\",\"policies\":[{\"effect\":\"allow\",\"permission_groups\":[{\"id\":\"$group\"}],\"resources\":{\"com.cloudflare.api.account.$ACCOUNT\":\"*\"}}]}")
  TOKEN=$(awk 'match($0, /"value":"[^"]*"/) { print substr($0, RSTART + 9, RLENGTH - 10) }' <<<"$answer")
  [[ -n $TOKEN ]] || fail "No token could be made: $answer"
  local off='"cache_ttl":0,"rate_limiting_interval":0,"rate_limiting_limit":0'
  create_gateway lean "$off,\"collect_log_payload\":false"
  create_gateway limited '"cache_ttl":0,"rate_limiting_interval":3600,"rate_limiting_limit":1000000000,"rate_limiting_technique":"fixed"'
  create_gateway spend "$off,\"spend_limits\":{\"enabled\":true,\"rules\":[{\"limit\":1000000,\"limitType\":\"cost\",\"window\":3600}]}"
  create_gateway hit '"cache_ttl":86400,"rate_limiting_interval":0,"rate_limiting_limit":0'
}

# create_gateway ID MEMBERS: a gateway that differs from the default one in these.
create_gateway() {
  local answer
  answer=$(curl -sS -H "authorization: Bearer $OPERATOR_TOKEN" -H "content-type: application/json" "http://127.0.0.1:${PORT[gateway]}/client/v4/accounts/$ACCOUNT/ai-gateway/gateways" \
    --data-binary "{\"id\":\"$1\",\"cache_invalidate_on_update\":false,\"collect_logs\":true,$2}")
  [[ $answer == *'"success":true'* ]] || fail "The gateway $1 could not be made: $answer"
}

# load TARGET SCENARIO CONNECTIONS SECONDS: prints "requests seconds p50_us p99_us errors".
load() {
  BENCH_BODY="$(body "$1" "$2")" BENCH_TOKEN="${TOKEN:-none}" \
    taskset -c "$LOAD_CORE" wrk -t1 -c"$3" -d"$4s" --latency -s "$ROOT/bench/chat.lua" "$(url "$1")" >"$WORK/wrk.log" 2>&1
  awk '$1 == "BENCH" { print $2, $3, $4, $5, $6; found = 1 } END { exit !found }' "$WORK/wrk.log" || { cat "$WORK/wrk.log" >&2; fail "wrk failed."; }
}

cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

rss_mib() { awk '$1 == "VmRSS:" { printf "%.0f\n", $2 / 1024 }' "/proc/$1/status"; }

metrics() { curl -sS --fail --max-time 10 -H "authorization: Bearer $OPERATOR_TOKEN" "http://127.0.0.1:${PORT[gateway]}/metrics"; }

# Prints "written dropped_entries dropped_bodies".
log_counts() {
  metrics | awk '
    /^gateway_log_written/ { written += $2 }
    /^gateway_log_dropped/ { if ($0 ~ /"body"/) bodies += $2; else entries += $2 }
    END { printf "%.0f %.0f %.0f\n", written, entries, bodies }'
}
