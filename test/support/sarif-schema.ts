// SPDX-License-Identifier: Apache-2.0
// The parts of SARIF 2.1.0 that our documents use, as a JSON schema of our own: nothing else may appear, apart from
// property bags. What a schema cannot say (rules unique, indices right) the tests check themselves.

const text = { type: 'string', minLength: 1 };
const message = object({ text }, ['text']);
const level = { enum: ['none', 'note', 'warning', 'error'] };
const relativeUri = { type: 'string', pattern: "^(?![a-zA-Z][a-zA-Z0-9+.-]*:)(?!/)[\\w.~!$&'()*+,;=@/%-]+$" };
const bag = { type: 'object' };
const instant = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' };

const rule = object(
  {
    id: text,
    shortDescription: message,
    fullDescription: message,
    helpUri: { type: 'string', pattern: '^https://[!-~]+$' },
    help: message,
    defaultConfiguration: object({ level }, ['level']),
    properties: {
      type: 'object',
      required: ['tags'],
      properties: { 'security-severity': { type: 'string', pattern: '^(?:10\\.0|[0-9]\\.[0-9])$' } },
    },
  },
  ['id', 'shortDescription', 'fullDescription', 'help', 'defaultConfiguration'],
);

const location = object(
  {
    physicalLocation: object(
      {
        artifactLocation: object({ uri: relativeUri }, ['uri']),
        region: object({ startLine: { type: 'integer', minimum: 1 } }, ['startLine']),
      },
      ['artifactLocation', 'region'],
    ),
    logicalLocations: { type: 'array', items: object({ fullyQualifiedName: text, kind: text }, []) },
  },
  ['physicalLocation'],
);

const suppression = object(
  {
    kind: { enum: ['inSource', 'external'] },
    status: { enum: ['accepted', 'underReview', 'rejected'] },
    justification: text,
  },
  ['kind'],
);

const result = object(
  {
    ruleId: text,
    ruleIndex: { type: 'integer', minimum: 0 },
    level,
    message,
    locations: { type: 'array', minItems: 1, items: location },
    partialFingerprints: { type: 'object', minProperties: 1, additionalProperties: text },
    suppressions: { type: 'array', items: suppression, uniqueItems: true },
    properties: bag,
  },
  ['ruleId', 'ruleIndex', 'level', 'message', 'locations', 'suppressions'],
);

const invocation = object(
  {
    executionSuccessful: { type: 'boolean' },
    endTimeUtc: instant,
    toolExecutionNotifications: { type: 'array', items: object({ level, message }, ['message']) },
  },
  ['executionSuccessful'],
);

const run = object(
  {
    tool: object(
      {
        driver: object({ name: text, semanticVersion: text, rules: { type: 'array', items: rule } }, ['name']),
      },
      ['driver'],
    ),
    invocations: { type: 'array', items: invocation },
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    results: { type: 'array', items: result, maxItems: 25_000 },
  },
  ['tool', 'results'],
);

/** @see SARIF 2.1.0 errata 01 */
export const SARIF_SCHEMA = object(
  {
    $schema: { const: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json' },
    version: { const: '2.1.0' },
    runs: { type: 'array', minItems: 1, maxItems: 20, items: run },
  },
  ['$schema', 'version', 'runs'],
);

function object(properties: object, required: readonly string[]): object {
  return { type: 'object', properties, required, additionalProperties: false };
}
