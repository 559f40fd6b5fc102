/** Choosing an answer's format by what the client accepts (RFC 9110, 12.5.1). */

interface Offer {
  readonly name: string;
  readonly type: string;
}

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** The `format` parameter, which tells formats of one type apart. */
  readonly format: string | undefined;
  readonly quality: number;
}

function rangeOf(text: string): MediaRange | undefined {
  const [range, ...parameters] = text.split(';').map((part) => part.trim());
  const match = /^([^\s/]+)\/([^\s/]+)$/.exec((range ?? '').toLowerCase());
  if (!match) return undefined;
  const named = new Map(
    parameters.map((parameter) => {
      const [name, value = ''] = parameter.split('=');
      return [(name as string).trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')] as const;
    }),
  );
  const quality = Number(named.get('q') ?? 1);
  return {
    type: match[1] as string,
    subtype: match[2] as string,
    format: named.get('format'),
    quality: quality >= 0 && quality <= 1 ? quality : 0,
  };
}

/** How exactly a range names an offer: 0 for not at all. */
function exactness({ type, subtype, format }: MediaRange, offer: Offer): number {
  const [offered, sub] = offer.type.split('/');
  if (format !== undefined && format !== offer.name) return 0;
  if (type === '*' && subtype === '*') return 1;
  if (type !== offered) return 0;
  if (subtype === '*') return 2;
  return subtype === sub ? (format === undefined ? 3 : 4) : 0;
}

/**
 * The offer that a client likes best; of equally liked ones the first. Each offer counts by the range that names it most exactly.
 * @param accept the header's text; none takes everything.
 * @returns undefined if it accepts no offer.
 */
export function acceptedOffer<T extends Offer>(accept: string | undefined, offers: readonly T[]): T | undefined {
  const ranges = (accept ?? '*/*').split(',').flatMap((text) => rangeOf(text) ?? []);
  let best: { readonly offer: T; readonly quality: number } | undefined;
  for (const offer of offers) {
    const range = ranges
      .filter((each) => exactness(each, offer) > 0)
      .sort((a, b) => exactness(b, offer) - exactness(a, offer))[0];
    if (range && range.quality > (best?.quality ?? 0)) best = { offer, quality: range.quality };
  }
  return best?.offer;
}
