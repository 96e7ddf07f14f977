// SPDX-License-Identifier: Apache-2.0
// A Sigstore instance on loopback with keys of its own: an OpenID issuer with tokens as GitHub's, a CA, a log of both versions with
// a real Merkle tree, and a timestamp authority. It can be told to fail and to lie. The real services are asked in test/interop.

import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { encodePem, utf8 } from '../../src/base/bytes.ts';
import { CLAIM_NAMES, type ClaimName } from '../../src/findings/claims.ts';
import { elementOf, membersOf } from '../../src/crypto/x509/der.ts';
import {
  caExtensions,
  encodeCertificate,
  encodeDer,
  encodeExtension,
  encodeOid,
  newSerial,
  TAG,
} from './certificates.ts';
import { TimestampAuthority } from './timestamp-authority.ts';
import { TransparencyLog } from './transparency-log.ts';

const ARC = '1.3.6.1.4.1.57264.1';
const CODE_SIGNING = encodeDer(TAG.sequence, encodeOid('1.3.6.1.5.5.7.3.3'));
const DIGITAL_SIGNATURE = encodeDer(TAG.bitString, Uint8Array.of(7, 0x80));
const MINUTE = 60_000;

/** The claims of a job's token, as GitHub names them. */
export type JobToken = Readonly<Record<string, string>>;

/** A job of acme/app in the environment production. */
export const JOB: JobToken = {
  sub: 'repo:acme/app:environment:production',
  repository: 'acme/app',
  repository_id: '1001',
  repository_owner: 'acme',
  repository_owner_id: '42',
  repository_visibility: 'private',
  ref: 'refs/tags/v1',
  sha: 'a'.repeat(40),
  workflow: 'release',
  workflow_ref: 'acme/app/.github/workflows/release.yml@refs/tags/v1',
  workflow_sha: 'a'.repeat(40),
  job_workflow_ref: 'acme/app/.github/workflows/release.yml@refs/tags/v1',
  job_workflow_sha: 'a'.repeat(40),
  event_name: 'push',
  runner_environment: 'github-hosted',
  environment: 'production',
  run_id: '77',
  run_attempt: '1',
};

/** What the instance does other than it should. */
export interface InstanceFaults {
  /** Services that answer 500. */
  down?: readonly ('ca' | 'log' | 'authority')[];
  /** Words with which the CA refuses. */
  refusal?: string;
  /** Gives a certificate for a key of its own. */
  otherKey?: boolean;
  /** Time for which certificates are made. */
  certificateTime?: Date;
  /** Name of the signer, when it is not that of the workflow. */
  san?: string;
  /** Issuer in the older and in the later extension. */
  issuers?: readonly [older: string, later: string];
  /** The proof of the certificate log in certificates: right, over another certificate, by another log. None unless set. */
  sct?: 'right' | 'wrong' | 'foreign';
  /** Changes claims, or leaves them out. */
  claims?: Readonly<Partial<Record<ClaimName, string>>>;
  /** The log of version 1 adds an entry, and closes the connection. */
  losesAnswer?: boolean;
  /** The log adds an entry about something else. */
  otherEntry?: boolean;
  /** The log names another root. */
  wrongRoot?: boolean;
  /** Time that the authority states. */
  time?: Date;
}

/** The instance; `issuer` is its address, too. */
export class SigstoreInstance {
  readonly authority: TimestampAuthority;
  readonly faults: InstanceFaults = {};
  /** Paths of all requests. */
  readonly requests: string[] = [];
  /** What tokens of the job say. */
  job: JobToken = JOB;
  issuer = '';
  readonly #now: () => Date;
  readonly #issuerKey = pair();
  /** Key of the CA. */
  readonly ca = pair();
  readonly log = new TransparencyLog();
  readonly #certificateLog = pair();
  /** DER. */
  readonly caCertificate: Uint8Array;
  #server: Server | undefined;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
    this.authority = new TimestampAuthority(() => this.faults.time ?? now());
    const year = 365 * 24 * 60 * MINUTE;
    this.caCertificate = encodeCertificate({
      subject: 'Loopback CA',
      publicKey: this.ca.publicKey,
      issuer: { subject: 'Loopback CA', key: this.ca.privateKey },
      notBefore: new Date(now().getTime() - year),
      notAfter: new Date(now().getTime() + 10 * year),
      extensions: caExtensions(),
    });
  }

  static async start(now?: () => Date): Promise<SigstoreInstance> {
    const instance = new SigstoreInstance(now);
    const server = createServer((request, response) => instance.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    instance.#server = server;
    instance.issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    return instance;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** A token of the job; `claims` are added or changed. */
  token(claims: Readonly<Record<string, unknown>> = {}): string {
    const seconds = Math.floor(this.#now().getTime() / 1000);
    const times = { iat: seconds, nbf: seconds, exp: seconds + 600 };
    const payload = { iss: this.issuer, aud: 'sigstore', ...times, ...this.job, ...claims };
    const head = `${base64url({ alg: 'ES256', typ: 'JWT' })}.${base64url(payload)}`;
    return `${head}.${sign('sha256', Buffer.from(head), this.#issuerKey.privateKey).toString('base64url')}`;
  }

  /** JSON of its trusted root; members can be changed. */
  trustedRoot(changed: Readonly<Record<string, unknown>> = {}): string {
    const validFor = { start: new Date(this.#now().getTime() - 60 * MINUTE).toISOString() };
    const chain = (...certificates: readonly Uint8Array[]) => ({
      certificates: certificates.map((der) => ({ rawBytes: base64(der) })),
    });
    const rawBytes = base64(spkiOf(this.log.key.publicKey));
    const keyId = base64(this.log.id);
    const publicKey = { rawBytes, keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor };
    return JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [{ baseUrl: this.issuer, hashAlgorithm: 'SHA2_256', publicKey, logId: { keyId } }],
      certificateAuthorities: [{ uri: this.issuer, certChain: chain(this.caCertificate), validFor }],
      ctlogs: [],
      timestampAuthorities: [{ certChain: chain(this.authority.certificate, this.authority.root), validFor }],
      ...changed,
    });
  }

  /** Its certificate log, for a trusted root. */
  certificateLogs(): readonly unknown[] {
    const spki = spkiOf(this.#certificateLog.publicKey);
    const validFor = { start: new Date(this.#now().getTime() - 60 * MINUTE).toISOString() };
    const publicKey = { rawBytes: base64(spki), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor };
    const logId = { keyId: base64(sha256(spki)) };
    return [{ baseUrl: this.issuer, hashAlgorithm: 'SHA2_256', publicKey, logId }];
  }

  /** JSON of its signing config; members can be changed. */
  signingConfig(changed: Readonly<Record<string, unknown>> = {}): string {
    const validFor = { start: new Date(this.#now().getTime() - 60 * MINUTE).toISOString() };
    const service = (url: string, majorApiVersion: number) => [{ url, majorApiVersion, validFor, operator: 'test' }];
    return JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      caUrls: service(this.issuer, 1),
      oidcUrls: [],
      rekorTlogUrls: service(this.issuer, 2),
      tsaUrls: service(`${this.issuer}/api/v1/timestamp`, 1),
      rekorTlogConfig: { selector: 'ANY' },
      tsaConfig: { selector: 'ANY' },
      ...changed,
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    const path = request.url ?? '';
    this.requests.push(path);
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      try {
        const [status, body, more = {}] = this.#route(path, Buffer.concat(parts));
        if (status === 0) {
          response.destroy();
          return;
        }
        response.writeHead(status, {
          ...more,
          'content-type': body instanceof Uint8Array ? 'application/timestamp-reply' : 'application/json',
        });
        response.end(body instanceof Uint8Array ? body : JSON.stringify(body));
      } catch (cause) {
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ message: String(cause) }));
      }
    });
  }

  #route(path: string, bytes: Buffer): readonly [status: number, body?: unknown, headers?: Record<string, string>] {
    const body = bytes.toString();
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    const services = [
      ['/api/v2/signingCert', 'ca'],
      ['/api/v2/log/entries', 'log'],
      ['/api/v1/log/entries', 'log'],
      ['/api/v1/timestamp', 'authority'],
    ] as const;
    const named = services.find(([address]) => `${pathname}/`.startsWith(`${address}/`))?.[1];
    if (pathname === '/token') return [200, { value: this.token({ aud: searchParams.get('audience') ?? '' }) }];
    if (!named) return [404, { message: 'no such page' }];
    if (this.faults.down?.includes(named)) return [500, { message: 'out of order' }];
    if (named === 'ca')
      return this.faults.refusal ? [400, { message: this.faults.refusal }] : [200, this.#certify(body)];
    if (named === 'authority') return [201, this.authority.respond(bytes)];
    const { wrongRoot = false, otherEntry = false } = this.faults;
    const log = { host: new URL(this.issuer).hostname, now: this.#now(), wrongRoot, otherEntry };
    if (pathname.startsWith('/api/v2/')) return [201, this.log.appendHash(body, log)];
    const known = this.log.known(pathname.split('/').at(-1) ?? '');
    if (known) return [200, known];
    const { uuid, entry, isNew } = this.log.appendEnvelope(body, log);
    if (!isNew) return [409, { message: 'it is there' }, { location: `/api/v1/log/entries/${uuid}` }];
    return this.faults.losesAnswer ? [0] : [201, { [uuid]: entry }];
  }

  /** Gives a certificate for the key, whose holder must have signed the subject of the token. */
  #certify(body: string): unknown {
    const {
      credentials,
      publicKeyRequest,
    }: {
      credentials: { oidcIdentityToken: string };
      publicKeyRequest: { publicKey: { content: string }; proofOfPossession: string };
    } = JSON.parse(body);
    const [head = '', payload = '', signature = ''] = credentials.oidcIdentityToken.split('.');
    const signed = Buffer.from(`${head}.${payload}`);
    if (!verify('sha256', signed, this.#issuerKey.publicKey, Buffer.from(signature, 'base64url')))
      throw new Error('There was an error processing the identity token');
    const claims: JobToken = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const key = createPublicKey(publicKeyRequest.publicKey.content);
    const proof = Buffer.from(publicKeyRequest.proofOfPossession, 'base64');
    if (!verify('sha256', Buffer.from(claims['sub'] ?? ''), key, proof))
      throw new Error('The signature supplied in the request could not be verified');
    const leaf = this.certificate(this.faults.otherKey ? pair().publicKey : key, claims);
    const certificates = [leaf, this.caCertificate].map((der) => encodePem('CERTIFICATE', der));
    return { signedCertificateEmbeddedSct: { chain: { certificates } } };
  }

  /** A certificate of the CA for ten minutes. */
  certificate(publicKey: KeyObject, token: JobToken): Uint8Array {
    const at = this.faults.certificateTime ?? this.#now();
    const claims = { ...claimsOf(token), ...this.faults.claims };
    const signer = this.faults.san ?? claims.buildSignerUri ?? '';
    const [older, later] = this.faults.issuers ?? [this.issuer, this.issuer];
    const typed = CLAIM_NAMES.slice(0, 16).map((name, index) => [index + 9, claims[name]] as const);
    const plain = CLAIM_NAMES.slice(16).map((name, index) => [index + 2, claims[name]] as const);
    const utf8String = (value: string) => encodeDer(TAG.utf8String, utf8(value));
    const request = {
      subject: '',
      publicKey,
      issuer: { subject: 'Loopback CA', key: this.ca.privateKey },
      notBefore: new Date(Math.floor(at.getTime() / 1000) * 1000),
      notAfter: new Date(at.getTime() + 10 * MINUTE),
      extensions: [
        encodeExtension('2.5.29.15', DIGITAL_SIGNATURE, true),
        encodeExtension('2.5.29.37', CODE_SIGNING, false),
        encodeExtension('2.5.29.17', encodeDer(TAG.sequence, encodeDer(0x86, utf8(signer))), true),
        encodeExtension(`${ARC}.1`, utf8(older), false),
        encodeExtension(`${ARC}.8`, utf8String(later), false),
        ...plain.flatMap(([number, value]) =>
          value === undefined ? [] : [encodeExtension(`${ARC}.${number}`, utf8(value), false)],
        ),
        ...typed.flatMap(([number, value]) =>
          value === undefined ? [] : [encodeExtension(`${ARC}.${number}`, utf8String(value), false)],
        ),
      ],
    };
    const { sct } = this.faults;
    if (!sct) return encodeCertificate(request);
    const serial = newSerial();
    const logged = sct === 'wrong' ? { ...request, subject: 'Somebody else' } : request;
    const key = sct === 'foreign' ? pair() : this.#certificateLog;
    const proof = certificateProof(encodeCertificate({ ...logged, serial }), { ca: this.ca.publicKey, key, at });
    return encodeCertificate({ ...request, serial, extensions: [...request.extensions, proof] });
  }
}

/**
 * The extension with what a certificate log signs of a certificate that lacks it.
 * @see https://www.rfc-editor.org/rfc/rfc6962.html#section-3.3
 */
function certificateProof(
  certificate: Uint8Array,
  { ca, key, at }: { readonly ca: KeyObject; readonly key: ReturnType<typeof pair>; readonly at: Date },
): Uint8Array {
  const tbs = membersOf(elementOf(certificate))[0]?.whole ?? new Uint8Array();
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(at.getTime()));
  const size = (length: number, bytes: number) => Buffer.from(length.toString(16).padStart(bytes * 2, '0'), 'hex');
  const none = size(0, 2);
  const content = [size(0, 2), time, size(1, 2), sha256(spkiOf(ca)), size(tbs.length, 3), tbs, none];
  const signature = sign('sha256', Buffer.concat(content), key.privateKey);
  const algorithm = Uint8Array.of(4, 3);
  const head = [size(0, 1), sha256(spkiOf(key.publicKey)), time, none, algorithm, size(signature.length, 2)];
  const one = Buffer.concat([...head, signature]);
  const list = Buffer.concat([size(one.length + 2, 2), size(one.length, 2), one]);
  return encodeExtension('1.3.6.1.4.1.11129.2.4.2', encodeDer(TAG.octetString, list), false);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** What the public CA certifies of a token of GitHub. */
function claimsOf(token: JobToken): Readonly<Partial<Record<ClaimName, string>>> {
  const at = 'https://github.com';
  const claims: Record<string, string | undefined> = {
    buildSignerUri: `${at}/${token['job_workflow_ref']}`,
    buildSignerDigest: token['job_workflow_sha'],
    runnerEnvironment: token['runner_environment'],
    sourceRepositoryUri: `${at}/${token['repository']}`,
    sourceRepositoryDigest: token['sha'],
    sourceRepositoryRef: token['ref'],
    sourceRepositoryIdentifier: token['repository_id'],
    sourceRepositoryOwnerUri: `${at}/${token['repository_owner']}`,
    sourceRepositoryOwnerIdentifier: token['repository_owner_id'],
    buildConfigUri: `${at}/${token['workflow_ref']}`,
    buildConfigDigest: token['workflow_sha'],
    buildTrigger: token['event_name'],
    runInvocationUri: `${at}/${token['repository']}/actions/runs/${token['run_id']}/attempts/${token['run_attempt']}`,
    sourceRepositoryVisibilityAtSigning: token['repository_visibility'],
    deploymentEnvironment: token['environment'],
    tokenSubject: token['sub'],
    workflowTrigger: token['event_name'],
    workflowSha: token['sha'],
    workflowName: token['workflow'],
    workflowRepository: token['repository'],
    workflowRef: token['ref'],
  };
  return claims;
}

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spkiOf = (key: KeyObject) => new Uint8Array(key.export({ type: 'spki', format: 'der' }));

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
