# Sourced by the launchers, which set $root (the checkout). Sets $node (a Node of at least 24), and brings the
# checkout up to date first: its dependencies, then what is generated and bundled. Two launchers at once
# are safe: the second waits for the first.

needed=24

new_enough() {
  [ -x "$1" ] && [ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge "$needed" ]
}

# The checkout's own needs no asking how old it is: the lockfile says so.
find_node() {
  for node in "$root"/node_modules/node-linux-*/bin/node; do
    [ -x "$node" ] && return 0
  done
  node=$(command -v node || true)
  new_enough "$node"
}

# `PID:TICKS`, where the start tells a process from a later one with the same pid; without /proc, `PID:`.
process_id() { echo "$1:$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20)"; }
is_alive() { kill -0 "${1%%:*}" 2>/dev/null && [ "$(process_id "${1%%:*}")" = "$1" ]; }

# Removes a lock whose owner is dead. Only one waiter at a time may look and remove: another's fresh lock would go too.
break_stale() {
  ln -s "$me" "$lock.break" 2>/dev/null || {
    breaker=$(readlink "$lock.break") && ! is_alive "$breaker" && rm -f "$lock.break"
    return 0
  }
  owner=$(readlink "$lock") && ! is_alive "$owner" && rm -f "$lock"
  rm -f "$lock.break"
}

# Holds a lock while it runs its arguments. A symbolic link is made or not made, never half; it names its owner.
locked() {
  lock=$root/.setup-lock
  me=$(process_id $$)
  waits=0
  until ln -s "$me" "$lock" 2>/dev/null; do
    if owner=$(readlink "$lock"); then
      is_alive "$owner" || break_stale
      waits=$((waits + 1))
      [ "$waits" -ne 5 ] || echo "slipway: waiting for process ${owner%%:*}, which sets up this checkout …" >&2
      sleep 0.2
    elif [ ! -w "$root" ]; then
      echo "slipway: $root has to be set up, and cannot be written to." >&2
      exit 1
    fi
  done
  trap 'rm -f "$lock"' EXIT
  trap 'exit 130' INT TERM HUP
  "$@"
  rm -f "$lock"
  trap - EXIT INT TERM HUP
}

lock_sum() { cksum <"$root/package-lock.json"; }
dependencies_stale() { [ "$(cat "$root/node_modules/.installed" 2>/dev/null)" != "$(lock_sum)" ] && ! installed_by_hand; }
# npm writes its own record last. One that is newer than the lockfile was made from it.
installed_by_hand() {
  [ ! -f "$root/node_modules/.installed" ] && [ -d "$root/node_modules/slipway-toolchain" ] &&
    [ "$root/node_modules/.package-lock.json" -nt "$root/package-lock.json" ]
}

install_dependencies() {
  dependencies_stale || return 0
  command -v npm >/dev/null || {
    echo "slipway: npm is needed to install the dependencies of this checkout; install Node.js first." >&2
    exit 1
  }
  echo "slipway: installing dependencies (once) …" >&2
  log=$root/.setup-log
  if ! (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund >"$log" 2>&1 </dev/null); then
    cat "$log" >&2
    echo "slipway: the dependencies could not be installed; see above." >&2
    exit 1
  fi
  rm -f "$log"
  lock_sum >"$root/node_modules/.installed"
}

bundle_stale() {
  [ ! -f "$root/dist/slipway.js" ] ||
    [ -n "$(find "$root/src" "$root/tools" "$root/package.json" "$root/package-lock.json" -newer "$root/dist/slipway.js" \
      ! -path '*/generated*' ! -name '*.test.ts' -print 2>/dev/null | head -n 1)" ]
}

build_bundle() {
  bundle_stale || return 0
  "$node" "$root/tools/build.ts" >&2
}

require_node() {
  find_node || {
    echo "slipway: Node.js $needed or newer is needed, and none was found (also not among the dependencies for this platform)." >&2
    exit 1
  }
}

prepare_dependencies() {
  if dependencies_stale; then locked install_dependencies; fi
  require_node
}

prepare_bundle() {
  prepare_dependencies
  if bundle_stale; then locked build_bundle; fi
}
