# Sourced by the launchers. Sets $root (the checkout or the installed package) and $node (a Node of at
# least 24), and brings a checkout up to date first: dependencies, then what is generated and bundled.
# Two launchers at once are safe: the second waits for the first.

needed=24

new_enough() {
  [ -x "$1" ] && [ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge "$needed" ]
}

find_node() {
  for node in "$(command -v node || true)" "$root"/node_modules/node-linux-*/bin/node; do
    new_enough "$node" && return 0
  done
  return 1
}

# Holds a lock while it runs its arguments. A symbolic link is made or not made, never half; it names its owner.
locked() {
  lock=$root/.setup-lock
  until ln -s "$$" "$lock" 2>/dev/null; do
    owner=$(readlink "$lock" || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      # Its owner died. Only one of several waiters can take this very link away.
      mv "$lock" "$lock.$$" 2>/dev/null && rm -f "$lock.$$"
    else
      sleep 0.2
    fi
  done
  trap 'rm -f "$lock"' EXIT
  trap 'exit 130' INT TERM
  "$@"
  rm -f "$lock"
  trap - EXIT INT TERM
}

lock_sum() { cksum <"$root/package-lock.json"; }
dependencies_stale() { [ "$(cat "$root/node_modules/.installed" 2>/dev/null)" != "$(lock_sum)" ]; }

install_dependencies() {
  dependencies_stale || return 0
  command -v npm >/dev/null || { echo "slipway: npm is needed to install the dependencies of this checkout; install Node.js first." >&2; exit 1; }
  echo "slipway: installing dependencies (once) …" >&2
  log=$root/.setup-log
  if ! (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund >"$log" 2>&1); then
    cat "$log" >&2
    echo "slipway: the dependencies could not be installed; see above." >&2
    exit 1
  fi
  rm -f "$log"
  lock_sum >"$root/node_modules/.installed"
}

bundle_stale() {
  [ ! -f "$root/dist/slipway.js" ] ||
    [ -n "$(find "$root/src" "$root/tools" "$root/package-lock.json" -newer "$root/dist/slipway.js" ! -path '*/generated*' -type f -print 2>/dev/null | head -n 1)" ]
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

# A published package has no tools to build with and needs none.
is_checkout() { [ -f "$root/package-lock.json" ]; }

prepare_dependencies() {
  if is_checkout && dependencies_stale; then locked install_dependencies; fi
  require_node
}

prepare_bundle() {
  prepare_dependencies
  if is_checkout && bundle_stale; then locked build_bundle; fi
}
