#!/bin/sh
# lttng.sh PROGRAM ARGS…: runs it under a session daemon of its own, in LTTng's flight-recorder mode
# (the ring is overwritten, nothing is written out), and ends the daemon afterwards.
set -eu
LTTNG_HOME=$(mktemp -d)
export LTTNG_HOME HOME="$LTTNG_HOME" LTTNG_UST_REGISTER_TIMEOUT=-1
daemon=
finish() {
  [ -z "$daemon" ] || { kill "$daemon" && wait "$daemon"; } 2>/dev/null || :
  rm -rf "$LTTNG_HOME"
}
trap finish EXIT
quietly() { "$@" >"$LTTNG_HOME/log" 2>&1 || { tail -n 1 "$LTTNG_HOME/log"; exit 1; }; }
if lttng --no-sessiond list >/dev/null 2>&1; then
  echo "another LTTng session daemon is running"
  exit 1
fi
lttng-sessiond --no-kernel >"$LTTNG_HOME/daemon.log" 2>&1 &
daemon=$!
for _ in $(seq 50); do
  lttng --no-sessiond list >/dev/null 2>&1 && break
  sleep 0.1
done
quietly lttng --no-sessiond create bench --snapshot --output="$LTTNG_HOME/out"
quietly lttng --no-sessiond enable-channel --userspace --subbuf-size=1M --num-subbuf=4 spans
quietly lttng --no-sessiond enable-event --userspace --channel=spans 'autospan_bench:*'
quietly lttng --no-sessiond start
"$@"
quietly lttng --no-sessiond destroy bench
