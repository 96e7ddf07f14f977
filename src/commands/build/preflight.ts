// SPDX-License-Identifier: Apache-2.0
// Can this machine build? Facts are gathered first (`readMachine`), then judged by a pure function: what is certain to
// fail is an error before the build, what may fail is a warning that names the setting.

import { readFile, statfs } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Host } from '../host.ts';
import { fileError } from '../../base/errors.ts';
import { ToolError } from '../tool-errors.ts';
import { BuildError } from './errors.ts';

/** What a file system has room for. */
interface DiskFacts {
  readonly path: string;
  readonly freeBytes: number;
  readonly inMemory: boolean;
}

/** What matters for a build on this machine. */
export interface MachineFacts {
  readonly platform: string;
  readonly uid: number;
  readonly user: string;
  readonly tmp: DiskFacts;
  readonly target: DiskFacts;
  /** Content of /proc/sys files; undefined where the kernel has none. */
  readonly sysctl: Readonly<Record<SysctlName, string | undefined>>;
  /** Result of making one: undefined when it could not be tried. */
  readonly userNamespaceWorks: boolean | undefined;
  /** True when /etc/subuid and /etc/subgid have an entry for this user. */
  readonly subordinateIds: boolean;
}

const SYSCTLS = {
  'kernel.unprivileged_userns_clone': '/proc/sys/kernel/unprivileged_userns_clone',
  'kernel.apparmor_restrict_unprivileged_userns': '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
  'user.max_user_namespaces': '/proc/sys/user/max_user_namespaces',
} as const;
type SysctlName = keyof typeof SYSCTLS;

/** statfs types of tmpfs and ramfs. */
const MEMORY_FILE_SYSTEMS = new Set([0x01021994, 0x858458f6]);
const MIB = 1024 * 1024;
const SMALL_BYTES = 2048 * MIB;
/** What a build of an image of unknown size takes at the least. */
const FLOOR_BYTES = 32 * MIB;
/** Unpacked root file system and squashfs together, in sizes of the image. */
const TMP_FACTOR = 3;

/** Looks at the machine; changes nothing. */
export async function readMachine(paths: { tmp: string; target: string }, host: Host): Promise<MachineFacts> {
  const { uid, username } = userInfo();
  const sysctl = Object.fromEntries(
    await Promise.all(Object.entries(SYSCTLS).map(async ([name, path]) => [name, await readLine(path)])),
  );
  const ids = await Promise.all(['/etc/subuid', '/etc/subgid'].map((path) => hasEntry(path, username, uid)));
  return {
    platform: process.platform,
    uid,
    user: username,
    tmp: await readDisk(paths.tmp),
    target: await readDisk(paths.target),
    sysctl,
    userNamespaceWorks: uid === 0 ? undefined : await tryUserNamespace(host),
    subordinateIds: ids.every(Boolean),
  };
}

async function readLine(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

async function hasEntry(path: string, user: string, uid: number): Promise<boolean> {
  const text = (await readLine(path)) ?? '';
  return text.split('\n').some((line) => line.startsWith(`${user}:`) || line.startsWith(`${uid}:`));
}

async function readDisk(path: string): Promise<DiskFacts> {
  try {
    const { bavail, bsize, type } = await statfs(path);
    return { path, freeBytes: bavail * bsize, inMemory: MEMORY_FILE_SYSTEMS.has(type) };
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/** Makes a user namespace and leaves it: the settings alone do not tell, AppArmor and seccomp have their say too. */
async function tryUserNamespace(host: Host): Promise<boolean | undefined> {
  const program = await host.which('unshare');
  if (program === undefined) return undefined;
  const { exitCode } = await host.run({ program, args: ['--user', '--map-root-user', 'true'], timeoutMs: 10_000 });
  return exitCode === 0;
}

/** What the build is going to need. */
interface PreflightRequest {
  /** Size of the finished image as far as known: from the input, else the base. */
  readonly expectedBytes: number | undefined;
  readonly fakeroot: boolean;
}

/**
 * Warnings about what may go wrong.
 * @throws ToolError TOOL_UNSUPPORTED on other systems than Linux; BuildError BUILD_NO_SPACE
 */
export function judgeMachine(facts: MachineFacts, request: PreflightRequest): readonly string[] {
  if (facts.platform !== 'linux')
    throw new ToolError('TOOL_UNSUPPORTED', `images are built on Linux only; this is ${facts.platform}`, {
      hint: 'run build on a Linux runner; sign-stage, verify-all and push-oras run everywhere',
    });
  assertSpace(facts, request.expectedBytes);
  return [...spaceWarnings(facts, request.expectedBytes), ...namespaceWarnings(facts, request.fakeroot)];
}

function assertSpace({ tmp, target }: MachineFacts, expectedBytes: number | undefined): void {
  const needs = [
    {
      disk: tmp,
      bytes: Math.max(FLOOR_BYTES, TMP_FACTOR * (expectedBytes ?? 0)),
      what: 'unpacking and packing in tmp-dir',
    },
    { disk: target, bytes: Math.max(FLOOR_BYTES, expectedBytes ?? 0), what: 'the image' },
  ];
  for (const { disk, bytes, what } of needs)
    if (disk.freeBytes < bytes)
      throw new BuildError(
        'BUILD_NO_SPACE',
        `${disk.path} has ${mib(disk.freeBytes)} free; ${what} needs about ${mib(bytes)}`,
      );
}

function spaceWarnings({ tmp, target }: MachineFacts, expectedBytes: number | undefined): readonly string[] {
  const small = expectedBytes === undefined ? [tmp, target].filter(({ freeBytes }) => freeBytes < SMALL_BYTES) : [];
  return [
    ...new Set(
      small.map(
        ({ path, freeBytes }) =>
          `${path} has only ${mib(freeBytes)} free; a build takes two to three times the size of the image`,
      ),
    ),
    ...(tmp.inMemory ? [`${tmp.path} is a RAM disk; set ⟨tmp-dir⟩ to a folder on a real disk for large images`] : []),
  ];
}

/** Why user namespaces may be missing, most telling first; empty when there is no reason to worry. */
function namespaceWarnings(facts: MachineFacts, fakeroot: boolean): readonly string[] {
  const ids =
    fakeroot && !facts.subordinateIds
      ? [
          `fakeroot: neither user ${facts.user} nor its number has entries in /etc/subuid and /etc/subgid; ${facts.uid === 0 ? 'root needs no fakeroot' : 'Apptainer falls back to a single mapped user'}`,
        ]
      : [];
  if (facts.uid === 0 || facts.userNamespaceWorks !== false) return ids;
  return [...ids, `this user cannot make user namespaces: ${namespaceCause(facts)}`];
}

/** The setting that forbids user namespaces, and how to change it. */
export function namespaceCause({ sysctl }: Pick<MachineFacts, 'sysctl'>): string {
  if (sysctl['kernel.unprivileged_userns_clone'] === '0') return 'set the sysctl kernel.unprivileged_userns_clone to 1';
  if (sysctl['user.max_user_namespaces'] === '0') return 'set the sysctl user.max_user_namespaces above 0';
  if (sysctl['kernel.apparmor_restrict_unprivileged_userns'] === '1')
    return 'AppArmor restricts them: install Apptainer from its package, which brings a profile, or set the sysctl kernel.apparmor_restrict_unprivileged_userns to 0';
  return 'a container or security profile around this job forbids them; give it the right to, or build as root or with the setuid package of Apptainer';
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`;
}
