// SPDX-License-Identifier: Apache-2.0
// The scripts that call the gate: Slurm's Prolog, and the wrapper with which users, or Open OnDemand for them, start a program.

/** Slurm's Prolog, after its values: asks about each image that the site names, given as words for the shell. */
export function prologScript(images: string): string {
  return String.raw`
case $1 in
--clean) shift ;;
*) exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C /bin/sh "$self" --clean ;;
esac
set -- ${images}
worst=0
ask() {
  "$gate" "$1" >/dev/null
  code=$?
  [ "$code" = 0 ] || worst=1
}
for place do
  if [ -d "$place" ]; then
    for image in "$place"/*.sif; do
      ask "$image"
    done
  else
    ask "$place"
  fi
done
exit "$worst"
`;
}

/** The wrapper, after its values. What it starts has the caller's environment, the gate has not. */
export const RUN_SCRIPT = String.raw`
stop() {
  printf 'countersign-run: %s\n' "$1" >&2
  exit 2
}
[ $# -ge 3 ] || stop 'usage: countersign-run IMAGE COMMAND ARGUMENT... ({} stands for the image)'
image=$1
shift
case $image in /*) ;; *) image=./$image ;; esac
[ -f "$image" ] || stop 'IMAGE is no file'
places=0
for word do
  [ "$word" != '{}' ] || places=$((places + 1))
done
[ "$places" = 1 ] || stop 'one ARGUMENT must be {}: it stands for the image'

look() {
  /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C TZ=UTC0 stat -L -c '%d %i %s %z' -- "$1"
}

launch() {
  before=$(look /proc/self/fd/4) || stop 'IMAGE cannot be looked at'
  "$gate" /proc/self/fd/4 >/dev/null
  code=$?
  if [ "$code" != 0 ]; then
    printf 'countersign-run: nothing was started with %s\n' "$image" >&2
    exit "$code"
  fi
  count=$#
  for word do
    [ "$word" != '{}' ] || word=$image
    set -- "$@" "$word"
  done
  shift "$count"
  opened=$(look /proc/self/fd/4) || stop 'IMAGE is gone'
  there=$(look "$image") || stop 'IMAGE is gone'
  [ "$opened $there" = "$before $before" ] || stop 'IMAGE changed since it was verified'
  exec "$@" 4<&-
}
launch "$@" 4<"$image"
stop 'IMAGE cannot be opened'
`;
