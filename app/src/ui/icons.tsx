/** Icons as strokes on 24 x 24, in the color of the text. */
const PATHS = {
  open: 'M4 8V6a2 2 0 0 1 2-2h4l2 2h6a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-3M12 17v-6M9 13.5l3-3 3 3',
  folder: 'M3 7a2 2 0 0 1 2-2h4l2 2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
  sample: 'M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 9.5h.01',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  help: 'M9.2 9a3 3 0 1 1 4.3 2.7c-1 .5-1.5 1.2-1.5 2.3M12 17.5h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  close: 'M6 6l12 12M18 6L6 18',
  play: 'M8 5l11 7-11 7z',
  pause: 'M7 5h3.5v14H7zM13.5 5H17v14h-3.5z',
  stop: 'M6 6h12v12H6z',
  undo: 'M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'M15 14l5-5-5-5M20 9H10a6 6 0 0 0 0 12h3',
  brush: 'M14 4l6 6-8 8H6v-6zM4 21h16',
  eraser: 'M8 20h12M5 14l8-9 6 6-7 8H8z',
  fill: 'M5 12l7-7 7 7-7 7zM20 17c1 1.5 1.5 2.300 1.5 3a1.5 1.5 0 0 1-3 0c0-.7.5-1.5 1.5-3',
  polygon: 'M5 8l7-4 7 5-3 10H8z',
  magic: 'M5 19L15 9M17 4v3M15.5 5.5h3M19.5 10v3M18 11.5h3M9 4v2M8 5h2',
  compare: 'M12 3v18M5 6h4v12H5zM15 6h4v12h-4z',
  trash: 'M5 7h14M10 4h4M7 7l1 13h8l1-13',
  hand: 'M8 13V6.5a1.5 1.5 0 0 1 3 0V11 5a1.5 1.5 0 0 1 3 0v6-4.5a1.5 1.5 0 0 1 3 0V15c0 3.5-2 5.5-5 5.5-2.5 0-4-1-5.5-3.5L4 13.5c-.8-1.5 1-2.800 2.200-1.700z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  back: 'M9 6h11v12H9l-6-6zM12 10l4 4M16 10l-4 4',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
