// SPDX-License-Identifier: Apache-2.0
// The inputs of commands that talk to a registry, and the opened repository made from them.

import { resolve } from 'node:path';
import * as node from 'node:process';
import { assertNodeQuiet, type Host } from '../host.ts';
import { decodeUtf8 } from '../../base/bytes.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { readFileBounded } from '../../files/files.ts';
import { LIMITS } from '../../base/limits.ts';
import { DEFAULT_RETRY } from '../../net/retry.ts';
import { VERSION } from '../../base/version.ts';
import type { CredentialSources } from '../../oci/auth/credentials.ts';
import type { OpenedRepository, OpenOptions } from '../../oci/open.ts';
import {
  formatPlace,
  type LayoutReference,
  layoutReadings,
  parseReference,
  type Reference,
} from '../../oci/reference.ts';
import { REGISTRY_INPUTS } from './common.ts';
import { passphraseText } from './values.ts';
import type { CommonInputs, InputsOf } from '../spec.ts';
import type { InputSpec } from './spec.ts';
import { isFolder, isLayoutFolder } from './subject-forms.ts';

/** The inputs of commands that talk to a registry. */
export const CONNECTION_INPUTS = [
  ...REGISTRY_INPUTS,
  {
    name: 'plain-http',
    type: 'boolean',
    default: 'false',
    description:
      'Talk to the registry without TLS. Registries on this machine are always reached so; ghcr.io and Docker Hub never are. Without TLS no login but `registry-username` and `registry-password` leaves this machine.',
  },
  {
    name: 'ca-certificates',
    type: 'paths',
    description:
      'Certificates of private CAs, PEM files, that registries, timestamp authorities and the services of a Sigstore instance may have besides the public ones. The file that SSL_CERT_FILE names is read too.',
    example: 'registry-ca.pem',
  },
] as const satisfies readonly InputSpec[];

/** The values of CONNECTION_INPUTS. */
export type ConnectionInputs = InputsOf<typeof CONNECTION_INPUTS>;

/** Spent in waiting, not in transfers. */
const TELL_AFTER_MS = 3000;

/**
 * A reference; a layout folder is relative to the working directory. Folders and the names of images in them may both
 * have colons: the folder is the one that is an image layout, or else the longest that is there.
 * @throws RegistryError REGISTRY_REFERENCE_INVALID; UsageError USAGE_INVALID_INPUT when several layouts could be meant
 */
export async function referenceFrom(inputs: CommonInputs, text: string): Promise<Reference> {
  const here = (reference: LayoutReference): LayoutReference => ({
    ...reference,
    folder: resolve(inputs.workingDirectory, reference.folder),
  });
  const readings = layoutReadings(text).map(here);
  const layouts = await filterAsync(readings, ({ folder }) => isLayoutFolder(folder));
  if (layouts.length > 1) throw severalLayouts(text, layouts);
  const found = layouts[0] ?? (await filterAsync(readings, ({ folder }) => isFolder(folder))).at(-1);
  if (found) return found;
  const reference = parseReference(text);
  return reference.in === 'registry' ? reference : here(reference);
}

async function filterAsync<T>(items: readonly T[], test: (item: T) => Promise<boolean>): Promise<readonly T[]> {
  const passed = await Promise.all(items.map(test));
  return items.filter((_item, index) => passed[index]);
}

function severalLayouts(text: string, layouts: readonly LayoutReference[]): UsageError {
  const places = layouts.map(({ folder }) => JSON.stringify(folder));
  return new UsageError(
    'USAGE_INVALID_INPUT',
    `${JSON.stringify(text.slice(0, 200))} could mean an image in any of the layout folders ${places.join(', ')}`,
    { hint: 'end the folder with a slash: oci:FOLDER/:TAG or oci:FOLDER/@sha256:…' },
  );
}

/**
 * What a reference names, opened with the credentials, proxies and certificates of this run.
 * @throws UsageError for half a credential; RegistryError, NetworkError, SystemError
 */
export async function openFrom(
  inputs: ConnectionInputs,
  host: Host,
  target: Pick<OpenOptions, 'access' | 'existing'> & {
    readonly reference: Reference;
    /** What the given login is for, when that is not what is opened first. */
    readonly login?: Reference;
  },
): Promise<OpenedRepository> {
  const loginHost = hostOfLogin(inputs, target.login ?? target.reference);
  // Loading node:http costs some 45 ms, which commands on files need not pay.
  const { openRepository } = await import('../../oci/open.ts');
  const { retryFor, timeout } = inputs;
  return openRepository(target.reference, {
    access: target.access,
    existing: target.existing ?? false,
    clock: announcingClock(formatPlace(target.reference), host),
    credentials: { ...credentialsFrom(inputs, host), ...(loginHost === undefined ? {} : { loginHost }) },
    extraCa: await extraCertificates(inputs, host),
    retry: {
      ...DEFAULT_RETRY,
      totalMs: retryFor,
      maxRetryAfterMs: Math.max(DEFAULT_RETRY.maxRetryAfterMs, retryFor),
    },
    userAgent: `countersign/${VERSION}`,
    ...(timeout === undefined ? {} : { idleTimeoutMs: timeout }),
    ...(inputs.plainHttp ? { plainHttp: true } : {}),
  });
}

/** The registry that the given login is for, of each run. */
const loginHosts = new WeakMap<ConnectionInputs, string>();

/** One login is for one registry, the first that a run asks for: no other may learn it, were it in the same list. */
function hostOfLogin(inputs: ConnectionInputs, reference: Reference): string | undefined {
  const known = loginHosts.get(inputs);
  if (known !== undefined || reference.in !== 'registry') return known;
  loginHosts.set(inputs, reference.registry);
  return reference.registry;
}

/** The clock of this machine. Whoever waits for long is told once, lest a wrong port looks like a large image. */
function announcingClock(place: string, host: Host): Clock {
  const clock = systemClock();
  let waitedMs = 0;
  return {
    ...clock,
    async sleep(ms) {
      const before = waitedMs;
      waitedMs += ms;
      if (before < TELL_AFTER_MS && waitedMs >= TELL_AFTER_MS)
        host.info(`still waiting for ${place}; what fails in passing is tried again for the time in ⟨retry-for⟩`);
      await clock.sleep(ms);
    },
  };
}

function credentialsFrom(inputs: ConnectionInputs, host: Host): CredentialSources {
  const username = inputs.registryUsername;
  const password = passphraseText(inputs.registryPassword);
  if ((username === undefined) !== (password === undefined))
    throw new UsageError('USAGE_MISSING_INPUT', 'only one of registry-username and registry-password was given', {
      hint: 'give both, or none to use the credential files of docker, podman and apptainer',
    });
  const ambient = host.env['GITHUB_TOKEN'];
  if (ambient) host.mask(ambient, 'found');
  return {
    username,
    password,
    githubToken: passphraseText(inputs.githubToken),
    env: host.env,
    uid: node.platform === 'linux' ? node.getuid?.() : undefined,
    mask(text, origin) {
      assertNodeQuiet(host);
      host.mask(text, origin ?? 'found');
    },
    async runHelper({ program, ...call }) {
      const path = await host.which(program);
      return host.run({ ...call, program: path ?? program, echo: false });
    },
  };
}

/**
 * PEM of the private CAs that servers may have, by inputs and environment; commands without registries have no input.
 * @throws SystemError, DataError
 */
export async function extraCertificates(
  { caCertificates = [], workingDirectory }: CommonInputs & Partial<Pick<ConnectionInputs, 'caCertificates'>>,
  host: Host,
): Promise<readonly string[]> {
  const named = caCertificates.map((path) => resolve(workingDirectory, path));
  const fromEnvironment = host.env['SSL_CERT_FILE'];
  const paths = fromEnvironment ? [...named, fromEnvironment] : named;
  return Promise.all(paths.map(async (path) => decodeUtf8(await readFileBounded(path, LIMITS.keyFileBytes), path)));
}
