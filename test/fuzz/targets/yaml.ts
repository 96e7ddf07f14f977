// SPDX-License-Identifier: Apache-2.0
// Two readers of YAML, one document: what the plain reader reads the library reads alike, to the column.

import { utf8 } from '../../../src/base/bytes.ts';
import { CountersignError } from '../../../src/base/errors.ts';
import type { YamlNode } from '../../../src/policy/yaml/node.ts';
import { readPlainYaml } from '../../../src/policy/yaml/plain.ts';
import { parseAnyYaml } from '../../../src/policy/yaml/yaml.ts';
import { Breach, type Target } from '../engine.ts';
import { filesBelow } from '../seeds.ts';

/** As programs write long lists. */
const TEXTS = [
  `# staff
version: 1
name: "acme images" # as everywhere
principals:
  alice: { pgp: 3F2A7C1109B45D6E8A901B2C3D4E5F60718293A4, x509: [] }
  bob:
    pgp: [9C8B7A695847362514039F8E7D6C5B4A39281706, ABCDEF]

    x509: { anchors: ca/root.pem, san: ['email:*@example.org'] }
stages:
  - name: author
    approvers: [alice, bob]
    threshold: 2
  - { name: security, approvers: { alice: 1 } }
`,
  `allow:
- id: CVE-2026-1
  reason: Jos\u00e9 looked, and
    it cannot be reached

    from outside
  note: "caf\\xE9 \\u00fc, \\
    \\ and more \\t
    here"
- id: 'it''s
    here'
  reason: |
    as it
      stands

  until: 2027-01-31
`,
  '{\n "a": [1, true, null, "b\\n\\u00e9", {}, []],\n\t"c": {"d": -1.5e3}\n}\n',
  '- a\n- b: c\n  d:\n  - e\n  - f: |-\n      g\n\n    h: i\n-\n  j\n',
];

/** Texts of any kind. */
export const plainYamlTarget: Target = {
  name: 'plain-yaml',
  async prepare() {
    const texts = TEXTS.map(utf8);
    return {
      seeds: [...texts, ...texts, ...texts, ...(await filesBelow('policy', '.yaml'))],
      words: [
        ...'a: b - , [ ] { } # | > & * ! ? % @ ` ~ null true yes 0x1 1e3 .5 12:30 2026-01-01 << --- ...'.split(' '),
        '"',
        "'",
        "''",
        '\\',
        '\\x41',
        '\\n',
        '\\\n',
        '\n',
        '\n  ',
        '\r\n',
        '\t',
        ': ',
        ' #',
        '- ',
        '\u00e9',
        '\u3000',
      ],
      check(bytes) {
        const text = Buffer.from(bytes).toString('utf8');
        const plain = readPlainYaml(text, 'p');
        if (plain.kind === 'more') return 'left to the library';
        let other: YamlNode;
        try {
          other = parseAnyYaml(text, 'p');
        } catch (error) {
          if (!(error instanceof CountersignError)) throw error;
          throw new Breach(`read, and the library says: ${error.message}`);
        }
        if (written(plain) !== written(other)) throw new Breach('the library reads something else');
        return 'read';
      },
    };
  },
};

/** Values, places and readings of another YAML, in one form. */
function written(node: YamlNode): string {
  return JSON.stringify(node, (_, value: unknown) => (value instanceof Map ? [...value] : value));
}
