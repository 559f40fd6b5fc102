/** What a model found in a picture, drawn over it. */
import type { WebSegmentation } from 'refinenet/web';
import { useEffect, useRef } from 'preact/hooks';

export function Drawn({ found, text }: { readonly found: WebSegmentation; readonly text: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) found.drawOverlay(canvas.current, { opacity: 0.6 });
  }, [found]);
  return (
    <figure class="drawn">
      <canvas ref={canvas} role="img" aria-label={`${text}: ${found.classes.map(({ label }) => label).join(', ')}`} />
      <figcaption class="small quiet">{text}</figcaption>
    </figure>
  );
}
