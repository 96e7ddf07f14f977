// SPDX-License-Identifier: Apache-2.0
// Configurations of podman as others write them, and as they should not: HOST, REPO, PORTLESS and KEY stand for the
// registry, the repository in it, the wildcard of its host, and the file with the key that signed the image.

const GOOD = '{"type":"sigstoreSigned","keyPath":"KEY","signedIdentity":{"type":"matchRepository"}}';
const REJECT = '{"type":"reject"}';

/** A file that rejects everything but what this scope of a transport says. */
function scoped(transport: string, scope: string, ...requirements: readonly string[]): string {
  return `{"default":[${REJECT}],"transports":{"${transport}":{${JSON.stringify(scope)}:[${requirements.join(',')}]}}}`;
}

/** A good file with something of another place, another transport or another requirement in it. */
function beside(transport: string, scope: string, requirement = REJECT): string {
  const other = `"${transport}":{${JSON.stringify(scope)}:[${requirement}]`;
  const good = `"REPO":[${GOOD}]`;
  const scopes = transport === 'docker' ? `${other},${good}}` : `${other}},"docker":{${good}}`;
  return `{"default":[${REJECT}],"transports":{${scopes}}}`;
}

function sigstore(members: string): string {
  return scoped('docker', 'REPO', `{"type":"sigstoreSigned",${members},"signedIdentity":{"type":"matchRepository"}}`);
}

const ID = 'a'.repeat(64);

/** Texts of policy.json. */
export const FOREIGN_POLICIES: readonly string[] = [
  // Which scope counts.
  ...['REPO', 'HOST', 'HOST/team', 'PORTLESS', '*.1', '', 'REPO:v1', 'REPO:latest', 'HOST/tea', '*.HOST', '*'].map(
    (scope) => scoped('docker', scope, GOOD),
  ),
  scoped('docker', 'REPO', GOOD, GOOD),
  scoped('docker', 'REPO', GOOD, REJECT),
  scoped('docker', 'REPO', '{"type":"insecureAcceptAnything"}'),
  scoped('docker', 'REPO', '{"type":"signedBaseLayer","baseLayerIdentity":{"type":"matchExact"}}'),
  scoped('docker', 'REPO', GOOD, '{"type":"signedBy","keyType":"signedByGPGKeys","keyPath":"KEY"}'),
  `{"default":[${GOOD}]}`,
  `{"default":[${GOOD}],"transports":{}}`,
  // The form of the file.
  '',
  'null',
  '{}',
  '[]',
  `{"default":[${GOOD}],}`,
  `{"default":[${GOOD}]} {}`,
  `\ufeff{"default":[${GOOD}]}`,
  `// policy\n{"default":[${GOOD}]}`,
  `{"default":[${GOOD}],"default":[${REJECT}]}`,
  `{"Default":[${GOOD}]}`,
  `{"default":[${GOOD}],"transports":null}`,
  `{"default":[${GOOD}],"transports":{"docker":null}}`,
  `{"default":[${GOOD}],"transports":{"docker":{"a":[]}}}`,
  `{"default":[${GOOD}],"transports":{"docker":{"a":[null]}}}`,
  `{"default":[${GOOD}],"comment":"mine"}`,
  `\n\t {"default":\r\n[${GOOD}]}\n`,
  // Malformed requirements elsewhere.
  ...[
    '{"type":"signedBy","keyType":"foo","keyPath":"/k"}',
    '{"type":"signedBy","keyType":"GPGKeys"}',
    '{"type":"signedBy","keyType":"GPGKeys","keyPath":null}',
    '{"type":"signedBy","keyType":"GPGKeys","keyPath":"/k","keyData":"AAAA"}',
    '{"type":"signedBy","keyType":"GPGKeys","keyPaths":[]}',
    '{"type":"signedBy","keyType":"X509Certificates","keyPath":"/k"}',
    '{"type":"signedBy","keyPath":"/k"}',
    '{"type":"sigstoreSigned","fulcio":{},"rekorPublicKeyPath":"/r"}',
    '{"type":"sigstoreSigned","fulcio":null,"keyPath":"/k"}',
    '{"type":"sigstoreSigned","fulcio":{"caPath":"/c","oidcIssuer":"i","subjectEmail":"e"}}',
    '{"type":"sigstoreSigned","fulcio":{"caPath":"/c","oidcIssuer":"i","subjectEmail":"e"},"rekorPublicKeyPath":"/r"}',
    '{"type":"sigstoreSigned","keyPaths":[]}',
    '{"type":"sigstoreSigned","keyPaths":null}',
    '{"type":"sigstoreSigned","keyData":"A"}',
    '{"type":"sigstoreSigned","pki":{"caRootsPath":"/r","subjectEmail":"e"},"rekorPublicKeyPath":"/r"}',
    '{"type":"sigstoreSigned","pki":{"caRootsPath":"/r","subjectEmail":""}}',
    '{"type":"sigstoreSigned","keyPath":"/k","signedIdentity":null}',
    '{"type":"sigstoreSigned","keyPath":"/k","signedIdentity":{"type":"exactReference","dockerReference":"a/b"}}',
    '{"type":"sigstoreSigned","keyPath":"/k","signedIdentity":{"type":"exactRepository","dockerRepository":"A/b"}}',
    '{"type":"sigstoreSigned","keyPath":"/k","signedIdentity":{"type":"remapIdentity","prefix":"a/","signedPrefix":"b"}}',
    '{"type":"sigstoreSigned","keyPath":"/k","signedIdentity":{"type":"remapIdentity","prefix":"a"}}',
    '{"type":"signedBaseLayer"}',
    '{"type":"reject","keyPath":"/k"}',
    '{"Type":"reject"}',
    '{"type":"new"}',
  ].map((requirement) => beside('docker', 'elsewhere.example', requirement)),
  // Scopes of other transports.
  ...(
    [
      ['dir', '/srv'],
      ['dir', 'srv'],
      ['dir', '/srv/'],
      ['oci', '/srv/../etc'],
      ['oci-archive', '/'],
      ['docker-archive', '/srv/a.tar'],
      ['docker-archive', ''],
      ['tarball', 'x'],
      ['docker-daemon', `sha256:${ID}`],
      ['docker-daemon', 'docker.io/library/x:latest'],
      ['atomic', 'host/namespace/stream:tag'],
      ['atomic', 'host/a/b/c'],
      ['containers-storage', '[overlay@/var/lib]'],
      ['containers-storage', 'docker.io/library/x'],
      ['containers-storage', `[/var]x@${ID}`],
      ['ostree', 'anything'],
      ['unknown', 'anything'],
    ] as const
  ).map(([transport, scope]) => beside(transport, scope)),
  // Sources of keys.
  ...[
    '"keyPath":"KEY","keyData":null',
    '"keyPath":"","keyPaths":["KEY"]',
    '"keyPath":null,"keyDatas":["DATA"]',
    '"keyPath":"KEY","rekorPublicKeyPath":null',
    '"keyPath":"KEY","rekorPublicKeyPath":""',
    '"keyData":"DATA"',
    '"keyData":"LINES"',
    '"keyData":" DATA"',
    '"keyDatas":[null]',
    '"keyDatas":["DATA",null]',
    '"keyPaths":["KEY","OTHER"]',
    '"keyPath":"OTHER"',
    '"keyPath":"DER"',
    '"keyPath":"LATER"',
    '"keyPath":"KEY","keyPaths":["KEY"]',
  ].map(sigstore),
  // Identities.
  ...[
    '{"type":"matchExact"}',
    '{"type":"exactRepository","dockerRepository":"REPO"}',
    '{"type":"exactRepository","dockerRepository":"REPO:any"}',
    '{"type":"remapIdentity","prefix":"HOST","signedPrefix":"HOST"}',
    '{"type":"remapIdentity","prefix":"HOST/team","signedPrefix":"team"}',
  ].map((identity) =>
    scoped('docker', 'REPO', `{"type":"sigstoreSigned","keyPath":"KEY","signedIdentity":${identity}}`),
  ),
];

const ON = 'use-sigstore-attachments: true';

/** The files of registries.d, as texts. */
export const FOREIGN_REGISTRIES: readonly (readonly string[])[] = [
  ...['REPO', 'HOST', 'HOST/team', 'PORTLESS', 'REPO:v1', 'REPO:latest', '', 'HOST/tea'].map((place) => [
    `docker:\n  "${place}":\n    ${ON}\n`,
  ]),
  ...[
    'true',
    'True',
    'yes',
    'Yes',
    'on',
    'y',
    '"yes"',
    "'on'",
    '"true"',
    'no',
    'false',
    'oN',
    'null',
    '~',
    '1',
    '[]',
    '!!bool true',
  ].map((value) => [`docker:\n  HOST:\n    use-sigstore-attachments: ${value}\n`]),
  [`default-docker:\n  ${ON}\n`],
  [`default-docker: { ${ON} }`],
  [`default-docker:\n  ${ON}\n`, ''],
  [`default-docker:\n  ${ON}\n`, '# nothing\n'],
  [`default-docker:\n  ${ON}\n`, 'null\n'],
  [`default-docker:\n  ${ON}\n`, '---\n'],
  [`default-docker:\n  ${ON}\n`, 'default-docker:\n'],
  [`default-docker:\n  ${ON}\n`, 'default-docker: {}\n'],
  [`default-docker:\n  ${ON}\n`, 'docker: { HOST: {} }\n'],
  [`default-docker:\n  ${ON}\n`, 'docker: { HOST: ~ }\n'],
  [`default-docker:\n  ${ON}\n`, 'docker: { HOST: 5 }\n'],
  [`default-docker:\n  ${ON}\n`, 'docker: []\n'],
  [`default-docker:\n  ${ON}\n`, '[]\n'],
  [`default-docker:\n  ${ON}\n`, 'other: [1, 2\n'],
  [`default-docker:\n  ${ON}\n`, 'other: { a: 1, a: 2 }\n'],
  [`default-docker:\n  ${ON}\n`, 'docker:\n  HOST:\n    lookaside: [x]\n'],
  [`default-docker:\n  ${ON}\n`, 'docker:\n  HOST:\n    lookaside-staging: file:///srv\n'],
  [`default-docker:\n  ${ON}\n`, 'docker:\n  HOST:\n    lookaside: file:///nonexistent/folder\n'],
  [`default-docker:\n  ${ON}\n`, 'docker:\n  HOST:\n    lookaside: /srv/without/scheme\n'],
  [`default-docker:\n  ${ON}\n`, 'docker:\n  HOST:\n    sigstore: http://127.0.0.1:1/\n'],
  [`docker:\n  HOST: { ${ON} }\n`, 'docker:\n  HOST: { }\n'],
  [`docker:\n  HOST: { ${ON} }\n`, `docker:\n  REPO: { use-sigstore-attachments: no }\n`],
  [`docker:\n  HOST: { ${ON} }\n  HOST: { ${ON} }\n`],
  [`docker:\n  HOST:\n    ${ON}\n    ${ON}\n`],
  [`on: &on\n  ${ON}\ndocker:\n  HOST: *on\n`],
  [`on: &on true\ndocker:\n  HOST:\n    use-sigstore-attachments: *on\n`],
  [`on: &on { ${ON} }\ndocker:\n  HOST:\n    <<: *on\n`],
  [`docker:\n  HOST:\n    use-sigstore-attachments: *on\n`],
  [`docker:\n  HOST:\n    ${ON}\n---\ndocker: {}\n`],
  [`docker:\n\tHOST:\n\t\t${ON}\n`],
  [`%YAML 1.1\n---\ndocker:\n  HOST:\n    ${ON}\n`],
  [`{"docker":{"HOST":{"use-sigstore-attachments":true}}}`],
  [`docker:\r\n  HOST:\r\n    ${ON}\r\n`],
  [`docker:\n  HOST:\n    Use-Sigstore-Attachments: true\n`],
  [`docker:\n  HOST:\n    ${ON} # as needed\n    unknown: !thing x\n`],
];
