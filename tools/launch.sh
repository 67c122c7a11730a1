# Usage: sh tools/launch.sh PURPOSE [ARGUMENT...], where the purpose is start, bailiwick, test, check,
# bench, conformance, mutation, nightly, crash or soak.
#
# Prepares what is missing, then becomes the program: `exec` leaves no process between npm and
# the program, so nothing else holds memory while a server runs, signals reach it directly, and
# its exit status is the answer.

root=$(dirname -- "$0")/..
node24=$("${npm_node_execpath:-node}" "$root/tools/launch.mjs" "$@") || exit
purpose=$1
case $purpose in
  start) set -- "$root/src/main.ts" "$@" ;;
  bailiwick) shift; set -- "$root/src/main.ts" "$@" ;;
  *) shift; set -- "$root/tools/$purpose.ts" "$@" ;;
esac
# Compiled code is kept, which halves the time that each process takes to load.
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE-$(cd "$root" && pwd)/.runtime/compile-cache}
export NODE_COMPILE_CACHE
exec "$node24" "$@"
