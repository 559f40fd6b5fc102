/**
 * Watches a page's memory: `npx tsx bench/browser/soak.ts PHOTO [ROUNDS] [FRAMES]`. First a model is loaded, segments once and is disposed of,
 * again and again; then it segments the frames of a synthetic camera. Prints the memory of all of the browser's processes.
 */
import { readFile } from 'node:fs/promises';
import { openBrowser, runInPage, servePages } from '../../test/support/browser.ts';
import { childProcesses } from '../../test/support/child-processes.ts';

const [photo, rounds = '100', frames = '500'] = process.argv.slice(2);
if (photo === undefined) throw new Error('Give an image: npx tsx bench/browser/soak.ts photo.jpg');

const browser = await openBrowser({ flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] });
const pages = await servePages({ answers: { '/photo.jpg': await readFile(photo) } });
const context = await browser.newContext({ permissions: ['camera'] });
const page = await context.newPage();
await page.goto(pages.address);

/** Megabytes of all processes of the browser that this one started, and of each kind of them. */
function megabytes(): string {
  const kinds = new Map<string, number>();
  for (const { kilobytes, command } of childProcesses()) {
    const kind = /--type=(\S+)/.exec(command)?.[1] ?? 'browser';
    kinds.set(kind, (kinds.get(kind) ?? 0) + kilobytes / 1024);
  }
  const all = [...kinds.values()].reduce((sum, each) => sum + each, 0);
  return `${all.toFixed(0)} (${[...kinds].map(([kind, each]) => `${kind} ${each.toFixed(0)}`).join(', ')})`;
}

const PREPROCESSING = `preprocessing: { resize: null, resample: 'bilinear', rescaleFactor: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }`;
const steps = 10;

console.log('rounds', 'MB');
for (let step = 1; step <= steps; step++) {
  const failed = await runInPage(
    page,
    `for (let round = 0; round < ${Number(rounds) / steps}; round++) {
       const model = await loadModel('/models/street-scenes/', { device: 'wasm' });
       await model.segment('/photo.jpg');
       await model.dispose();
     }`,
  );
  if (failed) throw new Error(JSON.stringify(failed));
  console.log((step * Number(rounds)) / steps, megabytes());
}

console.log('frames', 'MB', 'frames/s', 'dropped');
await runInPage(
  page,
  `globalThis.video = document.createElement('video');
   video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 160, height: 120 } });
   await video.play();
   globalThis.model = await loadModel('/models/street-scenes/', { device: 'wasm', ${PREPROCESSING} });`,
);
for (let step = 1; step <= steps; step++) {
  const result = await runInPage<{ milliseconds: number; dropped: number; error?: { message: string } }>(
    page,
    `const began = performance.now();
     let [count, dropped] = [0, 0];
     for await (const frame of model.segmentVideo(video)) {
       frame.segmentation.drawOverlay(document.querySelector('canvas'));
       dropped += frame.dropped;
       if (++count === ${Number(frames) / steps}) break;
     }
     return { milliseconds: performance.now() - began, dropped };`,
  );
  if (result.error) throw new Error(result.error.message);
  const perSecond = (Number(frames) / steps / result.milliseconds) * 1000;
  console.log((step * Number(frames)) / steps, megabytes(), perSecond.toFixed(1), result.dropped);
}
await browser.close();
await pages.close();
