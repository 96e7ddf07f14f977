// SPDX-License-Identifier: Apache-2.0
// The human who pressed "approve": asks the platform who released this run into its environment, and whether that needs
// anybody's consent at all. A platform makes an environment that is not there, unprotected, when a job names it.

import { UsageError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import { toSecond } from '../../base/text.ts';
import { VERSION } from '../../base/version.ts';
import { KeylessError } from '../../crypto/sigstore/sign/errors.ts';
import type { Signer } from '../../crypto/signer.ts';
import { encodeReviewers, type Reviewer } from '../../findings/reviewers.ts';
import type { HttpClient } from '../../net/http.ts';
import type { Host } from '../host.ts';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_COMMENT = 512;

/** What is asked for, and of whom. */
interface ReviewRequest {
  readonly token: Secret | undefined;
  /** Of the job; that of the certificate where it is not given. */
  readonly environment: string | undefined;
  readonly stage: string;
  /** By the policy. */
  readonly needsReview: boolean;
  readonly signer: Signer;
}

/**
 * Reviewers, comment and time for the run of an approval; nothing when no token was given.
 * @throws KeylessError REVIEW_MISSING, REVIEW_ENVIRONMENT_OPEN, REVIEW_UNREADABLE; UsageError; NetworkError
 */
export async function reviewFrom(
  { token, environment, stage, needsReview: asked, signer }: ReviewRequest,
  host: Host,
): Promise<Readonly<Record<string, string>>> {
  if (!token) {
    if (asked)
      throw new KeylessError('REVIEW_MISSING', `stage ${stage} must be reviewed, and no review-token was given`);
    return {};
  }
  const { identity } = signer;
  const certified = identity.method === 'sigstore' ? identity.claims.deploymentEnvironment : undefined;
  if (asked && certified === undefined)
    throw new KeylessError(
      'REVIEW_MISSING',
      'the certificate of this job names no environment that it was released into',
      {
        hint: 'run the job in an environment with required reviewers, and sign with ⟨signing-method=sigstore⟩',
      },
    );
  const name = certified ?? environment;
  if (name === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'review-token is given, and nothing names the environment of the job', {
      hint: 'give ⟨environment⟩, the name that the job has under `environment:`',
    });
  const found = await ask(name, token, host);
  if (!found.isProtected) {
    const problem = `the environment ${name} has no required reviewers, so that nobody had to approve`;
    if (asked) throw new KeylessError('REVIEW_ENVIRONMENT_OPEN', problem);
    host.warning(problem);
  }
  if (found.reviewers.length === 0) {
    if (asked) throw new KeylessError('REVIEW_MISSING', `nobody released this run into the environment ${name}`);
    return {};
  }
  if (!found.isProtected) return {};
  return {
    reviewers: encodeReviewers(found.reviewers),
    ...(found.comment === '' ? {} : { reviewComment: found.comment.slice(0, MAX_COMMENT) }),
    reviewedEnvironment: name,
    reviewSeenAt: toSecond(host.now()),
  };
}

interface Review {
  readonly isProtected: boolean;
  readonly reviewers: readonly Reviewer[];
  readonly comment: string;
}

/** @see https://docs.github.com/en/rest/actions/workflow-runs?apiVersion=2022-11-28#get-the-review-history-for-a-workflow-run */
async function ask(environment: string, token: Secret, host: Host): Promise<Review> {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = host.env;
  if (!api || !/^[\w.-]+\/[\w.-]+$/.test(repository ?? '') || !/^[0-9]+$/.test(run ?? ''))
    throw new KeylessError(
      'REVIEW_UNREADABLE',
      'this is no job: GITHUB_API_URL, GITHUB_REPOSITORY or GITHUB_RUN_ID is not set',
    );
  const { createHttpClient } = await import('../../net/http.ts');
  const { proxyFromEnv } = await import('../../net/connect.ts');
  const http = createHttpClient({ proxy: proxyFromEnv(host.env), userAgent: `countersign/${VERSION}` });
  try {
    const base = `${api}/repos/${repository}`;
    const rules = await get(http, `${base}/environments/${encodeURIComponent(environment)}`, token);
    const history = await get(http, `${base}/actions/runs/${run}/approvals`, token);
    return { isProtected: isProtected(rules), ...approvalsOf(history, environment) };
  } finally {
    http.close();
  }
}

async function get(http: HttpClient, address: string, token: Secret): Promise<JsonValue> {
  const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${token.revealText().trim()}` };
  const response = await http.send({ method: 'GET', url: new URL(address), headers, redirects: 'same-origin' });
  if (response.status === 200) return parseJson(await response.bytes(MAX_ANSWER_BYTES), 'the answer of the platform');
  await response.discard();
  throw new KeylessError('REVIEW_UNREADABLE', `${new URL(address).pathname} answers ${response.status}`);
}

function isProtected(environment: JsonValue): boolean {
  const rules = isJsonObject(environment) ? environment['protection_rules'] : [];
  return objects(rules).some(
    ({ type, reviewers }) => type === 'required_reviewers' && Array.isArray(reviewers) && reviewers.length > 0,
  );
}

function approvalsOf(history: JsonValue, environment: string): Pick<Review, 'reviewers' | 'comment'> {
  const approved = objects(history).filter(
    ({ state, environments }) => state === 'approved' && objects(environments).some(({ name }) => name === environment),
  );
  const reviewers = approved.flatMap(({ user }) => {
    const { login, id } = isJsonObject(user) ? user : {};
    return typeof login === 'string' && typeof id === 'number' ? [{ login, id: String(id) }] : [];
  });
  const comments = approved.flatMap(({ comment }) => (typeof comment === 'string' && comment !== '' ? [comment] : []));
  const distinct = new Map(reviewers.map((one) => [one.id, one]));
  return { reviewers: [...distinct.values()], comment: comments.join('; ') };
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
