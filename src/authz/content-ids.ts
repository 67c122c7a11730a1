/** Small numbers for conditions and coverages: the same for the same content. */
import type { Coverage } from './coverage.ts';
import type { Filter } from './filter.ts';

export class ContentIds {
  private readonly byContent = new Map<string, number>();
  private readonly known = new Map<Filter | Coverage, number>();

  /** 0 for none. */
  of(value: Filter | Coverage | null): number {
    if (value === null) return 0;
    const known = this.known.get(value);
    if (known !== undefined) return known;
    const content = 'spans' in value ? contentOf(value) : JSON.stringify(value);
    const id = this.byContent.get(content) ?? this.byContent.size + 1;
    this.byContent.set(content, id);
    this.known.set(value, id);
    return id;
  }

  /** Of all coverages but the one at a place. */
  all(coverages: readonly (Coverage | null)[], except: number): string {
    return coverages.map((one, place) => (place === except ? '' : this.of(one))).join();
  }
}

function contentOf({ any, blank, spans, strangers }: Coverage): string {
  return `${any} ${blank} ${spans.join()} ${JSON.stringify([...strangers].sort())}`;
}
