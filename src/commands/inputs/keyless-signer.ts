// SPDX-License-Identifier: Apache-2.0
// The keyless signer that the inputs of a command describe: which instance, whose token, and what of it becomes public.

import { resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { Secret } from '../../base/secret.ts';
import { VERSION } from '../../base/version.ts';
import type { Services } from '../../crypto/sigstore/sign/instance.ts';
import type { Signer } from '../../crypto/signer.ts';
import type { SigstoreTrust } from '../../crypto/verifier.ts';
import { readFileBounded } from '../../files/files.ts';
import type { Host } from '../host.ts';
import type { InputsOf } from '../spec.ts';
import type { KEYLESS_INPUTS } from './common.ts';
import { policyFrom, type PolicyInputs } from './trust.ts';

type KeylessInputs = InputsOf<typeof KEYLESS_INPUTS> & {
  readonly timestampUrl: string | undefined;
  readonly retryFor: number;
  readonly key: unknown;
};

/** Longest silence of a service: a log of version 2 answers with its next checkpoint. */
const IDLE_MS = 20_000;

/**
 * The keyless signer that the inputs describe, with a notice of what becomes public.
 * @throws UsageError; KeylessError; PolicyError, SystemError, DataError
 */
export async function keylessSignerFrom(inputs: KeylessInputs, host: Host): Promise<Signer> {
  if (inputs.key !== undefined)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'a key was given with signing-method sigstore', {
      hint: 'leave ⟨key⟩ out: the job is identified by its token',
    });
  if ('dryRun' in inputs && inputs.dryRun === true)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'dry-run was given with signing-method sigstore', {
      hint: 'leave ⟨dry-run⟩ out: a keyless signature is witnessed by log and authority when it is made',
    });
  const services = await servicesFrom(inputs, host);
  const trust = await trustFrom(inputs);
  const { isPublic } = await import('../../crypto/sigstore/sign/instance.ts');
  const { readToken } = await import('../../crypto/sigstore/sign/token.ts');
  const { KeylessError } = await import('../../crypto/sigstore/sign/errors.ts');
  const token = async () => {
    const found = await tokenFrom(inputs, host);
    const { visibility } = readToken(found, host.now());
    const open = isPublic(services);
    if (open && visibility !== undefined && visibility !== 'public' && inputs.publicLog !== 'allow')
      throw new KeylessError(
        'SIGSTORE_PUBLIC_REFUSED',
        `the repository is ${visibility}, and the log of the instance is public`,
      );
    return found;
  };
  const { createKeylessSigner } = await import('../../crypto/sigstore/sign/signer.ts');
  const retries = inputs.retryFor === 0 ? 0 : 3;
  const { createHttpClient } = await import('../../net/http.ts');
  const { proxyFromEnv } = await import('../../net/connect.ts');
  const { extraCertificates } = await import('./registry.ts');
  const proxy = proxyFromEnv(host.env);
  const extraCa = await extraCertificates(inputs, host);
  const options = { proxy, extraCa, userAgent: `countersign/${VERSION}`, idleTimeoutMs: IDLE_MS };
  // The token is sent with TLS alone; what logs and authorities answer is signed, and they see nothing secret.
  const [http, witnesses] = [createHttpClient(options), createHttpClient({ ...options, plainHttp: true })];
  const signer = await createKeylessSigner({ services, token, trust, http, witnesses, now: () => host.now(), retries });
  host.info(noticeOf(signer, services, isPublic(services)));
  return signer;
}

function noticeOf({ identity }: Signer, { logs }: Services, open: boolean): string {
  const who = identity.method === 'sigstore' ? identity.san.join(', ') : '';
  if (open)
    return `signing keyless as ${who}: this name, the claims beside it in the certificate (repository, workflow, ref, commit, environment) and the hash of what is signed become public for ever`;
  const log = logs.map(({ url }) => url).join(', ');
  return `signing keyless as ${who}${log === '' ? ', without a log' : `: the certificate and the hash of what is signed go into the log ${log}`}`;
}

async function servicesFrom(inputs: KeylessInputs, host: Host): Promise<Services> {
  const { KNOWN_INSTANCES, readSigningConfig, serviceUrl } = await import('../../crypto/sigstore/sign/instance.ts');
  const { sigstoreInstance: name, fulcioUrl, rekorUrl, timestampUrl, rekorVersion } = inputs;
  const none: Services = { ca: '', logs: [], timestamps: [] };
  const base =
    name === undefined
      ? fulcioUrl === undefined
        ? KNOWN_INSTANCES.public
        : none
      : name === 'public' || name === 'github'
        ? KNOWN_INSTANCES[name]
        : readSigningConfig(
            await readFileBounded(resolve(inputs.workingDirectory, name), LIMITS.keyFileBytes),
            host.now(),
          );
  const version = rekorVersion === '2' ? 2 : 1;
  return {
    ca: fulcioUrl === undefined ? base.ca : serviceUrl(fulcioUrl, 'fulcio-url'),
    logs:
      rekorUrl === undefined ? base.logs : rekorUrl === '' ? [] : [{ url: serviceUrl(rekorUrl, 'rekor-url'), version }],
    timestamps: timestampUrl === undefined ? base.timestamps : [serviceUrl(timestampUrl, 'timestamp-url')],
  };
}

async function trustFrom(inputs: KeylessInputs): Promise<readonly SigstoreTrust[]> {
  const { sigstoreTrustedRoot: path } = inputs;
  if (path !== undefined) {
    const root = await readFileBounded(path, LIMITS.keyFileBytes);
    // How much must be proven is for whoever verifies to say; here what is there must hold.
    return [{ root, log: 0, timestamps: 1, sct: 0 }];
  }
  const policy = hasPolicy(inputs) ? await policyFrom(inputs) : undefined;
  if (policy && policy.trust.sigstore.length > 0) return policy.trust.sigstore;
  throw new UsageError('USAGE_MISSING_INPUT', 'nothing says by which trusted root a keyless signature is checked', {
    hint: 'give a policy with `trust.sigstore`, or ⟨sigstore-trusted-root=trusted_root.json⟩',
  });
}

function hasPolicy(inputs: KeylessInputs): inputs is KeylessInputs & PolicyInputs {
  return 'policyPath' in inputs && 'policy' in inputs;
}

async function tokenFrom({ identityToken }: KeylessInputs, host: Host): Promise<Secret> {
  const { KeylessError } = await import('../../crypto/sigstore/sign/errors.ts');
  const { AUDIENCE } = await import('../../crypto/sigstore/sign/token.ts');
  if (identityToken) return new Secret(identityToken.revealText().trim());
  const text = host.env['SIGSTORE_ID_TOKEN'] ?? (await jobToken(host, AUDIENCE));
  if (text !== undefined && text !== '') {
    host.mask(text, 'environment');
    return new Secret(text);
  }
  const inJob = host.env['GITHUB_ACTIONS'] === 'true';
  throw new KeylessError(
    'SIGSTORE_TOKEN_MISSING',
    inJob ? 'the job lacks the permission id-token: write' : 'no identity token was given',
  );
}

async function jobToken(host: Host, audience: string): Promise<string | undefined> {
  try {
    return await host.idToken?.(audience);
  } catch (cause) {
    const { KeylessError } = await import('../../crypto/sigstore/sign/errors.ts');
    const problem = cause instanceof Error ? cause.message.split('\n', 1)[0]?.slice(0, 200) : 'no answer';
    throw new KeylessError('SIGSTORE_TOKEN_MISSING', `the runner gives no identity token: ${problem}`, { cause });
  }
}
