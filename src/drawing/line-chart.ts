/** Line charts as SVG. */

export interface ChartSeries {
  readonly label: string;
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn thin and pale, behind the others. */
  readonly faint?: boolean;
  /** Whether each point gets a dot. */
  readonly markers?: boolean;
}

export interface ChartOptions {
  readonly title: string;
  /** What the axes show. */
  readonly x: string;
  readonly y: string;
  /** Whether the y axis begins at 0. */
  readonly fromZero?: boolean;
  readonly series: readonly ChartSeries[];
}

const WIDTH = 860;
const HEIGHT = 460;
const MARGIN = { left: 76, right: 24, top: 64, bottom: 56 };
const INK = '#1f2430';
const FAINT_INK = '#5b6270';
const GRID = '#e4e7ec';
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, DejaVu Sans, sans-serif"';
/** Rough width of a letter at the legend's size, in pixels. */
const LETTER = 7;

/** A chart of 860 x 460 pixels on white; points that are not finite are left out. */
export function lineChart({ title, x, y, fromZero = false, series }: ChartOptions): string {
  const drawn = series
    .map((each) => ({ ...each, points: each.points.filter((point) => point.every(Number.isFinite)) }))
    .filter(({ points }) => points.length > 0);
  const points = drawn.flatMap((each) => each.points);
  const xScale = scaleFor(
    points.map((point) => point[0]),
    [MARGIN.left, WIDTH - MARGIN.right],
    true,
    8,
  );
  const yScale = scaleFor(
    points.map((point) => point[1]),
    [HEIGHT - MARGIN.bottom, MARGIN.top],
    fromZero,
    6,
  );
  const behind = drawn.filter(({ faint }) => faint);
  const before = drawn.filter(({ faint }) => !faint);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${FONT} font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${MARGIN.left}" y="28" font-size="17" font-weight="600" fill="${INK}">${escapeXml(title)}</text>`,
    ...yScale.ticks.map(
      (tick) =>
        `<path d="M${MARGIN.left} ${round(yScale.at(tick))}H${WIDTH - MARGIN.right}" stroke="${GRID}"/>` +
        `<text x="${MARGIN.left - 8}" y="${round(yScale.at(tick) + 4)}" text-anchor="end" fill="${FAINT_INK}">${label(tick, yScale.step)}</text>`,
    ),
    ...xScale.ticks.map(
      (tick) =>
        `<path d="M${round(xScale.at(tick))} ${HEIGHT - MARGIN.bottom}v5" stroke="${FAINT_INK}"/>` +
        `<text x="${round(xScale.at(tick))}" y="${HEIGHT - MARGIN.bottom + 20}" text-anchor="middle" fill="${FAINT_INK}">${label(tick, xScale.step)}</text>`,
    ),
    `<path d="M${MARGIN.left} ${HEIGHT - MARGIN.bottom}H${WIDTH - MARGIN.right}" stroke="${FAINT_INK}"/>`,
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 14}" text-anchor="middle" fill="${INK}">${escapeXml(x)}</text>`,
    `<text transform="translate(18 ${(MARGIN.top + HEIGHT - MARGIN.bottom) / 2}) rotate(-90)" text-anchor="middle" fill="${INK}">${escapeXml(y)}</text>`,
    ...[...behind, ...before].map((each) => line(each, xScale.at, yScale.at)),
    ...legend(drawn),
    '</svg>',
    '',
  ].join('\n');
}

function line(
  { points, color, faint, markers }: ChartSeries,
  x: (v: number) => number,
  y: (v: number) => number,
): string {
  const path = points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${round(x(px))} ${round(y(py))}`).join('');
  const style = faint ? 'stroke-width="1" stroke-opacity="0.35"' : 'stroke-width="2"';
  const dots =
    markers || points.length === 1
      ? points.map(([px, py]) => `<circle cx="${round(x(px))}" cy="${round(y(py))}" r="3" fill="${color}"/>`).join('')
      : '';
  return `<path d="${path}" fill="none" stroke="${color}" stroke-linejoin="round" ${style}/>${dots}`;
}

/** Draws them in one row below the title. */
function legend(series: readonly ChartSeries[]): string[] {
  let x = MARGIN.left;
  return series.map(({ label: text, color, faint }) => {
    const entry =
      `<path d="M${x} 46h22" stroke="${color}" ${faint ? 'stroke-width="1.5" stroke-opacity="0.5"' : 'stroke-width="2.5"'}/>` +
      `<text x="${x + 28}" y="50" fill="${INK}">${escapeXml(text)}</text>`;
    x += 28 + LETTER * text.length + 24;
    return entry;
  });
}

interface Scale {
  readonly ticks: readonly number[];
  readonly step: number;
  at(value: number): number;
}

/** A linear scale whose ticks are whole multiples of 1, 2 or 5 times a power of ten; the y axis ends on ticks. */
function scaleFor(
  values: readonly number[],
  [from, to]: readonly [number, number],
  fromZero: boolean,
  most: number,
): Scale {
  const isVertical = to < from;
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const highest = values.reduce((greatest, value) => Math.max(greatest, value), Number.NEGATIVE_INFINITY);
  let [low, high] = values.length === 0 ? [0, 1] : [lowest, highest];
  if (fromZero) low = Math.min(0, low);
  if (high === low) high = low + (low === 0 ? 1 : Math.abs(low));
  const step = niceStep((high - low) / most, !isVertical);
  if (isVertical) {
    low = Math.floor(low / step) * step;
    high = Math.ceil(high / step) * step;
  }
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + 1e-9 * step; index++) ticks.push(index * step);
  return { ticks, step, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

/** The least of 1, 2, 5, 10, ... times a power of ten that is no smaller; whole numbers where asked. */
function niceStep(least: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) as number) * power;
  return whole ? Math.max(1, step) : step;
}

/** A tick's number with as many digits as its step needs. */
function label(value: number, step: number): string {
  if (value === 0) return '0';
  if (Math.abs(step) >= 1e-3) return value.toFixed(Math.max(0, -exponent(step)));
  return value
    .toExponential(Math.max(0, exponent(value) - exponent(step)))
    .replace(/\.0+e/, 'e')
    .replace('e-', 'e−');
}

function exponent(value: number): number {
  return Math.floor(Math.log10(Math.abs(value)) + 1e-9);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
