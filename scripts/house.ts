// SPDX-License-Identifier: Apache-2.0
// Is the source still a house one can live in? Counts what grows unseen: wide folders, long files and functions, cycles,
// exports without documentation, `@see` without an address, and how many files one verification and one remote approval
// pass. Ends with status 1 when a limit is broken.
//   --list        name what is over a limit
//   --no-paths    leave out the two measured paths

import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { parseSync } from 'rolldown/utils';
import { PROJECT, type SourceFile, sourcesBelow } from '../test/support/sources.ts';
import { TestRegistry } from '../test/support/registry-server.ts';

const MAX_FILES_IN_FOLDER = 15;
const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 45;
const MAX_FILES_VERIFYING = 60;
const MAX_FILES_APPROVING = 95;

const run = promisify(execFile);

/** One count: what was found, at most how many may be, and where they are. */
interface Count {
  readonly what: string;
  readonly found: number;
  /** Undefined for a figure without a limit. */
  readonly limit?: number;
  readonly where?: readonly string[];
}

/** A node of the syntax tree, as far as it is looked at here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface ParsedFile extends SourceFile {
  readonly nodes: readonly Node[];
  readonly body: readonly Node[];
  /** Where each block comment ends. */
  readonly docEnds: ReadonlySet<number>;
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}

function descendants(node: Node): readonly Node[] {
  const inside = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return [node, ...inside.filter(isNode).flatMap(descendants)];
}

function parse(file: SourceFile): ParsedFile {
  const { program, comments } = parseSync(file.path, file.text);
  const root: unknown = program;
  if (!isNode(root)) throw new Error(`${file.path} has no syntax tree`);
  const body = Array.isArray(root['body']) ? root['body'].filter(isNode) : [];
  const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'));
  return { ...file, nodes: descendants(root), body, docEnds: new Set(docs.map(({ end }) => end)) };
}

function linesOf(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function lineAt(text: string, offset: number): number {
  return linesOf(text.slice(0, offset + 1));
}

function longFunctions({ path, text, nodes }: ParsedFile): readonly string[] {
  return nodes
    .filter(({ type }) => FUNCTIONS.has(type))
    .map(({ start, end }) => ({ at: lineAt(text, start), lines: linesOf(text.slice(start, end)) }))
    .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
    .map(({ at, lines }) => `${path}:${at} ${lines} lines`);
}

/** Exports whose declaration no documentation comment directly precedes. */
function undocumented({ path, text, body, docEnds }: ParsedFile): readonly string[] {
  return body
    .filter((node) => node.type === 'ExportNamedDeclaration' && isNode(node['declaration']))
    .filter(({ start }) => !docEnds.has(text.slice(0, start).trimEnd().length))
    .map(({ start }) => `${path}:${lineAt(text, start)} ${text.slice(start).split('\n')[0]}`);
}

/** `@see` must name an address that always shows the same text. */
function seeWithoutAddress({ path, text }: SourceFile): readonly string[] {
  return text
    .split('\n')
    .map((line, index) => ({ line, at: `${path}:${index + 1}` }))
    .filter(({ line }) => /@see\b/.test(line) && !/@see\s+https:\/\/\S+/.test(line))
    .map(({ at }) => at);
}

/** What each file imports, types included: static imports, and dynamic ones of values. */
function importGraph(files: readonly ParsedFile[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    files.map(({ path, nodes }) => {
      const sources = nodes
        .filter(({ type }) => ['ImportDeclaration', 'ExportNamedDeclaration', 'TSImportType'].includes(type))
        .map((node) => node['source'] ?? node['argument'])
        .filter(isNode)
        .map(({ value }) => (typeof value === 'string' && value.startsWith('.') ? value : ''));
      return [path, sources.filter(Boolean).map((source) => posix.join(posix.dirname(path), source))];
    }),
  );
}

/** Groups of files that reach each other, by Tarjan's algorithm. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const index = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (name: string): number => {
    const own = index.size;
    index.set(name, own);
    let lowest = own;
    stack.push(name);
    for (const next of graph.get(name) ?? [])
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, index.get(next) ?? own);
    if (lowest === own) {
      const group = stack.splice(stack.indexOf(name));
      if (group.length > 1) found.push(group.sort().join(' ↔ '));
    }
    return lowest;
  };
  for (const name of graph.keys()) if (!index.has(name)) visit(name);
  return found;
}

function wideFolders(files: readonly SourceFile[]): readonly string[] {
  const sizes = new Map<string, number>();
  for (const { path } of files) sizes.set(posix.dirname(path), (sizes.get(posix.dirname(path)) ?? 0) + 1);
  return [...sizes].filter(([, size]) => size > MAX_FILES_IN_FOLDER).map(([path, size]) => `${path}: ${size} files`);
}

/** Runs the command line in `folder` from the sources; gives the files of src of which a function was called. */
async function filesPassed(folder: string, args: readonly string[]): Promise<readonly string[]> {
  const coverage = await mkdtemp(join(tmpdir(), 'countersign-coverage-'));
  try {
    await run(process.execPath, [join(PROJECT, 'src', 'entry', 'cli.ts'), ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: coverage },
    });
    const reports = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), 'utf8')));
    return [...new Set(reports.flatMap(calledFiles))].sort();
  } finally {
    await rm(coverage, { recursive: true, force: true });
  }
}

function calledFiles(report: string): readonly string[] {
  const { result }: { result: readonly ScriptCoverage[] } = JSON.parse(report);
  const prefix = pathToFileURL(`${PROJECT}/src/`).href;
  return result
    .filter(({ url }) => url.startsWith(prefix))
    .filter(({ functions }) =>
      functions.some(({ functionName, ranges }) => /^\w/.test(functionName) && (ranges[0]?.count ?? 0) > 0),
    )
    .map(({ url }) => url.slice(prefix.length));
}

/** What Node writes below NODE_V8_COVERAGE, one entry a script. */
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { count: number }[] }[];
}

const POLICY = `version: 1
name: house
trust:
  keyrings: [keys/pgp-public.asc]
principals:
  author: { pgp: FINGERPRINT }
  security: { key: keys/key.pub }
stages:
  - { name: author, approvers: author }
  - { name: security, approvers: security, after: author }
`;

const SIGN_SECURITY = ['--stage', 'security', '--signing-method', 'key', '--key-path', 'keys/key.pem'];

/** Files passed by one verification of a file with two approvals, and by one approval of a SIF in a registry. */
async function measuredPaths(): Promise<readonly Count[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-house-'));
  await using registry = await TestRegistry.start();
  const cli = async (...args: readonly string[]) => await filesPassed(folder, args);
  const policy = ['--policy-path', 'policy.yaml'];
  const candidate = `${registry.host}/house/app:candidate`;
  try {
    await cli('key', 'generate', 'keys');
    await cp(join(PROJECT, 'assets', 'demo', 'hello.sif'), join(folder, 'app.sif'));
    await writeFile(join(folder, 'policy.yaml'), POLICY.replace('FINGERPRINT', await fingerprintIn(folder)));
    const author = ['--stage', 'author', '--signing-method', 'pgp', '--key-path', 'keys/pgp-secret.asc'];
    await cli('sign-stage', ...author, ...policy, 'app.sif');
    await cli('push-oras', ...policy, '--up-to-stage', 'author', '--reference', candidate, 'app.sif');
    const approving = await cli('sign-stage', ...SIGN_SECURITY, ...policy, '--subject-name', candidate);
    await cli('sign-stage', ...SIGN_SECURITY, ...policy, 'app.sif');
    const verifying = await cli('verify-all', ...policy, 'app.sif');
    return [
      counted('files that one verification of a file passes', verifying, MAX_FILES_VERIFYING),
      counted('files that one approval in a registry passes', approving, MAX_FILES_APPROVING),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fingerprintIn(folder: string): Promise<string> {
  const cli = join(PROJECT, 'src', 'entry', 'cli.ts');
  const { stdout } = await run(process.execPath, [cli, 'key', 'show', join(folder, 'keys', 'pgp-public.asc')]);
  return /fingerprint\s+([0-9A-F]{40})/.exec(stdout)?.[1] ?? '';
}

function counted(what: string, where: readonly string[], limit = 0): Count {
  return { what, found: where.length, limit, where };
}

/** Every figure that the source alone tells. */
export async function countSource(): Promise<readonly Count[]> {
  const files = (await sourcesBelow('src')).map(parse);
  const long = files.filter(({ text }) => linesOf(text) > MAX_FILE_LINES);
  return [
    { what: 'files', found: files.length },
    { what: 'lines', found: files.reduce((sum, { text }) => sum + linesOf(text), 0) },
    counted(`folders over ${MAX_FILES_IN_FOLDER} files`, wideFolders(files)),
    counted(
      `files over ${MAX_FILE_LINES} lines`,
      long.map(({ path, text }) => `${path} ${linesOf(text)} lines`),
    ),
    counted(`functions over ${MAX_FUNCTION_LINES} lines`, files.flatMap(longFunctions)),
    counted('import cycles, types included', cycles(importGraph(files))),
    counted('exports without documentation', files.flatMap(undocumented)),
    counted('@see without an address', files.flatMap(seeWithoutAddress)),
  ];
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { list: { type: 'boolean' }, 'no-paths': { type: 'boolean' } } });
  const counts = [...(await countSource()), ...(values['no-paths'] ? [] : await measuredPaths())];
  for (const { what, found, limit, where } of counts) {
    const over = limit !== undefined && found > limit;
    const allowed = limit === undefined ? '' : ` (at most ${limit})`;
    process.stdout.write(`${over ? '✗' : '✓'} ${what}: ${found}${allowed}\n`);
    if (values.list && (over || limit === MAX_FILES_VERIFYING || limit === MAX_FILES_APPROVING))
      for (const line of where ?? []) process.stdout.write(`    ${line}\n`);
    if (over) process.exitCode = 1;
  }
}
