/** The app begins here. */
import { render } from 'preact';
import { App } from './app.tsx';
import { messageOf } from './state/messages.ts';
import { startSegmenting } from './state/segmenting.ts';
import { findShippedModels, modelFault, modelName } from './state/models.ts';
import { beginWithSample } from './state/photos.ts';
import { language, t } from './strings/index.ts';
import './style/index.css';

document.documentElement.lang = language;
document.querySelector('meta[name=description]')?.setAttribute('content', t('app.description'));
render(<App />, document.getElementById('app') as HTMLElement);
startSegmenting();
findShippedModels()
  .then(() => beginWithSample(modelName.value))
  .catch((error: unknown) => {
    modelFault.value = messageOf(error);
  });
