// SPDX-License-Identifier: Apache-2.0
// The timestamp authority that the inputs name: whom to ask, through which proxy, and whether the policy believes it.

import { systemClock } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { VERSION } from '../../base/version.ts';
import type { Signer } from '../../crypto/signer.ts';
import type { TrustMaterial } from '../../crypto/verifier.ts';
import type { RevocationRules } from '../../crypto/x509/revocation.ts';
import type { Host } from '../host.ts';
import type { CommonInputs } from '../spec.ts';
import { crlsFrom, policyFrom, type PolicyInputs, type TrustInputs } from './trust.ts';

/**
 * What asks the authority of this address.
 * @throws UsageError USAGE_INVALID_INPUT; PolicyError, SystemError, DataError
 */
export async function stamperFrom(
  address: string,
  inputs: CommonInputs,
  host: Host,
): Promise<NonNullable<Signer['stamp']>> {
  const url = addressFrom(address);
  const policy = hasPolicy(inputs) ? await policyFrom(inputs) : undefined;
  const { timestamps: anchors = [], intermediates = [] } = policy?.trust ?? {};
  let known: Promise<RevocationRules> | undefined;
  return async (signature) => {
    // Loading node:http costs some 45 ms, which runs without an authority need not pay.
    const { createHttpClient } = await import('../../net/http.ts');
    const { proxyFromEnv } = await import('../../net/connect.ts');
    const { requestTimestamp } = await import('../../crypto/timestamp/request.ts');
    known ??= revocationFrom(inputs, policy?.trust);
    const revocation = await known;
    const { extraCertificates } = await import('./registry.ts');
    // What an authority answers is signed, and many answer without TLS alone.
    const http = createHttpClient({
      proxy: proxyFromEnv(host.env),
      extraCa: await extraCertificates(inputs, host),
      plainHttp: true,
      userAgent: `countersign/${VERSION}`,
    });
    try {
      return await requestTimestamp(signature, {
        url,
        http,
        clock: systemClock(),
        anchors,
        intermediates,
        revocation,
        now: host.now(),
      });
    } finally {
      http.close();
    }
  };
}

/** What takes back the certificate of an authority, by the policy and by lists given beside it. */
async function revocationFrom(inputs: CommonInputs, trust: TrustMaterial | undefined): Promise<RevocationRules> {
  const { revocationRules } = await import('../../crypto/x509/verifier.ts');
  const given = hasLists(inputs) ? await crlsFrom(inputs) : undefined;
  return revocationRules({
    ...trust,
    crls: [...(trust?.crls ?? []), ...(given?.crls ?? [])],
    origins: new Map([...(trust?.origins ?? []), ...(given?.origins ?? [])]),
  });
}

function hasLists(inputs: CommonInputs): inputs is CommonInputs & Pick<TrustInputs, 'crls' | 'workingDirectory'> {
  return 'crls' in inputs;
}

function hasPolicy(inputs: CommonInputs): inputs is CommonInputs & PolicyInputs {
  return 'policyPath' in inputs && 'policy' in inputs;
}

function addressFrom(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const problem =
    url?.protocol !== 'https:' && url?.protocol !== 'http:'
      ? 'is no address'
      : url.username !== '' || url.password !== ''
        ? 'holds a login, which is not sent'
        : undefined;
  if (url && problem === undefined) return url;
  throw new UsageError('USAGE_INVALID_INPUT', `timestamp-url ${problem}`, {
    hint: 'give the address of an RFC 3161 timestamp authority, as https://tsa.example.org/tsr',
  });
}
