// SPDX-License-Identifier: Apache-2.0
// The script that asks `verify-all` about an image and keeps the answer, for POSIX shells with the tools of GNU or busybox.
// What it is and is not good for, and the values that it begins with, are in export.ts.

/** The script after its values: no `$` is followed by a brace in it. */
export const GATE_SCRIPT = String.raw`
# Nothing of the caller's environment gets in.
case $1 in
--clean) shift ;;
*) exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C TZ=UTC0 /bin/sh "$self" --clean "$@" ;;
esac
umask 022
me=$(id -u)

say() {
  printf '%s' "countersign-gate: $1" | tr -c '[:print:]' '?' >&2
  echo >&2
}

# The answer is no.
refuse() {
  say "refused: $1"
  exit 1
}

# There is no answer.
fault() {
  say "no answer: $1"
  [ "$on_error" = open ] || exit 2
  say 'let pass, as configured'
  exit 0
}

# Nobody but root and whoever runs this may change the path or a folder above it. Sets owner and links of the path.
safe() {
  checked=$1
  [ "$(readlink -f -- "$checked")" = "$checked" ] || return 1
  IFS=/
  set -f
  # shellcheck disable=SC2086
  set -- $checked
  set +f
  unset IFS
  parts=$#
  above=
  for part do
    [ -n "$part" ] || continue
    above=$above/$part
    set -- "$@" "$above"
  done
  shift "$parts"
  listing=$(stat -c '%u %a %h' -- / "$@") || return 1
  shared=
  while read -r uid mode count; do
    [ "$uid" = 0 ] || [ "$uid" = "$me" ] || return 1
    owner=$uid links=$count
    [ -z "$shared" ] || [ "$shared" = sticky ] || return 1
    case $mode in
    [1357]?[2367]? | [1357]??[2367]) shared=sticky ;;
    *[2367]? | *[2367]) shared=yes ;;
    *) shared= ;;
    esac
  done <<EOF
$listing
EOF
  [ -z "$shared" ]
}

# The state of the policy, of everything that it names and of the programs: changes whenever one of them does.
state() {
  found=$(find "$policy" "$node" "$program" "$self" "$@" -exec stat -c '%n|%d|%i|%s|%z|%u|%a' -- {} +) || return 1
  digest "$found"
}

digest() {
  sum=$(printf '%s' "$1" | sha256sum) || return 1
  printf '%s\n' "$sum" | cut -c 1-64
}

# Of the opened image: what changes whenever it does, and whose it is. Sets changed, size, image_uid and image_mode.
identify() {
  kind=$(stat -f -L -c '%T' -- /proc/self/fd/3) || return 1
  seen=$(stat -L -c '%Z %u %a %s %d %i %z' -- /proc/self/fd/3) || return 1
  read -r changed image_uid image_mode rest <<EOF
$seen
EOF
  identity="$kind $seen"
}

# Asks countersign, by the profile of the policy and by who must have signed it, if so.
ask() {
  [ -z "$profile" ] || set -- "$@" --profile "$profile"
  [ -z "$signer" ] || set -- "$@" --require-signed-policy "$signer"
  [ "$signer" = "$signer_file" ] || set -- "$@" --policy-signer-trust "$signer_file"
  "$node" "$cli" "$@"
}

# The entry about this image, if it holds. Sets content.
cached() {
  [ -f "$entry" ] || return 1
  safe "$entry" && [ "$links" = 1 ] || return 1
  set --
  content='' from='' until='' ends='' was='' end=''
  while read -r name value; do
    case $name in
    content) content="$content $value" ;;
    from) from=$value ;;
    until) until=$value ;;
    ends) ends=$value ;;
    state) was=$value ;;
    path) set -- "$@" "$value" ;;
    end) end=$value ;;
    *) return 1 ;;
    esac
  done <"$entry"
  [ "$end" = "$key" ] || return 1
  case $from-$until-$ends in
  *[!0-9-]* | -* | *- | *--*) return 1 ;;
  esac
  [ "$from" -le "$now" ] && [ "$now" -lt "$until" ] && [ "$clock" -lt "$ends" ] || return 1
  present=$(state "$@") && [ "$present" = "$was" ]
}

# Asks verify-all about the opened image. Sets content and ends, and writes what the entry needs besides into lines.
verify() {
  policy_before=$(stat -c '%d %i %s %z' -- "$policy") || fault "there is no policy $policy"
  named=$(ask policy files "$policy") || fault 'the policy cannot be read'
  [ -z "$signer" ] || named="$named
$policy.sigstore.json
$signer_file"
  set --
  lines=
  while IFS= read -r path; do
    [ -n "$path" ] || continue
    set -- "$@" "$path"
    lines="$lines
path $path"
  done <<EOF
$named
EOF
  for path in "$policy" "$node" "$program" "$self" "$@"; do
    safe "$path" || fault "$path, or a folder above it, is not there, is a link, or can be changed by users"
    strange=$(find "$path" ! -type f ! -type d -o \( -perm -020 -o -perm -002 -o ! -user 0 ! -user "$me" \)) ||
      fault "$path cannot be read"
    [ -z "$strange" ] || fault "$strange is a link, or can be changed by users"
  done
  state_before=$(state "$@") || fault 'the policy and its files cannot be read'
  identity_before=$identity
  report=$(ask verify-all --json --policy-path "$policy" /proc/self/fd/3)
  code=$?
  if ! identify || [ "$identity" != "$identity_before" ]; then
    refuse "$image changed while it was verified"
  fi
  if [ "$code" = 1 ]; then
    printf '%s\n' "$report" | sed -n 's/^ *"message": //p' | head -n 5 | tr -c '[:print:]\n' '?' >&2
    refuse "$image does not pass the policy"
  fi
  [ "$code" = 0 ] || fault "verify-all ended with exit code $code about $image"
  state_after=$(state "$@") || fault 'the policy and its files cannot be read'
  policy_after=$(stat -c '%d %i %s %z' -- "$policy") || fault "there is no policy $policy"
  [ "$state_after $policy_after" = "$state_before $policy_before" ] || fault 'the policy changed meanwhile'
  facts=$(printf '%s\n' "$report" | sed -n \
    -e 's/^  "schema": "countersign\/verdict\/v1",$/schema/p' \
    -e 's/^  "verdict": "passed",$/passed/p' \
    -e 's/^  "asOf": false,$/present/p' \
    -e 's/^      "dataVerified": true,$/data/p')
  [ "$facts" = 'schema
passed
present
data' ] || fault 'the verdict is not one that this gate knows'
  content=$(printf '%s\n' "$report" |
    sed -n '/^      "contentDigests": \[$/,/^      \]/s/^        "\(sha256:[0-9a-f]*\)",\{0,1\}$/content \1/p')
  [ -n "$content" ] || fault 'the verdict names no content'
  ends=$(printf '%s\n' "$report" |
    sed -n 's/^  "endsAt": "\(....\)-\(..\)-\(..\)T\(..\):\(..\):\(..\)[^"]*",$/\1\2\3\4\5\6/p')
  case $ends in
  '') ends=99999999999999 ;;
  *[!0-9]*) fault 'the verdict ends at no time' ;;
  esac
}

# Keeps the answer, where nobody but root and whoever runs this can have made the image, or this answer, another one.
keep() {
  [ "$cache_owner" = "$me" ] || return 0
  [ "$image_uid" = 0 ] || [ "$image_uid" = "$me" ] || return 0
  case $image_mode in *[2367]? | *[2367]) return 0 ;; esac
  case $kind in fuse*) return 0 ;; esac
  # A change so soon after the last one might leave no trace.
  [ "$changed" -lt $((now - 3)) ] || return 0
  draft=$(mktemp "$cache/.new.XXXXXX") || return 0
  if ! {
    printf '%s\nfrom %s\nuntil %s\nends %s\nstate %s%s\nend %s\n' "$content" "$now" $((now + max_age)) "$ends" \
      "$state_before" "$lines" "$key" >"$draft" && chmod 644 "$draft" && mv -f -- "$draft" "$entry"
  }; then
    rm -f -- "$draft"
  fi
  # What cannot hold any more, and drafts of runs that were ended.
  find "$cache" -xdev -mindepth 1 -maxdepth 1 -type f \( -name '[0-9a-f]*' -o -name '.new.*' \) \
    -mmin "+$((max_age / 60 + 60))" -exec rm -f -- {} +
}

# Sets everything that is asked of the image that is open as 3.
begin() {
  identify || fault "$image cannot be looked at"
  moment=$(date -u '+%s %Y%m%d%H%M%S') || fault 'there is no clock'
  read -r now clock <<EOF
$moment
EOF
  boot=
  read -r boot </proc/sys/kernel/random/boot_id
  key=$(digest "$boot $policy $profile $signer $identity") || fault 'sha256sum does not work'
  entry=$cache/$key
}

check() {
  begin
  if ! safe "$cache" || ! [ -d "$cache" ]; then
    fault "the cache $cache, or a folder above it, is not there, is a link, or can be changed by users"
  fi
  cache_owner=$owner
  if ! cached; then
    verify
    keep
  fi
  # shellcheck disable=SC2086
  set -- $content
  for word do case $word in sha256:*) printf '%s\n' "$word" ;; esac; done
}

image=$1
if [ $# != 1 ] || [ -z "$image" ]; then
  say 'usage: countersign-gate IMAGE'
  exit 2
fi
# A pipe would be waited for.
[ -f "$image" ] || fault "$image is no file"
judge() {
  cd / || fault 'there is no /'
  check
}
judge 3<"$image" || fault "$image cannot be opened"
exit 0
`;
