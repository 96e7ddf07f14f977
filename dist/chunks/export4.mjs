import { dirname } from "node:path";

// src/gates/slurm/gate-script.ts
/** The script after its values: no `$` is followed by a brace in it. */
const GATE_SCRIPT = String.raw`
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

// src/gates/slurm/launch-scripts.ts
/** Slurm's Prolog, after its values: asks about each image that the site names, given as words for the shell. */
function prologScript(images) {
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
const RUN_SCRIPT = String.raw`
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

// src/gates/slurm/export.ts
/** Names of the scripts. */
const SCRIPTS = {
	gate: "countersign-gate",
	prolog: "prolog",
	run: "countersign-run"
};
/** The scripts. */
function exportSlurm({ policy }, target) {
	const gate = `${target.scriptFolder}/${SCRIPTS.gate}`;
	const images = target.images.map(quoted).join(" ");
	return {
		gate: "slurm",
		files: [
			{
				name: SCRIPTS.gate,
				content: script(gateValues(gate, target), GATE_SCRIPT),
				executable: true
			},
			{
				name: SCRIPTS.prolog,
				content: script({
					self: `${target.scriptFolder}/${SCRIPTS.prolog}`,
					gate
				}, prologScript(images)),
				executable: true
			},
			{
				name: SCRIPTS.run,
				content: script({ gate }, RUN_SCRIPT),
				executable: true
			},
			...target.signer ? [target.signer.file] : []
		],
		asks: [`that each image passes the whole policy (${policy.stages.map(({ name }) => name).join(", ")}), by verify-all`],
		losses: [],
		whole: true,
		warnings: [...target.onError === "open" ? ["Without an answer everything passes: whoever can make the verification fail starts what they like."] : [], ...target.images.length === 0 ? ["The prolog asks about no image: none was given."] : []]
	};
}
function gateValues(self, target) {
	const { signer } = target;
	const file = signer ? `${target.scriptFolder}/${signer.file.name}` : "";
	return {
		self,
		policy: target.policyPath,
		profile: target.profile ?? "",
		signer: signer?.said ?? file,
		signer_file: file,
		node: target.nodePath,
		cli: target.cliPath,
		program: dirname(target.cliPath),
		cache: target.cacheFolder,
		max_age: String(target.maxAgeSeconds),
		on_error: target.onError
	};
}
function script(values, body) {
	return `#!/bin/sh\n# Made by countersign export slurm. Make it again rather than change it.\n${Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}\n`).join("")}${body}`;
}
/** A word for the shell. */
function quoted(text) {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
/** What the page says of use and of limits. */
function slurmPage(source, target) {
	return {
		title: "Slurm and Open OnDemand",
		source,
		body: [
			...installation(target),
			"",
			...limits(target)
		]
	};
}
function installation(target) {
	const { scriptFolder, cacheFolder, policyPath, nodePath, cliPath, signer } = target;
	return [
		"## Where each file goes",
		"",
		"On every node, owned by root, in folders that only root can change, all the way up, and without symbolic links:",
		"",
		`- \`${SCRIPTS.gate}\`, \`${SCRIPTS.prolog}\`, \`${SCRIPTS.run}\`: \`install -D -m 0755 -t ${scriptFolder} ${SCRIPTS.gate} ${SCRIPTS.prolog} ${SCRIPTS.run}\``,
		...signer ? [`- \`${signer.file.name}\`, by which the policy must be signed: \`install -m 0644 -t ${scriptFolder} ${signer.file.name}\``] : [],
		`- the policy and every file that it names${signer ? ", and its signature beside it" : ""}: \`${policyPath}\``,
		`- Node and a copy of \`dist/\`: \`${nodePath}\` and \`${cliPath}\``,
		`- the folder for answers: \`install -d -m 0755 -o root -g root ${cacheFolder}\`. With mode 0700 users cannot read it, and what they start is verified each time.`,
		"",
		`In \`slurm.conf\`: \`Prolog=${scriptFolder}/${SCRIPTS.prolog}\` and \`PrologFlags=Alloc\`. It asks about ${target.images.length === 0 ? "no image" : target.images.join(", ")}: the images of the site. What a job will start, a prolog cannot know.`,
		"When it fails, Slurm drains the node, holds a batch job and ends an interactive one: an image of the site that does not pass stops every node that meets it. Why is in the log of",
		"`slurmd`. When the image is right again, `scontrol update nodename=NODE state=resume`, and `scontrol release JOB` for a job that is held.",
		"Without `PrologFlags=Alloc` an interactive job is given up while the first prolog after a change still reads (after 20 seconds by default). Leave `PrologEpilogTimeout` unset, or long",
		`enough for all of these images. \`${scriptFolder}/${SCRIPTS.prolog}\`, run as root after an image was installed, reads them before any job does.`,
		"",
		`Whoever starts a program, a job script or \`script.sh.erb\` of Open OnDemand, writes \`${scriptFolder}/${SCRIPTS.run} IMAGE apptainer exec --nv {} COMMAND\`. \`{}\` stands for the image.`,
		"",
		"Exit codes of the gate: 0 passed, 1 refused, 2 no answer."
	];
}
function limits({ onError, maxAgeSeconds }) {
	return [
		"## What is kept, and how long",
		"",
		"- An answer is about one file: its device, inode, size, owner, mode and change time with nanoseconds, the kind of its file system, and this start of the machine.",
		"- It holds while nothing changes in the policy, the files and folders that it names, Node, `dist/` and the script, by the same marks, and at most until `endsAt` of the verdict,",
		`  and for ${maxAgeSeconds} seconds. Only passed verdicts are kept. Whenever one is added, those that ended an hour ago are removed.`,
		"- It is kept by the owner of the folder alone, and only of images that nobody but root or that owner can write. Others are verified at each start, and so are images on FUSE",
		"  and those that changed within the last three seconds.",
		`- Without an answer (no policy, no Node, a folder that users can change) the gate is ${onError}. An image that does not pass is refused in either case.`,
		"",
		"## What this gate does not do",
		"",
		`- \`${SCRIPTS.run}\` runs as its user, who can start Apptainer without it. It keeps a user from a wrong image, not an image from a user: for that use the execution control list`,
		"  (`countersign export ecl`) or, in a setuid installation, `limit container owners` and `limit container paths` in `apptainer.conf`.",
		"- `TaskProlog` is no place for it: that runs as the user, and its output sets the environment of the job.",
		`- \`${SCRIPTS.run}\` compares the file with the one that was verified, right before it starts the program. Whoever owns the file, or may write it, can change it after that, also while`,
		"  it runs. Of images that only root can write nobody can. A file that a user had open for writing before root took it over is still that user’s: copy it, do not `chown` it.",
		"- Root can make any answer, as can whoever can write the disk itself.",
		"- Change times are believed as the file system states them. A network file system may state an older one for some seconds.",
		"- Images in registries and layout folders are not asked about: pull them first."
	];
}

export { exportSlurm, slurmPage };