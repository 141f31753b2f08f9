#!/usr/bin/env bash
# Installs what the tests need, starts Redis, Azurite and PostgreSQL on free loopback ports, runs every test, stops what it
# started. The last line is "N passed, N failed, N skipped"; the exit code is not 0 after any failure.
#   --fast   leaves out what needs a server, Node or a browser: restore, build and the tests without a "Needs" trait
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
root=$PWD
sdk=$root/tests/EndToEnd.Tests/sdk
fast=no
for argument in "$@"; do
  case $argument in
    --fast) fast=yes ;;
    *) echo "test.sh: unknown argument '$argument'; known: --fast" >&2; exit 2 ;;
  esac
done

passed=0 failed=0 skipped=0
work=$(mktemp -d "${TMPDIR:-/tmp}/gateway-tests.XXXXXX")
chmod 755 "$work" # PostgreSQL runs as another user
pids=()

stop() {
  [ -d "$work/postgres/data" ] && as_postgres "$postgres_bin/pg_ctl" -D "$work/postgres/data" -m immediate -w stop >/dev/null 2>&1
  for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null; done
  for pid in ${pids[@]+"${pids[@]}"}; do wait "$pid" 2>/dev/null; done
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '== %s\n' "$*"; }
finish() {
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}
# A step that has to work before any test can run: its output is shown only when it fails.
step() {
  local name=$1
  shift
  say "$name"
  if ! "$@" >"$work/step.log" 2>&1; then
    cat "$work/step.log"
    echo "FAILED: $name"
    failed=$((failed + 1))
    finish
  fi
}

# A check that says something about the code and stops nothing.
check() {
  local name=$1
  shift
  say "$name"
  if ! "$@" >"$work/check.log" 2>&1; then
    cat "$work/check.log"
    echo "FAILED: $name"
    failed=$((failed + 1))
  fi
}

# --- what the tests need -------------------------------------------------------------------------------------------------

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
find_postgres() {
  local candidate
  for candidate in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) $(dirname "$(command -v initdb 2>/dev/null)" 2>/dev/null); do
    if [ -x "$candidate/initdb" ]; then postgres_bin=$candidate; return 0; fi
  done
  return 1
}
install_packages() {
  local missing=()
  command -v curl >/dev/null || missing+=(curl)
  command -v redis-server >/dev/null || missing+=(redis-server)
  find_postgres || missing+=(postgresql)
  if [ ${#missing[@]} -gt 0 ]; then
    as_root apt-get update -q &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" || return 1
  fi
  find_postgres && command -v redis-server >/dev/null
}
install_node_packages() {
  # The lock file npm leaves behind is what it really installed.
  if ! cmp -s "$sdk/package-lock.json" "$sdk/node_modules/.installed-from"; then
    (cd "$sdk" && npm ci --no-audit --no-fund --loglevel=error) && cp "$sdk/package-lock.json" "$sdk/node_modules/.installed-from"
  fi
}

# --- servers -------------------------------------------------------------------------------------------------------------

free_ports() {
  node -e 'const net=require("net"),n=+process.argv[1];Promise.all(Array.from({length:n},()=>new Promise(r=>{const s=net.createServer().listen(0,"127.0.0.1",()=>r(s))})))
    .then(all=>{console.log(all.map(s=>s.address().port).join(" "));all.forEach(s=>s.close())})' "$1"
}
as_postgres() {
  # initdb and postgres refuse to run as root.
  if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@"); else "$@"; fi
}
answers() { # answers <name> <command...>: the command succeeds within 60 seconds
  local name=$1 end=$((SECONDS + 60))
  shift
  until "$@" >"$work/answer.log" 2>&1; do
    if [ "$SECONDS" -ge "$end" ]; then
      echo "$name does not answer:"
      cat "$work/answer.log" "$work/$name.log"
      return 1
    fi
    sleep 0.1
  done
}
start_servers() {
  local redis azurite_blob azurite_queue azurite_table postgres
  read -r redis azurite_blob azurite_queue azurite_table postgres < <(free_ports 5)

  mkdir -p "$work/redis" "$work/azurite" "$work/postgres"
  redis-server --bind 127.0.0.1 --port "$redis" --save '' --appendonly no --dir "$work/redis" >"$work/redis.log" 2>&1 &
  pids+=($!)
  node "$sdk/node_modules/azurite/dist/src/azurite.js" --silent --skipApiVersionCheck --disableTelemetry --location "$work/azurite" \
    --blobHost 127.0.0.1 --blobPort "$azurite_blob" --queueHost 127.0.0.1 --queuePort "$azurite_queue" \
    --tableHost 127.0.0.1 --tablePort "$azurite_table" >"$work/azurite.log" 2>&1 &
  pids+=($!)
  if [ "$(id -u)" = 0 ]; then chown postgres "$work/postgres"; fi
  as_postgres "$postgres_bin/initdb" -D "$work/postgres/data" -U gateway -A trust -E UTF8 --no-sync >"$work/postgres.log" 2>&1 || { cat "$work/postgres.log"; return 1; }
  as_postgres "$postgres_bin/pg_ctl" -D "$work/postgres/data" -l "$work/postgres/log" -w -t 60 -s \
    -o "-h 127.0.0.1 -p $postgres -k '' -c fsync=off" start >>"$work/postgres.log" 2>&1 || { cat "$work/postgres.log" "$work/postgres/log"; return 1; }

  answers redis redis-cli -p "$redis" ping || return 1
  # Azurite answers a request without a signature with an error of its own; that it answers is the point.
  answers azurite node -e "fetch('http://127.0.0.1:$azurite_blob/').catch(()=>process.exit(1))" || return 1
  answers postgres "$postgres_bin/psql" -h 127.0.0.1 -p "$postgres" -U gateway -d postgres -Atc 'select 1' || return 1

  # The storage account name and key are Azurite's published development ones.
  export GATEWAY_TEST_REDIS="127.0.0.1:$redis"
  export GATEWAY_TEST_STORAGE="DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:$azurite_blob/devstoreaccount1;QueueEndpoint=http://127.0.0.1:$azurite_queue/devstoreaccount1;TableEndpoint=http://127.0.0.1:$azurite_table/devstoreaccount1;"
  export GATEWAY_TEST_POSTGRES="Host=127.0.0.1;Port=$postgres;Username=gateway;Database=postgres"
}

# --- tests ---------------------------------------------------------------------------------------------------------------

count() { grep -o "<assembly [^>]*" "$2" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'; }
run_project() {
  local name=$1 results="$work/$1.xml" log="$work/$1.log" code p f s e
  local arguments=(-noColor -noLogo -longRunning 120 -result-xml "$results")
  if [ "$fast" = yes ]; then arguments+=(-trait- Needs=servers -trait- Needs=node -trait- Needs=browser); fi
  say "$name"
  # Far above what any project needs on a slow machine: a hang must end as a failure that names the project.
  timeout --kill-after=30 3600 dotnet "tests/$name/bin/Release/net10.0/GatewayActors.$name.dll" "${arguments[@]}" >"$log" 2>&1 </dev/null
  code=$?
  if [ ! -s "$results" ] || [ -z "$(count total "$results")" ]; then
    cat "$log"
    echo "FAILED: $name ended with exit code $code and without results"
    failed=$((failed + 1))
    return
  fi
  p=$(count passed "$results") f=$(count failed "$results") s=$(count skipped "$results") e=$(count errors "$results")
  if [ "$code" -ne 0 ] && [ $((f + e)) -eq 0 ]; then
    echo "FAILED: $name ended with exit code $code"
    f=1
  elif [ $((p + f + s)) -eq 0 ]; then
    echo "FAILED: $name ran no test"
    f=1
  fi
  if [ $((f + e)) -gt 0 ]; then cat "$log"; fi
  echo "   $p passed, $((f + e)) failed, $s skipped"
  passed=$((passed + p)) failed=$((failed + f + e)) skipped=$((skipped + s))
}

if [ "$fast" = no ]; then
  step 'packages' install_packages
  step 'node packages' install_node_packages
  step 'servers' start_servers
fi
step 'restore' dotnet restore GatewayActors.sln --locked-mode -v q
step 'build' dotnet build GatewayActors.sln -c Release --no-restore -v q
check 'format: whitespace' dotnet format whitespace GatewayActors.sln --verify-no-changes --no-restore
check 'format: style' dotnet format style GatewayActors.sln --verify-no-changes --no-restore
for project in tests/*.Tests/*.csproj; do
  run_project "$(basename "$project" .csproj)"
done
finish
