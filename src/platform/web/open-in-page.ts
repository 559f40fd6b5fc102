/** A model that computes in the page's own thread. */
import { type HostedModelRequest, hostModel } from './hosted-model.ts';
import type { ModelDevice } from './model-device.ts';
import type { OpenedModel, OpenOptions } from './opened-model.ts';

/** @throws as `hostModel` */
export async function openInPage(
  request: HostedModelRequest,
  device: ModelDevice,
  { signal, onProgress }: Pick<OpenOptions, 'signal' | 'onProgress'>,
): Promise<OpenedModel> {
  let ended: Error | undefined;
  let onLost = (_: Error): void => {};
  const lost = new Promise<Error>((resolve) => {
    onLost = resolve;
  });
  const end = (error: Error): void => {
    ended ??= error;
    onLost(error);
  };
  const entry =
    request.device === 'wasm'
      ? { engine: await import('onnxruntime-web/wasm'), file: 'ort-wasm-simd-threaded.wasm' }
      : { engine: await import('onnxruntime-web/webgpu'), file: 'ort-wasm-simd-threaded.asyncify.wasm' };
  const model = await hostModel(entry, request, { signal, onProgress, onLost: end });
  return {
    facts: model,
    device,
    lost,
    segment: async ({ image }, watch) => {
      if (ended) throw ended;
      return model.segment(image, watch);
    },
    look: async (call, request) => {
      if (ended) throw ended;
      return model.look(call, request);
    },
    dispose: () => model.dispose(),
    end,
  };
}
