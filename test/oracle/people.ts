// SPDX-License-Identifier: Apache-2.0
// The oracle's first half: who the signers are, as docs/policy.md says it.

import { createHash } from 'node:crypto';
import {
  type Credential,
  type Image,
  type Layer,
  type Named,
  type Rules,
  type Who,
  ownStatement,
  sameAs,
  fits,
  workflowOf,
} from './material.ts';
import { objectsOf } from './objects.ts';

/** When something was signed, as far as that is known. */
type Made = Pick<Layer, 'proven' | 'approval' | 'signedAt' | 'signer'>;

/** Who is who on an image, and what was replaced. */
export class People {
  readonly rules: Rules;
  readonly image: Image;
  readonly now: number;

  constructor(rules: Rules, image: Image, now: number) {
    this.rules = rules;
    this.image = image;
    this.now = now;
  }

  /** "A principal": whoever one of the credentials fits. */
  isPrincipal(who: Who, name: string, at?: Made): boolean {
    const credentials = this.rules.principals.find((one) => one.name === name)?.credentials ?? [];
    return credentials.some((credential) => {
      if (at && !this.isOpen(credential, at)) return false;
      if (credential.method !== who.method) return false;
      if (credential.method === 'pgp') return credential.fingerprint === who.fingerprint;
      if (credential.method === 'key') return credential.hint === who.hint;
      if (credential.method === 'sigstore') return this.isJob(credential, who);
      return this.namesFitting(credential, who).length > 0;
    });
  }

  /**
   * "Proven to be from then": the proven time with its error lies inside, without one the present; and what the signer
   * states lies inside too.
   */
  isOpen({ window }: Credential, { proven, approval, signedAt, signer }: Made): boolean {
    const stated = approval?.timeVerified ?? signedAt;
    const logged = signer?.method === 'sigstore' && signer.provenAt ? Date.parse(signer.provenAt) : this.now;
    const times = proven ? [proven.time.getTime() - proven.accuracyMs, proven.latest.getTime()] : [logged];
    if (stated !== null) times.push(Date.parse(stated));
    const tooEarly = window?.from !== undefined && Math.min(...times) < window.from;
    const tooLate = window?.until !== undefined && Math.max(...times) >= window.until;
    return !tooEarly && !tooLate;
  }

  /** A keyless signer: issuer and every claim asked for, and never a job whose repository is not asked for. */
  isJob(credential: Credential, { issuer, san = [], claims = {} }: Who): boolean {
    const asked = Object.entries(credential.claims ?? {});
    const bound = asked.some(([claim]) => claim.startsWith('sourceRepository') && /Uri$|ryIdentifier$/.test(claim));
    const job = claims['sourceRepositoryUri'] !== undefined || claims['sourceRepositoryIdentifier'] !== undefined;
    const names = credential.san ?? [];
    return (
      issuer === credential.issuer &&
      (names.length === 0 || san.some((name) => names.some((pattern) => fits(pattern, name)))) &&
      asked.every(([claim, values = []]) => values.includes(claims[claim] ?? '')) &&
      (bound || !job)
    );
  }

  namesFitting(credential: Credential, who: Who): readonly string[] {
    if (!(credential.anchors ?? []).some((anchor) => who.anchors?.includes(anchor))) return [];
    if (credential.any) return [...(who.san ?? []), who.subject ?? ''].filter((name) => name !== '');
    return (who.san ?? []).filter((san) => credential.san?.some((pattern) => fits(pattern, san)));
  }

  /** "What identifies a person": the key, the OpenPGP key, the names by which the policy recognises somebody. */
  person(who: Who): readonly string[] {
    const found = [`key:${who.hint}`];
    if (who.fingerprint !== undefined) found.push(`pgp:${who.fingerprint}`);
    if (who.method === 'x509')
      for (const principal of this.rules.principals)
        for (const credential of principal.credentials)
          if (credential.method === 'x509') found.push(...this.namesOf(principal, credential, who));
    for (const { name, credentials } of who.method === 'sigstore' ? this.rules.principals : [])
      for (const credential of credentials)
        if (credential.method === 'sigstore' && this.isJob(credential, who)) {
          const asked = credential.claims?.['deploymentEnvironment'] !== undefined;
          found.push(`job:${name}:${JSON.stringify(workflowOf(who, asked))}`);
        }
    for (const { login, id } of who.reviewers ?? []) {
      found.push(`reviewer:${id}`);
      for (const { name, githubUsers = [] } of this.rules.principals)
        if (githubUsers.includes(id) || githubUsers.includes(login)) found.push(`principal:${name}`);
    }
    return found;
  }

  /** "Of a principal that stands for many, all names; then one name is one person whatever else the policy says." */
  namesOf(principal: Rules['principals'][number], credential: Credential, who: Who): readonly string[] {
    const fitting = this.namesFitting(credential, who).map((name) => name.toLowerCase());
    if (fitting.length === 0) return [];
    const all = [...(who.san ?? []), who.subject ?? ''].filter((name) => name !== '').map((name) => name.toLowerCase());
    const names = principal.many ? all : fitting;
    const some = this.rules.principals.some(({ many }) => many);
    return names.flatMap((name) => [`name:${principal.name}:${name}`, ...(some ? [`anybody:${name}`] : [])]);
  }

  /** What somebody uses up who approves as this principal. */
  usesAs(name: string, who: Who): ReadonlySet<string> {
    const stands = this.rules.principals.find((one) => one.name === name)?.many;
    const own = this.rules.principals.filter((one) => !one.many && this.isPrincipal(who, one.name));
    const principals = stands ? own.map((one) => one.name) : [name];
    return new Set([...principals.map((one) => `principal:${one}`), ...this.person(who)]);
  }

  /** Whether somebody who signs anew as this principal is who signed before. */
  isSame(name: string, one: Who | null, other: Who | null): boolean {
    if (!this.rules.principals.find((each) => each.name === name)?.many) return true;
    return one !== null && other !== null && this.person(one).some((use) => this.person(other).includes(use));
  }

  /** How many of whom a stage needs. */
  quorums(
    stage: Rules['stages'][number],
  ): readonly { readonly approvers: readonly string[]; readonly needed: number }[] {
    return stage.quorums ?? [{ approvers: stage.approvers, needed: stage.threshold }];
  }

  /** "With a single approver." */
  hasOneApprover(name: string): boolean {
    const approvers = this.approvers(name) ?? [];
    return approvers.length === 1 && !this.rules.principals.some((one) => one.many && approvers.includes(one.name));
  }

  /** "Valid, by its own signer, who is a principal." */
  counted(layer: Layer): boolean {
    if (layer.signature !== 'valid' || !layer.signer || layer.kind === 'native-legacy') return false;
    if (layer.granted) return ownStatement(layer) && this.givers(layer).length > 0;
    return (
      ownStatement(layer) &&
      this.rules.principals.some(({ name }) => layer.signer && this.isPrincipal(layer.signer, name, layer))
    );
  }

  /** Principals behind what is valid, or was until it ended. */
  behind({ signature, signer, reasons }: Pick<Layer, 'signature' | 'signer' | 'reasons'>): readonly string[] {
    const ends =
      /^PGP_(KEY|SIGNATURE)_EXPIRED$|^PGP_KEY_(RETIRED|REVOKED)$|_DENIED$|^(APPROVAL_WITHDRAWN|CREDENTIAL_OUTSIDE_WINDOW)$/;
    const ended = reasons.length > 0 && reasons.every(({ code }) => ends.test(code));
    const aged = signature === 'untrusted' && (signer?.method === 'x509' || ended);
    if (!signer || (signature !== 'valid' && !aged)) return [];
    return this.rules.principals.map(({ name }) => name).filter((name) => this.isPrincipal(signer, name));
  }

  /** Who, as which principal, vouches for the signer of an approval in a way that the policy allows. */
  givers({ approval, signer, proven }: Layer): readonly { readonly who: Who; readonly name: string }[] {
    const stage = this.rules.stages.find(({ name }) => name === approval?.stage);
    const time = proven ? Math.min(this.now, proven.latest.getTime()) : this.now;
    return (this.image.evidence ?? []).flatMap((paper) => {
      const { predicate: grant } = JSON.parse(Buffer.from(paper.statement ?? Buffer.from('{}')).toString()) as {
        predicate?: {
          publicKey: string;
          stages: readonly string[];
          stageIds: readonly string[];
          from: string;
          until: string;
        };
      };
      const { signer: giver } = paper;
      const holds =
        paper.predicateType === 'urn:countersign:grant:v1' &&
        paper.signature === 'valid' &&
        !paper.contradicted &&
        objectsOf(this.rules, this.image, approval?.stage).every((id) => paper.covers.includes(id)) &&
        objectsOf(this.rules, this.image, approval?.stage).length > 0 &&
        grant !== undefined &&
        createHash('sha256').update(Buffer.from(grant.publicKey, 'base64')).digest('base64') === signer?.hint &&
        grant.stages.some((name, index) => name === stage?.name && grant.stageIds[index] === stage.id) &&
        !paper.withdrawn &&
        Date.parse(grant.from) <= time + 300_000 &&
        Date.parse(grant.until) > time;
      if (!holds || !giver) return [];
      const able = (stage?.grantors ?? []).filter(
        (name) =>
          stage?.approvers.includes(name) &&
          this.isPrincipal(giver, name, {
            ...(paper.proven ? { proven: paper.proven } : {}),
            approval: null,
            signedAt: null,
            signer: giver,
          }),
      );
      return able.map((name) => ({ who: giver, name }));
    });
  }

  /** What is used up of whom, where a principal may approve with this layer; of a grant also what its giver has. */
  usesOf(layer: Layer, principal: string): readonly ReadonlySet<string>[] {
    const { signer } = layer;
    if (!signer) return [];
    if (!layer.granted) return this.isPrincipal(signer, principal, layer) ? [this.usesAs(principal, signer)] : [];
    const givers = this.givers(layer).filter(({ name }) => name === principal);
    return givers.map(({ who }) => new Set([...this.usesAs(principal, who), `key:${signer.hint}`]));
  }

  covers(layer: Layer, stage = layer.approval?.stage): boolean {
    const about = objectsOf(this.rules, this.image, stage);
    return about.length > 0 && !layer.contradicted && about.every((id) => layer.covers.includes(id));
  }

  approvers(stage: string | null): readonly string[] | undefined {
    return this.rules.stages.find(({ name }) => name === stage)?.approvers;
  }

  mayApprove(layer: Layer, stage: string): boolean {
    const names = this.approvers(stage) ?? this.rules.principals.map(({ name }) => name);
    return names.some((name) =>
      layer.granted
        ? this.givers(layer).some((giver) => giver.name === name)
        : layer.signer && this.isPrincipal(layer.signer, name, layer),
    );
  }

  /** "An approval is replaced" by one of an approver of its stage that names it. */
  replaced(stage: string | null, isIt: (digest: string, signer: Named) => boolean): boolean {
    return this.image.layers.some(
      (by) =>
        by.approval !== null &&
        by.approval.stage === stage &&
        this.counted(by) &&
        this.covers(by) &&
        this.mayApprove(by, by.approval.stage) &&
        (this.rules.stages.find(({ name }) => name === stage)?.id ?? by.approval.verifierId) ===
          by.approval.verifierId &&
        by.approval.replaces.some(({ digest, signer }) => isIt(digest, signer)),
    );
  }

  isReplaced(layer: Layer): boolean {
    const stage = layer.approval?.stage ?? null;
    return this.replaced(stage, (digest, signer) => digest === layer.digest && sameAs(layer.signer, signer));
  }
}
