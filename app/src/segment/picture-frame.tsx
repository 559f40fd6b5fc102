/** What the views of a photograph share: its stage, what is wrong, and the other photographs below. */
import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { modelFault } from '../state/models.ts';
import { photoIndex, photos } from '../state/photos.ts';
import { fault } from '../state/segmenting.ts';
import { t } from '../strings/index.ts';
import { Problem } from '../ui/problem.tsx';
import { Filmstrip } from './filmstrip.tsx';

export interface PictureFrameProps {
  /** The stage; an empty one where there is nothing yet. */
  readonly children: ComponentChildren;
  /** What stands above it. */
  readonly tools?: ComponentChildren;
  /** What is told before what is wrong with the photograph or the model. */
  readonly faults?: readonly Signal<string>[];
  readonly hasStrip?: boolean;
}

export function PictureFrame({ children, tools, faults = [], hasStrip = true }: PictureFrameProps) {
  return (
    <section class="view-main" aria-label={t('segment.picture')}>
      {tools}
      <div class="view-picture">
        {children || <div class="stage" />}
        <Problem of={[...faults, fault, modelFault]} />
      </div>
      {hasStrip && photos.value.length > 1 && <Filmstrip index={photoIndex} />}
    </section>
  );
}
