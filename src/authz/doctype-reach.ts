/** What single grants and shares reach of all documents of one doctype. */
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant, CompiledRule } from './compiled-grant.ts';
import type { Coverage } from './coverage.ts';
import { type DocumentGroup, DocumentGroups } from './document-groups.ts';
import { coveragesOf } from './group-marks.ts';
import { heldScopes } from './held-scope.ts';
import { sharesOf } from './holdings.ts';
import type { Principal } from './principal.ts';
import { givingOfShare, type RightsPart, rightsOn } from './rights.ts';
import type { Share } from './world.ts';

/** A grant or a share, as something of which a person may have several. */
export type Giver =
  | { readonly kind: 'grant'; readonly grant: CompiledGrant }
  | { readonly kind: 'share'; readonly share: Share };

/** Somebody with all the grants that they hold. */
export type Holder = { readonly principal: Principal; readonly grants: readonly CompiledGrant[] };

/** What a rule asks of a document under one grant. */
type Test = { readonly rule: CompiledRule; readonly coverages: readonly (Coverage | null)[] };

export class DoctypeReach {
  readonly doctype: CompiledDoctype;
  /** By the place that their marks stand at. */
  readonly groups: readonly DocumentGroup[];
  /** All rights that matter on the doctype, word by word. */
  readonly parts: readonly RightsPart[];
  private readonly world: CompiledWorld;
  private readonly indexed: DocumentGroups;
  private readonly tests = new Map<CompiledGrant, readonly Test[]>();
  private readonly known = new Map<CompiledRule, readonly number[]>();

  constructor(world: CompiledWorld, doctype: CompiledDoctype, groups: readonly DocumentGroup[]) {
    this.world = world;
    this.doctype = doctype;
    this.indexed = new DocumentGroups(doctype, groups);
    this.groups = this.indexed.groups;
    this.parts = rightsOn(world, doctype);
  }

  /** All by which the person may come to documents of the doctype: these grants, and shares. */
  giversOf(principal: Principal, grants: readonly CompiledGrant[], now: number): Giver[] {
    const opening = grants.filter((grant) => this.testsOf(grant).length > 0);
    return [
      ...opening.map((grant) => ({ kind: 'grant' as const, grant })),
      ...sharesOf(this.world, principal, this.doctype.name, now).map((share) => ({
        kind: 'share' as const,
        share,
      })),
    ];
  }

  /** By group, the rights of a part that this one alone would give `me`. Into what is empty. */
  mark(giver: Giver, part: number, me: string, into: Int32Array): void {
    const rights = this.parts[part] as RightsPart;
    if (giver.kind === 'share') {
      const bits = rights.bitsOf(givingOfShare(giver.share));
      this.indexed.markNamed(giver.share.document, bits, into);
      return;
    }
    for (const { rule, coverages } of this.testsOf(giver.grant)) {
      const bits = this.bitsOf(rule)[part] as number;
      if (bits !== 0) this.indexed.mark({ coverages, when: rule.source.when }, bits, me, into);
    }
  }

  /** Rules by which the grant reaches documents of the doctype at all. */
  private testsOf(grant: CompiledGrant): readonly Test[] {
    const known = this.tests.get(grant);
    if (known) return known;
    const rules = this.world.rules.get(grant.source.role)?.get(this.doctype.name) ?? [];
    const [scope] = rules.length > 0 ? heldScopes([grant], this.world.profiles.slots) : [];
    const tests = rules.flatMap((rule) => {
      const coverages = scope ? coveragesOf(scope, rule, this.doctype) : null;
      return coverages ? [{ rule, coverages }] : [];
    });
    this.tests.set(grant, tests);
    return tests;
  }

  private bitsOf(rule: CompiledRule): readonly number[] {
    const known = this.known.get(rule);
    if (known) return known;
    const bits = this.parts.map((part) => part.bitsOf(rule));
    this.known.set(rule, bits);
    return bits;
  }
}
