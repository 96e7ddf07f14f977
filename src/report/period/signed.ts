// SPDX-License-Identifier: Apache-2.0
// A signed verdict of verify-all → what it says, as a report would. It names no approver: reports do.

import { VERDICT_VERIFIER_ID } from '../../attest/record.ts';
import { parseStatement, subjectDigests } from '../../attest/statement.ts';
import { type Digest, sha256 } from '../../base/bytes.ts';
import { DataError } from '../../base/errors.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { asArray, asObject, asText } from '../../base/members.ts';
import type { StoredBreakGlass, StoredVerdict } from './stored.ts';

const MAX_SKIPPED = 64;

/**
 * What a statement says whose signature was checked.
 * @throws DataError DATA_JSON_INVALID when it is no verdict of verify-all; SignatureError as parseStatement
 */
export function readSignedVerdict(
  payload: Uint8Array,
  { source, signedBy, file }: { readonly source: Digest; readonly signedBy: string; readonly file: string },
): StoredVerdict {
  const { subject, predicate } = parseStatement(payload);
  const said = isJsonObject(predicate) ? predicate : {};
  const { verifier, policy } = said;
  const at = Date.parse(asText(said['timeVerified'], 'timeVerified'));
  if (!isJsonObject(verifier) || verifier['id'] !== VERDICT_VERIFIER_ID || Number.isNaN(at))
    throw new DataError('DATA_JSON_INVALID', `${file} is signed, and is no verdict of verify-all`, {
      hint: 'give reports, and the files `IMAGE.verdict.sigstore.json` that verify-all wrote',
    });
  const named = asObject(policy, 'policy');
  // Of a SIF the subjects are its groups; of any other image the first one is the image, the others its platforms.
  const groups = subject.filter(({ name }) => name === 'sif-metadata');
  const content = (groups.length > 0 ? groups : subject.slice(0, 1)).flatMap(subjectDigests);
  const { sha256: digest } = asObject(named['digest'], 'policy.digest');
  return {
    source,
    signedBy,
    at: new Date(at).toISOString(),
    asOf: false,
    policy: `${asText(named['uri'], 'policy.uri')} (sha256:${asText(digest, 'policy.digest.sha256')})`,
    published: null,
    images: [
      {
        name: asText(said['resourceUri'], 'resourceUri'),
        reference: null,
        contentDigests: content,
        outcome: said['verificationResult'] === 'PASSED' ? 'passed' : 'failed',
        // Others are not signed.
        dataVerified: true,
        unsigned: false,
        stages: [],
        breakGlass: skippedIn(said['breakGlass']),
        approvals: [],
        reasons: [],
      },
    ],
  };
}

/** It says which stages were skipped until when, and not by whom. */
function skippedIn(value: JsonValue | undefined): readonly StoredBreakGlass[] {
  if (value === undefined) return [];
  return asArray(value, 'breakGlass', MAX_SKIPPED).map((one) => {
    const { stage, until } = asObject(one, 'breakGlass');
    const unknown = 'no report says';
    return {
      stage: asText(stage, 'stage'),
      digest: sha256(new TextEncoder().encode(JSON.stringify(one))),
      by: unknown,
      reason: unknown,
      ticket: unknown,
      from: unknown,
      until: asText(until, 'until'),
      reviewedBy: [],
    };
  });
}
