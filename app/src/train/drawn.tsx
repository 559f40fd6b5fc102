/** What a model found in a picture, drawn over it. */
import type { WebSegmentation } from 'refinenet/web';
import { useEffect, useRef } from 'preact/hooks';

export function Drawn({ found, text }: { readonly found: WebSegmentation; readonly text: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    // Black, as backgrounds are, would only darken the photograph.
    const classes = found.classes.filter(({ color }) => color.some((part) => part > 0)).map(({ label }) => label);
    if (canvas.current) found.drawOverlay(canvas.current, { opacity: 0.6, boundaries: true, classes });
  }, [found]);
  return (
    <figure class="drawn">
      <canvas ref={canvas} role="img" aria-label={`${text}: ${found.classes.map(({ label }) => label).join(', ')}`} />
      <figcaption class="small quiet">{text}</figcaption>
    </figure>
  );
}
