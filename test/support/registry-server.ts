// SPDX-License-Identifier: Apache-2.0
// A registry over node:http on a free loopback port, in memory, that speaks enough of the distribution protocol for
// every client and can be told to misbehave in the ways real registries do. It counts requests and bytes.

import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type AuthOptions, RegistryAuth } from './registry-auth.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';

/** Switchable misbehaviour; change it at any time. Counters go down as they are used up. */
export interface RegistryFaults {
  /** Requests to answer with this status before all else. */
  fail?:
    | { status: number; times: number; retryAfter?: string; only?: (request: IncomingMessage) => boolean }
    | undefined;
  /** Requests never answered. */
  hang?: ((request: IncomingMessage) => boolean) | undefined;
  /** Requests answered with something that is not HTTP. */
  garbage?: ((request: IncomingMessage) => boolean) | undefined;
  /** Close the connection after this many bytes of a blob. */
  dropDownload?: { afterBytes: number; times: number } | undefined;
  /** Close the connection after this many bytes of an upload body. */
  dropUpload?: { afterBytes: number; times: number; keep: boolean } | undefined;
  ignoreRange?: boolean | undefined;
  /** Answer a range request with another range. */
  wrongRange?: boolean | undefined;
  ignoreIfMatch?: boolean | undefined;
  /** Serve these bytes for every blob. */
  wrongBlob?: Uint8Array | undefined;
  /** Requests with a body that are answered as if it had been read; `claim` says with Range that all of it is there. */
  earlyAnswer?: { times: number; claim: boolean; methods: readonly string[] } | undefined;
  /** Keep only this many bytes of a PATCH. */
  shortAccept?: { bytes: number; times: number } | undefined;
  /** 416 for a PATCH with Content-Range from this size on. */
  patchLimitBytes?: number | undefined;
  /** 413 for a PUT or PATCH body beyond this size. */
  bodyLimitBytes?: number | undefined;
  /** Answers to these requests say `Range: 0-0`, whatever an upload has. */
  hideRange?: readonly string[] | undefined;
  chunkMinLength?: number | undefined;
  /** Send blob readers to this origin. */
  redirectBlobs?: string | undefined;
  /** Claim `OCI-Subject` whatever the API does. */
  lyingSubject?: boolean | undefined;
  /** The list is always empty. */
  emptyReferrers?: boolean | undefined;
  /** What links to the next page of a list name in the place of its path. */
  link?: ((path: string) => string) | undefined;
  /** The referrers address redirects there. */
  referrersRedirect?: string | undefined;
  /** The referrers address gives this as an index. */
  referrersBody?: string | undefined;
  /** The referrers address is a web page. */
  referrersPage?: boolean | undefined;
  /** Status for giving a tag another manifest, as where tags are immutable. */
  immutableTags?: number | undefined;
  headWithoutDigest?: boolean | undefined;
  /** Status for deleting manifests; 405 with `tags` for tags alone. */
  noDelete?: number | 'tags' | undefined;
  /** 405 for HEAD on blobs. */
  noBlobHead?: boolean | undefined;
}

export interface RegistryOptions {
  referrersApi?: boolean;
  etags?: boolean;
  auth?: AuthOptions;
  tagPageSize?: number;
  referrersPageSize?: number;
  /** Manifests are stored as they come, whatever they are. */
  careless?: boolean;
  /** An index needs the manifests that it names, as with distribution. */
  checkIndexes?: boolean;
  /** Reusing an older address of an upload is an error, as with distribution. */
  strictLocations?: boolean;
}

interface Repo {
  readonly blobs: Set<string>;
  readonly manifests: Map<string, { type: string; bytes: Buffer }>;
  readonly tags: Map<string, string>;
}

interface Upload {
  readonly repo: string;
  chunks: Buffer[];
  size: number;
  state: number;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export class TestRegistry {
  readonly faults: RegistryFaults = {};
  /** Answers a request in the registry's place when it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  readonly seen: SeenRequest[] = [];
  readonly content = new Map<string, Buffer>();
  readonly repos = new Map<string, Repo>();
  readonly uploads = new Map<string, Upload>();
  bytesIn = 0;
  bytesOut = 0;
  readonly #options: RegistryOptions;
  readonly #server: Server;
  readonly #auth: RegistryAuth;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#auth = new RegistryAuth(options.auth, () => this.origin);
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    });
  }

  static async start(options: RegistryOptions = {}): Promise<TestRegistry> {
    const registry = new TestRegistry(options);
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get host(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Number of requests that fit. */
  count(method: string, path: RegExp): number {
    return this.seen.filter((request) => request.method === method && path.test(request.path)).length;
  }

  repo(name: string): Repo {
    const known = this.repos.get(name);
    if (known) return known;
    const made: Repo = { blobs: new Set(), manifests: new Map(), tags: new Map() };
    this.repos.set(name, made);
    return made;
  }

  addBlob(name: string, bytes: Uint8Array): string {
    const digest = digestOf(bytes);
    this.content.set(digest, Buffer.from(bytes));
    this.repo(name).blobs.add(digest);
    return digest;
  }

  addManifest(name: string, bytes: Uint8Array, options: { type: string; tag?: string }): string {
    const digest = digestOf(bytes);
    this.repo(name).manifests.set(digest, { type: options.type, bytes: Buffer.from(bytes) });
    if (options.tag !== undefined) this.repo(name).tags.set(options.tag, digest);
    return digest;
  }

  /** Serves a snapshot: `repos.json` and `blobs/sha256/`. */
  load(folder: string): void {
    const repos: Record<string, { manifests: Record<string, string>; tags: Record<string, string> }> = JSON.parse(
      readFileSync(join(folder, 'repos.json'), 'utf8'),
    );
    const read = (digest: string): Buffer => readFileSync(join(folder, 'blobs', ...digest.split(':')));
    for (const [name, { manifests, tags }] of Object.entries(repos)) {
      for (const [digest, type] of Object.entries(manifests)) {
        const bytes = read(digest);
        this.addManifest(name, bytes, { type });
        const parsed: { layers?: { digest: string }[]; config?: { digest: string } } = JSON.parse(bytes.toString());
        for (const blob of [...(parsed.layers ?? []), ...(parsed.config ? [parsed.config] : [])])
          this.addBlob(name, read(blob.digest));
      }
      for (const [tag, digest] of Object.entries(tags)) this.repo(name).tags.set(tag, digest);
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const method = request.method ?? 'GET';
    this.seen.push({ method, path: request.url ?? '/', headers: request.headers });
    request.on('data', (chunk: Buffer) => (this.bytesIn += chunk.length));
    request.pause();
    if (this.intercept?.(request, response)) return;
    if (this.faults.hang?.(request)) return;
    if (this.faults.garbage?.(request)) return void request.socket.end('this is no HTTP at all\r\n\r\n');
    const { fail } = this.faults;
    if (fail && fail.times > 0 && (fail.only?.(request) ?? true)) {
      fail.times -= 1;
      request.resume();
      if (fail.retryAfter !== undefined) response.setHeader('retry-after', fail.retryAfter);
      return this.#error(response, fail.status, 'FAULT', 'told to fail');
    }
    if (await this.#auth.serve(request, response, url)) return;
    const match =
      /^\/v2\/(?:(.+?)\/)?(blobs\/uploads\/[^/]*|blobs\/[^/]+|manifests\/[^/]+|referrers\/[^/]+|tags\/list)?$/.exec(
        url.pathname,
      );
    if (!match) return this.#error(response, 404, 'NOT_FOUND', 'page not found');
    const [, name = '', what = ''] = match;
    if (!this.#auth.allows(request, response, { name, method, from: url.searchParams.get('from') })) return;
    await this.#route({ request, response, url, name, what, method });
  }

  async #route(call: Call): Promise<void> {
    const { what } = call;
    if (what === '') return void call.response.writeHead(200).end('{}');
    if (what.startsWith('blobs/uploads/')) return this.#upload(call, what.slice('blobs/uploads/'.length));
    if (what.startsWith('blobs/')) return this.#blob(call, what.slice('blobs/'.length));
    if (what.startsWith('manifests/')) return this.#manifest(call, what.slice('manifests/'.length));
    if (what.startsWith('referrers/')) return this.#referrers(call, what.slice('referrers/'.length));
    return this.#tags(call);
  }

  #blob({ request, response, name, method }: Call, digest: string): void {
    if (method === 'HEAD' && this.faults.noBlobHead) return this.#error(response, 405, 'UNSUPPORTED', 'no HEAD here');
    const stored = this.repo(name).blobs.has(digest) ? this.content.get(digest) : undefined;
    if (!stored) return this.#error(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
    if (method === 'GET' && this.faults.redirectBlobs)
      return void response
        .writeHead(307, { location: `${this.faults.redirectBlobs}/v2/${name}/blobs/${digest}?sig=abc` })
        .end();
    const bytes = this.faults.wrongBlob ? Buffer.from(this.faults.wrongBlob) : stored;
    const range = this.faults.ignoreRange ? undefined : parseRange(request.headers.range, bytes.length);
    if (range === 'bad') return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    const [first, last] = range ?? [0, bytes.length - 1];
    const shift = this.faults.wrongRange && range ? 1 : 0;
    response.writeHead(range ? 206 : 200, {
      'content-length': last - first + 1,
      'content-type': 'application/octet-stream',
      'docker-content-digest': digest,
      ...(range ? { 'content-range': `bytes ${first + shift}-${last + shift}/${bytes.length}` } : {}),
    });
    if (method === 'HEAD') return void response.end();
    const part = bytes.subarray(first, last + 1);
    const drop = this.faults.dropDownload;
    if (drop && drop.times > 0 && part.length > drop.afterBytes) {
      drop.times -= 1;
      this.bytesOut += drop.afterBytes;
      return void response.write(part.subarray(0, drop.afterBytes), () => setTimeout(() => response.destroy(), 20));
    }
    this.bytesOut += part.length;
    return void response.end(part);
  }

  async #upload(call: Call, id: string): Promise<void> {
    const { response, method, url, name } = call;
    if (method === 'POST') return this.#openUpload(call);
    const upload = this.uploads.get(id);
    const stale = this.#options.strictLocations && Number(url.searchParams.get('_state')) !== upload?.state;
    if (!upload || upload.repo !== name || stale)
      return this.#error(response, 404, 'BLOB_UPLOAD_INVALID', 'blob upload invalid');
    if (method === 'DELETE') {
      this.uploads.delete(id);
      return void response.writeHead(204).end();
    }
    const hidden = this.faults.hideRange?.includes(method) ? { range: '0-0' } : {};
    const where = () => ({ ...this.#where(name, id, upload), ...hidden });
    if (method === 'GET') return void response.writeHead(204, where()).end();
    if (this.#answersEarly(call, upload)) return undefined;
    if (!(await this.#take(call, upload))) return undefined;
    if (method === 'PATCH') return void response.writeHead(202, where()).end();
    const digest = url.searchParams.get('digest') ?? '';
    const bytes = Buffer.concat(upload.chunks);
    this.uploads.delete(id);
    if (digestOf(bytes, digest.split(':')[0]) !== digest)
      return this.#error(response, 400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
    this.content.set(digest, bytes);
    this.repo(name).blobs.add(digest);
    return void response
      .writeHead(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest })
      .end();
  }

  #openUpload({ response, url, name }: Call): void {
    const mount = url.searchParams.get('mount');
    const from = url.searchParams.get('from');
    if (mount && from && this.repos.get(from)?.blobs.has(mount)) {
      this.repo(name).blobs.add(mount);
      return void response
        .writeHead(201, { location: `/v2/${name}/blobs/${mount}`, 'docker-content-digest': mount })
        .end();
    }
    const id = randomUUID();
    const upload: Upload = { repo: name, chunks: [], size: 0, state: 1 };
    this.uploads.set(id, upload);
    const minimum = this.faults.chunkMinLength;
    return void response
      .writeHead(202, {
        ...this.#where(name, id, upload),
        ...(minimum === undefined ? {} : { 'oci-chunk-min-length': String(minimum) }),
      })
      .end();
  }

  #where(name: string, id: string, upload: Upload): Record<string, string> {
    return {
      location: `/v2/${name}/blobs/uploads/${id}?_state=${upload.state}&x=a%2Fb`,
      range: `0-${Math.max(0, upload.size - 1)}`,
      'content-length': '0',
    };
  }

  #answersEarly({ request, response, name, url, method }: Call, upload: Upload): boolean {
    const { earlyAnswer } = this.faults;
    const length = Number(request.headers['content-length'] ?? 0);
    if (!earlyAnswer || earlyAnswer.times === 0 || length === 0 || !earlyAnswer.methods.includes(method)) return false;
    earlyAnswer.times -= 1;
    const { location = '' } = this.#where(name, url.pathname.split('/').at(-1) ?? '', upload);
    response.writeHead(method === 'PUT' ? 201 : 202, {
      location,
      ...(earlyAnswer.claim ? { range: `0-${upload.size + length - 1}` } : {}),
    });
    response.end();
    request.resume();
    return true;
  }

  /** Reads an upload body into the session; false when it has been answered or cut. */
  async #take({ request, response }: Call, upload: Upload): Promise<boolean> {
    const length = Number(request.headers['content-length'] ?? 0);
    const range = request.headers['content-range'];
    if (length > (this.faults.bodyLimitBytes ?? Infinity)) return this.#refuse(response, 413, 'too large');
    if (range !== undefined && length >= (this.faults.patchLimitBytes ?? Infinity))
      return this.#refuse(response, 416, 'too large');
    if (range !== undefined && Number(range.split('-')[0]) !== upload.size)
      return this.#refuse(response, 416, 'out of order');
    const { dropUpload, shortAccept } = this.faults;
    const drop = dropUpload && dropUpload.times > 0 && length > dropUpload.afterBytes ? dropUpload : undefined;
    const short = shortAccept && shortAccept.times > 0 && length > shortAccept.bytes ? shortAccept : undefined;
    const kept: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
      kept.push(chunk);
      size += chunk.length;
      if (drop && size > drop.afterBytes) break;
    }
    if (drop) {
      drop.times -= 1;
      if (drop.keep) this.#append(upload, Buffer.concat(kept).subarray(0, drop.afterBytes));
      request.socket.destroy();
      return false;
    }
    if (short) short.times -= 1;
    const all = Buffer.concat(kept);
    this.#append(upload, short ? all.subarray(0, short.bytes) : all);
    return true;
  }

  #append(upload: Upload, bytes: Buffer): void {
    upload.chunks.push(bytes);
    upload.size += bytes.length;
    upload.state += 1;
  }

  #refuse(response: ServerResponse, status: number, why: string): false {
    response.setHeader('connection', 'close');
    this.#error(response, status, 'SIZE_INVALID', why);
    return false;
  }

  async #manifest({ request, response, name, method }: Call, reference: string): Promise<void> {
    const repo = this.repo(name);
    const digest = reference.includes(':') ? reference : repo.tags.get(reference);
    if (method === 'PUT') return this.#putManifest({ request, response, name }, reference);
    const stored = digest === undefined ? undefined : repo.manifests.get(digest);
    if (method === 'DELETE') return this.#deleteManifest({ response, name }, reference);
    if (!stored) return this.#error(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    if (stored.type.includes('.oci.') && !(request.headers.accept ?? '').includes(stored.type))
      return this.#error(
        response,
        404,
        'MANIFEST_UNKNOWN',
        'OCI manifest found, but accept header does not support OCI manifests',
      );
    const hide = this.faults.headWithoutDigest && method === 'HEAD';
    response.writeHead(200, {
      'content-type': stored.type,
      'content-length': stored.bytes.length,
      ...(hide ? {} : { 'docker-content-digest': digest }),
      ...(this.#options.etags ? { etag: `"${digest}"` } : {}),
    });
    this.bytesOut += method === 'HEAD' ? 0 : stored.bytes.length;
    return void response.end(method === 'HEAD' ? undefined : stored.bytes);
  }

  #deleteManifest({ response, name }: Pick<Call, 'response' | 'name'>, reference: string): void {
    const repo = this.repo(name);
    const { noDelete } = this.faults;
    const isTag = !reference.includes(':');
    if (typeof noDelete === 'number') return this.#error(response, noDelete, 'UNSUPPORTED', 'nothing is deleted here');
    if (isTag && noDelete === 'tags') return this.#error(response, 405, 'UNSUPPORTED', 'no tag is deleted here');
    const known = isTag ? repo.tags.delete(reference) : repo.manifests.delete(reference);
    if (!known) return this.#error(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    for (const [tag, digest] of repo.tags) if (digest === reference) repo.tags.delete(tag);
    return void response.writeHead(202).end();
  }

  async #putManifest(
    { request, response, name }: Pick<Call, 'request' | 'response' | 'name'>,
    reference: string,
  ): Promise<void> {
    const repo = this.repo(name);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const digest = digestOf(bytes);
    const type = request.headers['content-type'] ?? '';
    const wanted = request.headers['if-match'];
    if (wanted !== undefined && !this.faults.ignoreIfMatch && wanted !== `"${repo.tags.get(reference)}"`)
      return this.#error(response, 412, 'PRECONDITION', 'changed meanwhile');
    if (reference.includes(':') && reference !== digest)
      return this.#error(response, 400, 'DIGEST_INVALID', 'digest does not match');
    const parsed: Parsed = this.#options.careless ? {} : JSON.parse(bytes.toString());
    if (parsed.mediaType !== undefined && parsed.mediaType !== type)
      return this.#error(response, 400, 'MANIFEST_INVALID', 'manifest invalid');
    for (const blob of [...(parsed.layers ?? []), ...(parsed.config ? [parsed.config] : [])])
      if (!repo.blobs.has(blob.digest))
        return this.#error(response, 404, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry');
    if (this.#options.checkIndexes && parsed.manifests?.some((entry) => !repo.manifests.has(entry.digest)))
      return this.#error(response, 400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry');
    const taken = repo.tags.get(reference) ?? digest;
    if (this.faults.immutableTags && taken !== digest)
      return this.#error(response, this.faults.immutableTags, 'TAG_INVALID', 'the repository is immutable');
    repo.manifests.set(digest, { type, bytes });
    if (!reference.includes(':')) repo.tags.set(reference, digest);
    const handled = parsed.subject && (this.#options.referrersApi || this.faults.lyingSubject);
    response.writeHead(201, {
      location: `/v2/${name}/manifests/${digest}`,
      'docker-content-digest': digest,
      ...(handled ? { 'oci-subject': parsed.subject?.digest } : {}),
    });
    return void response.end();
  }

  #referrers({ response, url, name }: Call, subject: string): void {
    const { referrersRedirect, referrersPage, referrersBody, emptyReferrers } = this.faults;
    if (referrersRedirect) return void response.writeHead(303, { location: referrersRedirect }).end();
    if (referrersPage) return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>');
    if (referrersBody !== undefined) return void response.writeHead(200, { 'content-type': INDEX }).end(referrersBody);
    if (!this.#options.referrersApi)
      return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
    const all = [...this.repo(name).manifests].flatMap(([digest, { type, bytes }]) => {
      const parsed: Parsed = JSON.parse(bytes.toString());
      if (parsed.subject?.digest !== subject || emptyReferrers) return [];
      return [
        { mediaType: type, digest, size: bytes.length, artifactType: parsed.artifactType ?? parsed.config?.mediaType },
      ];
    });
    const size = this.#options.referrersPageSize ?? Infinity;
    const from = Number(url.searchParams.get('from') ?? 0);
    if (from + size < all.length) this.#linkTo(response, `/v2/${name}/referrers/${subject}?from=${from + size}`);
    const body = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: all.slice(from, from + size) });
    this.bytesOut += body.length;
    return void response.writeHead(200, { 'content-type': INDEX }).end(body);
  }

  #tags({ response, url, name }: Call): void {
    const repo = this.repos.get(name);
    if (!repo) return this.#error(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
    const size = this.#options.tagPageSize;
    const last = url.searchParams.get('last');
    // Without pages everything comes at once and in no order, as from distribution 2.8.
    const all =
      size === undefined
        ? [...repo.tags.keys()]
        : [...repo.tags.keys()].toSorted().filter((tag) => !last || tag > last);
    const page = all.slice(0, size ?? all.length);
    if (page.length < all.length) this.#linkTo(response, `/v2/${name}/tags/list?n=${size}&last=${page.at(-1)}`);
    const body = JSON.stringify({ name, tags: page });
    this.bytesOut += body.length;
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }

  #linkTo(response: ServerResponse, path: string): void {
    response.setHeader('link', `<${this.faults.link?.(path) ?? path}>; rel="next"`);
  }

  #error(response: ServerResponse, status: number, code: string, message: string): void {
    const body = JSON.stringify({ errors: [{ code, message, detail: {} }] });
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  }
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly name: string;
  readonly what: string;
  readonly method: string;
}

interface Parsed {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly manifests?: readonly { readonly digest: string }[];
  readonly layers?: readonly { readonly digest: string }[];
  readonly config?: { readonly digest: string; readonly mediaType: string };
  readonly subject?: { readonly digest: string };
}

function digestOf(bytes: Uint8Array, algorithm = 'sha256'): string {
  const known = algorithm === 'sha512' ? 'sha512' : 'sha256';
  return `${known}:${createHash(known).update(bytes).digest('hex')}`;
}

function parseRange(header: string | undefined, size: number): [number, number] | 'bad' | undefined {
  const match = /^bytes=([0-9]+)-([0-9]*)$/.exec(header ?? '');
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return first >= size ? 'bad' : [first, last];
}
