#!/usr/bin/env bash
# Builds what is not built and starts the whole gateway in one process. Arguments go to the gateway:
#   ./run.sh --urls http://127.0.0.1:9000
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Versions are pinned in the repository; nothing may ask a question, phone home or print a banner.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

program=src/Front/bin/Release/net10.0/GatewayActors.Front.dll
stamp=src/Front/obj/run.stamp

# A folder's own time changes when a file in it is deleted, so folders are looked at too.
stale() {
  [ ! -f "$program" ] || [ ! -f "$stamp" ] ||
    [ -n "$(find src Directory.Build.props Directory.Packages.props BannedSymbols.txt global.json \
      \( -name bin -o -name obj -o -name node_modules -o -name wwwroot \) -prune -o -newer "$stamp" -print -quit)" ]
}

build() {
  local log started
  log=$(mktemp) started=$(mktemp)
  if ! dotnet build src/Front/Front.csproj -c Release -v q -nologo >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log" "$started"
    exit 1
  fi
  touch -r "$started" "$stamp" # what changed while the build ran is built next time
  rm -f "$log" "$started"
}

if stale; then
  mkdir -p src/Front/obj
  # Two starts at once must not build into the same folders; the second finds everything built.
  if command -v flock >/dev/null; then
    exec {lock}>src/Front/obj/run.lock
    flock "$lock"
    if stale; then build; fi
    exec {lock}>&-
  else
    build
  fi
fi

exec dotnet "$program" "$@"
