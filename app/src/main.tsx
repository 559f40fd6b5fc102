/** The app begins here. */
import { render } from 'preact';
import { App } from './app.tsx';
import { startSegmenting } from './state/segmenting.ts';
import { findShippedModels, modelName } from './state/models.ts';
import { showSample } from './state/photos.ts';
import { language, t } from './strings/index.ts';
import './style/index.css';

document.documentElement.lang = language;
document.querySelector('meta[name=description]')?.setAttribute('content', t('app.description'));
render(<App />, document.getElementById('app') as HTMLElement);
startSegmenting();
void findShippedModels().then(() => showSample(modelName.value));
