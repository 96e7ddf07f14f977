// SPDX-License-Identifier: Apache-2.0
// Does an SBOM name a component that the policy denies? What cannot be compared with a denied range counts as in it.

import type { JsonObject } from '../../base/json.ts';
import { denialText } from '../../findings/denial.ts';
import { componentsIn, isMeantBy, type PackageUrl, parsePurl, type PurlComponent } from '../../findings/packages.ts';
import { isAmong } from '../../findings/versions.ts';
import type { Policy } from '../document/model.ts';

/** Components that a message names, at most. */
const NAMED = 5;

/** The first denied components that an SBOM names, and why they are denied; undefined when there is none. */
export function deniedComponents(predicate: JsonObject, { deny }: Pick<Policy, 'deny'>): string | undefined {
  const denials = deny.flatMap((denial) => (denial.what.of === 'component' ? [{ denial, what: denial.what }] : []));
  if (denials.length === 0) return undefined;
  // Each is read once: an SBOM names tens of thousands, and a policy may deny as many.
  const components = Map.groupBy(componentsIn(predicate) ?? [], ({ purl }) => familyOf(parsePurl(purl)));
  const found = denials.flatMap(({ denial, what }) => {
    const wanted = parsePurl(what.purl);
    return (wanted ? (components.get(familyOf(wanted)) ?? []) : []).flatMap((component) => {
      if (!wanted || !isMeantBy(wanted, component.purl)) return [];
      const how = matching(component, what.versions, wanted.type);
      return how === undefined ? [] : [`${component.purl.slice(0, 200)}${how} ${denialText(denial)}`];
    });
  });
  const texts = [...new Set(found)];
  if (texts.length === 0) return undefined;
  return texts.length > NAMED
    ? `${texts.slice(0, NAMED).join('; ')}; and ${texts.length - NAMED} more`
    : texts.join('; ');
}

/** What two package URLs have in common of which one may mean the other. */
function familyOf(purl: PackageUrl | undefined): string {
  return purl ? `${purl.type}/${purl.path.toLowerCase()}` : '';
}

/** How it is meant, as an addition to its name; undefined when it is not. */
function matching(
  { purl, version: stated }: PurlComponent,
  versions: Extract<Policy['deny'][number]['what'], { readonly of: 'component' }>['versions'],
  type: string,
): string | undefined {
  if (versions === undefined) return '';
  const version = parsePurl(purl)?.version ?? stated ?? undefined;
  if (version === undefined) return ', which says no version,';
  const answer = isAmong(version, versions, type);
  if (answer === undefined) return `, whose version ${JSON.stringify(version.slice(0, 60))} cannot be compared,`;
  return answer ? '' : undefined;
}
