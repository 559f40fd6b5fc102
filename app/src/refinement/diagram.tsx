/** The network as a diagram of buttons, drawn from its stations. */
import type { Station } from 'refinenet/web';
import { useMemo } from 'preact/hooks';
import { t } from '../strings/index.ts';
import { diagramOf, type PlacedStation } from './layout.ts';
import { kindText, kindWord } from './words.ts';

/** What a diagram of many columns is as wide as. Pixels where letters are 16 high; all grows with them. */
const PANEL = 396;
const WIDEST = 80;
const ROW = 52;
const [WIDE, HIGH] = [46, 28];

const rem = (pixels: number): string => `${pixels / 16}rem`;

const middle = ({ column, row }: PlacedStation, wide: number): readonly [number, number] => [
  column * wide + wide / 2,
  row * ROW + ROW / 2 + 8,
];

function curve([from, to]: readonly [PlacedStation, PlacedStation], wide: number): string {
  const [x1, y1] = middle(from, wide);
  const [x2, y2] = middle(to, wide);
  // Down to the next path where an encoder's maps follow each other, else from side to side.
  if (from.column === to.column) {
    const up = y2 < y1 ? -1 : 1;
    return `M${x1} ${y1 + (up * HIGH) / 2}L${x2} ${y2 - (up * HIGH) / 2}`;
  }
  const [start, end] = [x1 + WIDE / 2, x2 - WIDE / 2];
  if (end >= start) return `M${start} ${y1}C${start + 10} ${y1} ${end - 10} ${y2} ${end} ${y2}`;
  const turn = (y1 + y2) / 2;
  return `M${x1} ${y1 + HIGH / 2}C${x1} ${turn} ${x2} ${turn} ${x2} ${y2 - HIGH / 2}`;
}

export interface DiagramProps {
  readonly stations: readonly Station[];
  readonly selected: string;
  readonly onSelect: (name: string) => void;
}

export function Diagram({ stations, selected, onSelect }: DiagramProps) {
  const { placed, edges, columns, rows, blocks } = useMemo(() => diagramOf(stations), [stations]);
  const wide = Math.max(WIDE + 10, Math.min(WIDEST, Math.floor(PANEL / columns)));
  const [width, height] = [columns * wide, rows * ROW + 8];
  return (
    <div class="diagram" role="group" aria-label={t('refine.diagram')}>
      <div class="diagram-sheet" style={{ width: rem(width), height: rem(height) }}>
        <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {blocks.map(({ name, from, to }) => (
            <g key={name}>
              <rect
                x={2 * wide - 4}
                y={from * ROW + 4}
                width={width - 2 * wide + 2}
                height={(to - from + 1) * ROW - 4}
                rx="8"
                class="diagram-block"
              />
              <text x={width - 8} y={from * ROW + 16} class="diagram-name">
                {name.replace('refinenet', 'RefineNet-')}
              </text>
            </g>
          ))}
          {edges.map((edge) => (
            <path
              key={`${edge[0].station.name} ${edge[1].station.name}`}
              d={curve(edge, wide)}
              class={edge.some(({ station }) => station.name === selected) ? 'diagram-edge near' : 'diagram-edge'}
            />
          ))}
        </svg>
        {placed.map((each) => {
          const { station } = each;
          const [x, y] = middle(each, wide);
          const title = `${kindText(station.kind)}, ${station.name}`;
          return (
            <button
              key={station.name}
              type="button"
              class={`node node-${station.kind}`}
              style={{ left: rem(x - WIDE / 2), top: rem(y - HIGH / 2), width: rem(WIDE), height: rem(HIGH) }}
              aria-pressed={station.name === selected}
              title={title}
              onClick={() => onSelect(station.name)}
              // Browsers leave what is seen in part where it is.
              onFocus={({ currentTarget }) => currentTarget.scrollIntoView({ block: 'nearest', inline: 'nearest' })}
            >
              {station.kind === 'encoder' ? `1/${station.stride}` : kindWord(station.kind)}
              <span class="visually-hidden">, {title}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
